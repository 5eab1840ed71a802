//! The audit pack: entries, tiles, checkpoint and key in one folder, to be checked anywhere with the executable alone.
//!
//! Its entries are the log's commits: pseudonymous data, to be handed to those who may read the log.

use std::{fs, path::Path};

use futures::StreamExt as _;
use traccia_domain::Position;
use traccia_log::{Log, LogError};

use crate::{
    Bundle, Checkpoint, Ledger, LedgerError, Tile, entries,
    folder::{self, CHECKPOINT, KEY, at},
    hash,
    tile::FULL,
    tree::Tree,
};

/// Writes a pack of everything that is signed into a new folder; nothing when nothing was signed yet.
///
/// The tiles are made again on the way, so a pack that is written holds what was signed. A crash here leaves a folder of
/// another name, ending in `.partial`, which the next run begins anew.
///
/// # Errors
/// When the folder exists, log or ledger cannot be read, or the log does not give the signed root.
pub async fn pack(
    log: &impl Log,
    ledger: &Ledger,
    out: &Path,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Option<Checkpoint>, LedgerError> {
    let Some(signed) = ledger.signed()? else { return Ok(None) };
    let size = signed.checkpoint.size;
    if out.exists() {
        let source = std::io::ErrorKind::AlreadyExists.into();
        return Err(LedgerError::File { path: out.to_owned(), source });
    }
    let mut partial = out.as_os_str().to_owned();
    partial.push(".partial");
    let mut packing = Packing { folder: partial.into(), tree: Tree::default(), bundle: Vec::new() };
    if packing.folder.exists() {
        fs::remove_dir_all(&packing.folder).map_err(at(&packing.folder))?;
    }
    let head = log.head().await?;
    if head.0 < size {
        return Err(LedgerError::LogShorter { signed: size, head });
    }
    let mut chunks = log.read(Position::START);
    while packing.tree.size() < size {
        let ended = || LogError::Unavailable("the reading ended".into());
        let chunk = chunks.next().await.unwrap_or_else(|| Err(ended()))?;
        for (at, text) in chunk.texts().take_while(|(at, _)| at.0 <= size) {
            packing.take(at, text)?;
        }
        progress(packing.tree.size());
    }
    if packing.tree.root() != signed.checkpoint.root {
        return Err(LedgerError::OtherHistory { at: Position(size) });
    }
    packing.write_the_rest()?;
    packing.write(KEY, format!("{}\n", ledger.key()).as_bytes())?;
    packing.write(CHECKPOINT, signed.note.as_bytes())?;
    fs::rename(&packing.folder, out).map_err(at(out))?;
    Ok(Some(signed.checkpoint))
}

struct Packing {
    folder: std::path::PathBuf,
    tree: Tree,
    /// The entries since the last full bundle.
    bundle: Vec<u8>,
}

impl Packing {
    fn take(&mut self, at: Position, text: &str) -> Result<(), LedgerError> {
        entries::add(&mut self.bundle, at, text)?;
        let mut full = Vec::new();
        self.tree.push(hash::leaf(text.as_bytes()), |tile, hashes| full.push((tile, folder::bytes(&hashes))));
        if let Some((leaves, _)) = full.first() {
            let bundle = std::mem::take(&mut self.bundle);
            self.write(&Bundle { index: leaves.index, width: FULL }.path(), &bundle)?;
        }
        full.into_iter().try_for_each(|(tile, bytes)| self.write(&tile.path(), &bytes))
    }

    /// What no full tile or bundle holds.
    fn write_the_rest(&self) -> Result<(), LedgerError> {
        if let Some(Tile { index, width, .. }) = Tile::partial(0, self.tree.size()) {
            self.write(&Bundle { index, width }.path(), &self.bundle)?;
        }
        self.tree.partials().try_for_each(|(tile, hashes)| self.write(&tile.path(), &folder::bytes(hashes)))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        let path = self.folder.join(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes)).map_err(at(&path))
    }
}
