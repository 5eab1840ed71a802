//! Rotating the fingerprint key: while no process uses the keys.
//!
//! Two processes of which one has the new key and the other has not would make two records of one document. So whoever
//! opens the vault holds it in use until it ends, and a rotation waits for nobody: it is refused.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use traccia_domain::document::{FingerprintKeys, KeyVersion};

use crate::{Secrets, VaultError, files::at, secrets::add_fingerprint};

fn file(dir: &Path) -> Result<(PathBuf, File), VaultError> {
    // Not the file of keys itself: a rotation puts another in its place.
    let path = dir.join("keys.lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(at(&path))?;
    Ok((path, file))
}

/// Holds the keys of a folder in use, until the value is dropped; the system lets go of them with the process.
pub(crate) fn in_use(dir: &Path) -> Result<File, VaultError> {
    let (path, file) = file(dir)?;
    // A rotation takes a moment.
    file.lock_shared().map_err(at(&path))?;
    Ok(file)
}

/// A rotation of the fingerprint key. While it lives, no process opens the vault of the folder.
#[derive(Debug)]
pub struct Rotation {
    dir: PathBuf,
    keys: FingerprintKeys,
    // Held until it is dropped.
    _alone: File,
}

impl Rotation {
    /// Begins, unless somebody uses the keys.
    ///
    /// # Errors
    /// `InUse` when a process does; otherwise when the keys cannot be read.
    pub fn begin(dir: &Path) -> Result<Rotation, VaultError> {
        let (path, alone) = file(dir)?;
        match alone.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VaultError::InUse),
            Err(TryLockError::Error(error)) => return Err(at(&path)(error)),
        }
        let keys = Secrets::open(dir)?.fingerprint().clone();
        Ok(Rotation { dir: dir.to_owned(), keys, _alone: alone })
    }

    /// The version of the newest key there is.
    #[must_use]
    pub fn newest(&self) -> KeyVersion {
        self.keys.newest().version()
    }

    /// Draws a key of a version and adds it to the others, which stay what they are.
    ///
    /// # Errors
    /// When the file of keys cannot be written, or has such a key already.
    pub fn draw(self, version: KeyVersion) -> Result<(), VaultError> {
        if version <= self.newest() {
            return Err(VaultError::NotNewer);
        }
        add_fingerprint(&self.dir, version)
    }
}
