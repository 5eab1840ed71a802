//! Where a file is read from, as often as needed.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::PathBuf,
    time::SystemTime,
};

use sha2::{Digest as _, Sha256};
use traccia_domain::{Hash, hash::Hex};

use crate::spool::Spooled;

/// A file to import.
#[derive(Clone, Debug)]
pub enum Source {
    /// An upload that waits.
    Spooled(Spooled),
    /// A file that is somebody's own, read where it lies.
    OnDisk(OnDisk),
}

/// A file as it was when it was hashed.
#[derive(Clone, Debug)]
pub struct OnDisk {
    path: PathBuf,
    hash: Hash,
    len: u64,
    modified: Option<SystemTime>,
}

impl Source {
    /// Reads a file once for its hash.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn file(path: impl Into<PathBuf>) -> io::Result<Source> {
        let path = path.into();
        let file = File::open(&path)?;
        let before = file.metadata()?;
        let mut hasher = Sha256::new();
        let mut content = BufReader::with_capacity(256 * 1024, file);
        io::copy(&mut content, &mut HashWriter(&mut hasher))?;
        let hash = Hex(hasher.finalize().into());
        Ok(Source::OnDisk(OnDisk { path, hash, len: before.len(), modified: before.modified().ok() }))
    }

    /// SHA-256 of its content.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match self {
            Source::Spooled(spooled) => spooled.hash(),
            Source::OnDisk(file) => file.hash,
        }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Source::Spooled(spooled) => spooled.len(),
            Source::OnDisk(file) => file.len,
        }
    }

    /// Reads it from the start.
    ///
    /// # Errors
    /// When it cannot be opened, or is no longer the file that was hashed: the keys of its rows would be wrong.
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Source::Spooled(spooled) => Ok(Box::new(spooled.reader())),
            Source::OnDisk(was) => {
                let file = File::open(&was.path)?;
                let now = file.metadata()?;
                if now.len() != was.len || now.modified().ok() != was.modified {
                    return Err(io::Error::other("the file has changed while it was being imported"));
                }
                Ok(Box::new(file))
            }
        }
    }
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
