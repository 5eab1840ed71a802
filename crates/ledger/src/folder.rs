//! The folder of a ledger: tiles, the checkpoint, the public key. Nothing in it is personal or secret: any web server may
//! serve it as it is.
//!
//! Every file is written under another name, synced, and then renamed: a file of a tile's name is whole. A crash leaves
//! drafts, which nothing reads and the next writing replaces, or tiles beyond the checkpoint, which are made again with the
//! same hashes, because what is in a tile follows from its name and the log.

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use traccia_domain::{Hash, hash::Hex};

use crate::{
    LedgerError,
    tile::{FULL, Tile},
};

/// What a draft's name ends with. No tile, checkpoint or key is called so.
pub(crate) const DRAFT: &str = "draft";

/// The file of the last checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// The file of the public key, for those who look into the folder.
pub(crate) const KEY: &str = "key";

/// Held by whoever publishes.
pub(crate) const LOCK: &str = "lock";

/// Drafts that are written before the first of them is waited for.
const ABREAST: usize = 64;

/// The folder of a ledger.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    /// After so many steps towards the disk, none succeeds.
    #[cfg(test)]
    pub(crate) crash: Option<std::sync::Arc<std::sync::atomic::AtomicUsize>>,
}

impl Folder {
    /// The folder at a path, which need not exist before something is written.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Folder {
        Folder {
            root: root.into(),
            #[cfg(test)]
            crash: None,
        }
    }

    /// A file below it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Holds the folder for publishing, unless another process does. The system lets go of it with the process.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn hold(&self) -> Result<Option<File>, LedgerError> {
        let path = self.path(LOCK);
        fs::create_dir_all(&self.root).map_err(at(&path))?;
        let above = self.root.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(above).and_then(|above| above.sync_all()).map_err(at(above))?;
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(LedgerError::File { path, source }),
        }
    }

    /// The text of a file, or nothing when there is none.
    ///
    /// # Errors
    /// When it cannot be read or is no text.
    pub fn text(&self, name: &str) -> Result<Option<String>, LedgerError> {
        let path = self.path(name);
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        String::from_utf8(bytes).map(Some).map_err(|_| LedgerError::Damaged { path, why: "it is not text".into() })
    }

    /// A file, or nothing when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            // Where a folder of the path is a file, there is no such file either.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(source) => Err(LedgerError::File { path, source }),
        }
    }

    /// When the last checkpoint was written, as the disk remembers it.
    #[must_use]
    pub fn signed_at(&self) -> Option<SystemTime> {
        fs::metadata(self.path(CHECKPOINT)).and_then(|file| file.modified()).ok()
    }

    /// The hashes of a tile, or nothing when it is not there. A partial tile may have become full since.
    ///
    /// # Errors
    /// When it cannot be read, or does not have its length.
    pub fn tile(&self, tile: Tile) -> Result<Option<Vec<Hash>>, LedgerError> {
        if let Some(bytes) = self.bytes(&tile.path())? {
            return hashes(&bytes, tile.width).map(Some).ok_or_else(|| self.wrong_length(tile));
        }
        if tile.width == FULL {
            return Ok(None);
        }
        let Some(bytes) = self.bytes(&tile.filled().path())? else { return Ok(None) };
        let mut full = hashes(&bytes, FULL).ok_or_else(|| self.wrong_length(tile.filled()))?;
        full.truncate(usize::from(tile.width));
        Ok(Some(full))
    }

    /// As [`Folder::tile`], for one that must be there.
    ///
    /// # Errors
    /// As [`Folder::tile`], and when it is missing.
    pub fn needed(&self, tile: Tile) -> Result<Vec<Hash>, LedgerError> {
        let missing = || LedgerError::Damaged { path: self.path(&tile.path()), why: "it is missing".into() };
        self.tile(tile)?.ok_or_else(missing)
    }

    fn wrong_length(&self, tile: Tile) -> LedgerError {
        LedgerError::Damaged { path: self.path(&tile.path()), why: "it does not have the length of a tile".into() }
    }

    /// Writes files, each whole or not at all; all are on the disk when this returns.
    ///
    /// # Errors
    /// When the disk does not take them. Some may have been written; writing them again is no harm.
    pub fn write<'a>(&self, files: impl IntoIterator<Item = (String, &'a [u8])>) -> Result<(), LedgerError> {
        let mut folders = BTreeSet::new();
        let mut files = files.into_iter().map(|(name, bytes)| (self.path(&name), bytes)).peekable();
        while files.peek().is_some() {
            // All are handed to the disk before the first is waited for: it takes them together.
            let drafts: Vec<(PathBuf, File)> = files
                .by_ref()
                .take(ABREAST)
                .map(|(path, bytes)| self.draft(&path, bytes).map_err(at(&path)).map(|draft| (path.clone(), draft)))
                .collect::<Result<_, _>>()?;
            for (path, draft) in drafts {
                self.keep(&path, &draft).map_err(at(&path))?;
                let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
                folders.extend(above.map(Path::to_owned));
            }
        }
        // Names are on the disk when their folders are, from the innermost out.
        for folder in folders.iter().rev() {
            self.step().and_then(|()| File::open(folder)?.sync_all()).map_err(at(folder))?;
        }
        Ok(())
    }

    /// Writes a draft. A crash here leaves none, a part of it, or all.
    fn draft(&self, path: &Path, bytes: &[u8]) -> io::Result<File> {
        let folder = path.parent().unwrap_or(&self.root);
        self.step()?;
        fs::create_dir_all(folder)?;
        self.step()?;
        let mut file = File::create(draft(path))?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        self.step()?;
        file.write_all(second)?;
        Ok(file)
    }

    /// Gives a draft its name, once it is on the disk. A crash here leaves the draft, or the file.
    fn keep(&self, path: &Path, file: &File) -> io::Result<()> {
        self.step()?;
        file.sync_all()?;
        self.step()?;
        fs::rename(draft(path), path)
    }

    /// Takes away the partial widths of a tile that is full. A crash here leaves some, which agree with it.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn prune(&self, full: Tile) -> Result<(), LedgerError> {
        let path = self.path(&format!("{}.p", full.path()));
        match self.step().and_then(|()| fs::remove_dir_all(&path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&path)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Between two steps towards the disk a process may end; tests end it at each.
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "tests let it fail")]
    #[cfg(not(test))]
    fn step(&self) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self) -> io::Result<()> {
        use std::sync::atomic::Ordering::SeqCst;
        let left = |steps: usize| steps.checked_sub(1);
        match &self.crash {
            Some(steps) if steps.fetch_update(SeqCst, SeqCst, left).is_err() => {
                Err(io::Error::other("it crashed here"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn draft(path: &Path) -> PathBuf {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".");
    draft.push(DRAFT);
    draft.into()
}

/// Names the file in an error.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> LedgerError + '_ {
    |source| LedgerError::File { path: path.to_owned(), source }
}

/// So many hashes, or nothing when the bytes are not exactly those.
pub(crate) fn hashes(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks();
    (rest.is_empty() && hashes.len() == usize::from(width)).then(|| hashes.iter().map(|hash| Hex(*hash)).collect())
}

/// Hashes as a tile's file holds them.
pub(crate) fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
