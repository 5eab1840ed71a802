//! An upload of unknown length, waiting to be read several times. What waits on disk is sealed.
//!
//! The key lives in memory only and the file has no name: a crash at any line leaves bytes that nobody can read, in
//! space the system takes back. Writing blocks; a caller on an async thread hands over pieces as they come.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek as _, SeekFrom, Write as _},
    sync::{Arc, Mutex, PoisonError},
};

use chacha20poly1305::{AeadInOut as _, KeyInit as _, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use traccia_domain::{Hash, hash::Hex};

/// How much of an upload is sealed at once.
pub const PIECE: usize = 64 * 1024;
/// Uploads shorter than this never touch the disk.
pub const IN_MEMORY: usize = 1024 * 1024;
/// How long an upload may be, unless told otherwise.
pub const DEFAULT_LIMIT: u64 = 2 * 1024 * 1024 * 1024;

const TAG: usize = 16;

/// Why an upload cannot wait.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// It is longer than allowed.
    #[error("the file is longer than {limit} bytes")]
    TooLarge {
        /// What is allowed.
        limit: u64,
    },
    /// The disk, or the system's randomness.
    #[error("the file cannot be kept until it is read")]
    Io(#[from] io::Error),
}

/// An upload on its way in.
pub struct Spool {
    limit: u64,
    len: u64,
    hasher: Sha256,
    clear: Vec<u8>,
    sealed: Option<Sealed>,
}

impl Spool {
    /// Starts one that may be `limit` bytes long.
    #[must_use]
    pub fn new(limit: u64) -> Spool {
        Spool { limit, len: 0, hasher: Sha256::new(), clear: Vec::new(), sealed: None }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the upload is too long, or the disk refuses.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        self.len += bytes.len() as u64;
        if self.len > self.limit {
            return Err(SpoolError::TooLarge { limit: self.limit });
        }
        self.hasher.update(bytes);
        self.clear.extend_from_slice(bytes);
        if self.sealed.is_none() && self.clear.len() < IN_MEMORY {
            return Ok(());
        }
        let sealed = match &mut self.sealed {
            Some(sealed) => sealed,
            none => none.insert(Sealed::new()?),
        };
        let whole = self.clear.len() - self.clear.len() % PIECE;
        for piece in self.clear[..whole].chunks(PIECE) {
            sealed.push(piece)?;
        }
        self.clear.drain(..whole);
        Ok(())
    }

    /// The end: what came can now be read, as often as needed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<Spooled, SpoolError> {
        if let Some(sealed) = self.sealed.as_mut().filter(|_| !self.clear.is_empty()) {
            sealed.push(&self.clear)?;
            self.clear = Vec::new();
        }
        let hash = Hex(self.hasher.finalize().into());
        let kept = match self.sealed {
            Some(sealed) => Kept::Disk(Arc::new(Mutex::new(sealed))),
            None => Kept::Memory(self.clear.into()),
        };
        Ok(Spooled { hash, len: self.len, kept })
    }
}

impl Default for Spool {
    fn default() -> Self {
        Spool::new(DEFAULT_LIMIT)
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spool({} bytes)", self.len)
    }
}

/// An upload that is all here.
#[derive(Clone)]
pub struct Spooled {
    hash: Hash,
    len: u64,
    kept: Kept,
}

#[derive(Clone)]
enum Kept {
    Memory(Arc<[u8]>),
    Disk(Arc<Mutex<Sealed>>),
}

impl Spooled {
    /// SHA-256 of its clear content.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads it from the start.
    #[must_use]
    pub fn reader(&self) -> SpoolReader {
        SpoolReader { spooled: self.clone(), next: 0, piece: Vec::new(), at: 0 }
    }

    /// The piece with a number: nothing beyond the last.
    fn piece(&self, number: u64) -> io::Result<Vec<u8>> {
        let start = number.saturating_mul(PIECE as u64).min(self.len);
        // At most PIECE, so it fits.
        let len = (self.len - start).min(PIECE as u64) as usize;
        match &self.kept {
            Kept::Memory(all) => Ok(all[start as usize..start as usize + len].to_vec()),
            Kept::Disk(_) if len == 0 => Ok(Vec::new()),
            // A panic while it was locked leaves the file as it was: every reading seeks first.
            Kept::Disk(sealed) => sealed.lock().unwrap_or_else(PoisonError::into_inner).piece(number, len),
        }
    }
}

impl fmt::Debug for Spooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spooled({} bytes, {})", self.len, self.hash)
    }
}

/// Reads an upload from its start to its end.
pub struct SpoolReader {
    spooled: Spooled,
    next: u64,
    piece: Vec<u8>,
    at: usize,
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            self.piece = self.spooled.piece(self.next)?;
            self.next += 1;
            self.at = 0;
        }
        let read = (&self.piece[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// A nameless file of sealed pieces. A piece's number is its nonce: the key is new for every file, so none repeats,
/// and a piece that was moved or changed does not open.
pub(crate) struct Sealed {
    file: File,
    cipher: XChaCha20Poly1305,
    pieces: u64,
}

impl Sealed {
    fn new() -> io::Result<Sealed> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(Sealed { file: tempfile::tempfile()?, cipher: XChaCha20Poly1305::new(&key.into()), pieces: 0 })
    }

    fn push(&mut self, clear: &[u8]) -> io::Result<()> {
        let mut piece = clear.to_vec();
        self.cipher.encrypt_in_place(&nonce(self.pieces), b"", &mut piece).map_err(io::Error::other)?;
        self.file.write_all(&piece)?;
        self.pieces += 1;
        Ok(())
    }

    fn piece(&mut self, number: u64, len: usize) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(number * (PIECE + TAG) as u64))?;
        let mut piece = vec![0; len + TAG];
        self.file.read_exact(&mut piece)?;
        self.cipher.decrypt_in_place(&nonce(number), b"", &mut piece).map_err(io::Error::other)?;
        Ok(piece)
    }
}

fn nonce(number: u64) -> XNonce {
    let mut nonce = [0; 24];
    nonce[16..].copy_from_slice(&number.to_be_bytes());
    nonce.into()
}

#[cfg(test)]
impl Spool {
    pub(crate) fn bytes_on_disk(&self) -> u64 {
        self.sealed.as_ref().map_or(0, |sealed| sealed.pieces * (PIECE + TAG) as u64)
    }

    pub(crate) fn file(&self) -> Option<File> {
        self.sealed.as_ref().and_then(|sealed| sealed.file.try_clone().ok())
    }
}
