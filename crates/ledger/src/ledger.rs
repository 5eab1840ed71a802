//! What is published, for those who ask.

use tokio::sync::watch;
use traccia_domain::Hash;

use crate::{
    Checkpoint, Folder, LedgerError,
    folder::{self, CHECKPOINT},
    note::Verifier,
    proof::{self, Tiles},
    status::Status,
    tile::Tile,
};

/// What is published, for those who ask. Every answer is checked against the last checkpoint. Clones share.
///
/// It reads files: whoever has other work to do asks from a thread that may wait.
#[derive(Clone, Debug)]
pub struct Ledger {
    folder: Folder,
    key: Verifier,
    status: watch::Receiver<Status>,
}

/// A checkpoint with the note it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// How it was signed.
    pub note: String,
}

/// That a commit is in the log, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Its leaf, from 0: the position less one.
    pub index: u64,
    /// The hash of the leaf.
    pub leaf: Hash,
    /// What joins it to the root, from the leaf up.
    pub path: Vec<Hash>,
    /// The root.
    pub signed: Signed,
}

impl Ledger {
    /// What is in a folder, signed with a key. Nobody of this process publishes there.
    #[must_use]
    pub fn new(folder: Folder, key: Verifier) -> Ledger {
        Ledger { folder, key, status: watch::Sender::default().subscribe() }
    }

    pub(crate) fn told_by(self, status: watch::Receiver<Status>) -> Ledger {
        Ledger { status, ..self }
    }

    /// How whoever publishes is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// The key that everything is signed with.
    #[must_use]
    pub fn key(&self) -> &Verifier {
        &self.key
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The last checkpoint, or nothing when there is none yet.
    ///
    /// # Errors
    /// When it cannot be read, or the key has not signed it.
    pub fn signed(&self) -> Result<Option<Signed>, LedgerError> {
        let Some(note) = self.folder.text(CHECKPOINT)? else { return Ok(None) };
        match Checkpoint::open(&note, &self.key) {
            Ok(checkpoint) => Ok(Some(Signed { checkpoint, note })),
            Err(source) => {
                let path = self.folder.path(CHECKPOINT);
                Err(LedgerError::Foreign { path, key: self.key.to_string(), source })
            }
        }
    }

    /// A tile's file; nothing for a tile that the last checkpoint does not reach, or that is not there.
    ///
    /// # Errors
    /// When it cannot be read, or does not have its length.
    pub fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, LedgerError> {
        if !self.signed()?.is_some_and(|signed| tile.within(signed.checkpoint.size)) {
            return Ok(None);
        }
        Ok(self.folder.tile(tile)?.map(|hashes| folder::bytes(&hashes)))
    }

    /// That a leaf is in the last signed tree; nothing when the tree does not reach it yet.
    ///
    /// # Errors
    /// When tiles are missing or damaged: no proof is handed out that does not hold.
    pub fn prove(&self, index: u64) -> Result<Option<Inclusion>, LedgerError> {
        let Some(signed) = self.signed()?.filter(|signed| index < signed.checkpoint.size) else { return Ok(None) };
        let Checkpoint { size, root, .. } = signed.checkpoint;
        let mut tiles = Tiles::new(size, |tile| self.folder.needed(tile));
        let (leaf, path) = (tiles.leaf(index)?, tiles.inclusion(index)?);
        if !proof::includes(root, size, index, leaf, &path) {
            let why = format!("its tiles do not give the signed root of size {size}");
            return Err(LedgerError::Damaged { path: self.folder.path("tile"), why });
        }
        Ok(Some(Inclusion { index, leaf, path, signed }))
    }
}
