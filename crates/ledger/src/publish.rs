//! Publishing: commits become leaves, full tiles become files, and then the checkpoint is signed.
//!
//! The order is everything: tiles first, all on the disk, then the checkpoint that needs them. A crash at any line leaves
//! the last checkpoint and every tile it needs; the next start goes on from it.

use traccia_domain::{Commit, Hash, Position};

use crate::{
    Checkpoint, LedgerError,
    folder::{self, CHECKPOINT, Folder, KEY},
    hash,
    note::Signer,
    proof::{self, Tiles},
    tile::Tile,
    tree::Tree,
};

/// Keeps the tree of a log, and publishes it in a folder.
#[derive(Debug)]
pub(crate) struct Publisher {
    folder: Folder,
    signer: Signer,
    tree: Tree,
    /// Full tiles that are not on the disk yet.
    waiting: Vec<(Tile, Vec<Hash>)>,
    /// What is signed, and the note itself.
    signed: Option<(Checkpoint, String)>,
    /// A note on its way to the disk, when it is not known whether it arrived.
    sent: Option<(Checkpoint, String)>,
    /// How large the tree was when it was last written.
    written: u64,
}

impl Publisher {
    /// Goes on from the folder's checkpoint, or begins.
    ///
    /// Where tiles that it needs are gone or damaged it begins again from the first commit, and signs nothing before the
    /// tree has come to what is signed and its root is the same.
    ///
    /// # Errors
    /// When the folder cannot be read, or its checkpoint is not one that this key has signed.
    pub(crate) fn open(folder: Folder, signer: Signer) -> Result<Publisher, LedgerError> {
        let path = folder.path(CHECKPOINT);
        let foreign = |source| LedgerError::Foreign { path: path.clone(), key: signer.verifier().to_string(), source };
        let signed = match folder.text(CHECKPOINT)? {
            Some(note) => Some((Checkpoint::open(&note, signer.verifier()).map_err(foreign)?, note)),
            None => None,
        };
        let tree = match &signed {
            None => Tree::default(),
            Some((checkpoint, _)) => match Tree::resume(checkpoint.size, |tile| folder.needed(tile)) {
                Ok(tree) if tree.root() == checkpoint.root => tree,
                Err(error) if error.passing() => return Err(error),
                Ok(_) | Err(_) => {
                    tracing::warn!(folder = %folder.path("").display(), "tiles are missing or damaged: making them again");
                    Tree::default()
                }
            },
        };
        let written = tree.size();
        Ok(Publisher { folder, signer, tree, waiting: Vec::new(), signed, sent: None, written })
    }

    /// How many commits the tree has: the log is read after so many.
    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// What is signed.
    pub(crate) fn signed(&self) -> Option<&Checkpoint> {
        self.signed.as_ref().map(|(checkpoint, _)| checkpoint)
    }

    /// How many commits wait to be published; none before the tree has come to what is signed.
    pub(crate) fn waiting(&self) -> u64 {
        if self.mending() { 0 } else { self.tree.size() - self.written }
    }

    /// Whether the tree is smaller than what is signed: it was begun again, and its root is still to be compared.
    fn mending(&self) -> bool {
        self.signed().is_some_and(|signed| self.tree.size() < signed.size)
    }

    /// Begins again from the first commit: something on the disk is not what it must be.
    pub(crate) fn begin_again(&mut self) {
        self.tree = Tree::default();
        self.waiting.clear();
        self.written = 0;
    }

    /// Takes the next commit's text in.
    ///
    /// # Errors
    /// When it is too long, or when with it the tree has the size that was signed and another root.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), LedgerError> {
        let at = Position(self.tree.size() + 1);
        if text.len() > Commit::LONGEST {
            return Err(LedgerError::TooLong { at, bytes: text.len() });
        }
        let mending = self.mending();
        self.tree.push(hash::leaf(text.as_bytes()), |tile, hashes| {
            // What is signed is not written over before the whole tree has the signed root: it would be evidence.
            let there = mending && matches!(self.folder.tile(tile), Ok(Some(found)) if found == hashes);
            if !there {
                self.waiting.push((tile, hashes));
            }
        });
        match &self.signed {
            Some((signed, _)) if signed.size == at.0 && signed.root != self.tree.root() => {
                Err(LedgerError::OtherHistory { at })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Writes what is waiting, then signs. What fails can be tried again.
    ///
    /// # Errors
    /// When the disk does not take it, somebody else has published here, or the tree would not go on from what is signed.
    pub(crate) fn publish(&mut self) -> Result<(), LedgerError> {
        if self.waiting() == 0 {
            return Ok(());
        }
        // Partial tiles of higher levels seldom change; those of the signed tree are on the disk, unless it is mended.
        let kept = self.signed().filter(|signed| signed.size <= self.written).map_or(0, |signed| signed.size);
        let partials = self.tree.partials().filter(|(tile, _)| Tile::partials(kept).all(|kept| kept != *tile));
        let full = self.waiting.iter().map(|(tile, hashes)| (*tile, hashes.as_slice()));
        let tiles: Vec<(String, Vec<u8>)> =
            full.chain(partials).map(|(tile, hashes)| (tile.path(), folder::bytes(hashes))).collect();
        // A crash from here on leaves tiles beyond the checkpoint, or some of them.
        self.folder.write(tiles.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice())))?;
        if self.signed().is_none_or(|signed| signed.size < self.tree.size()) {
            self.sign()?;
        }
        // A crash from here on leaves partial tiles that nobody needs any more.
        for (tile, _) in std::mem::take(&mut self.waiting) {
            self.folder.prune(tile)?;
        }
        self.written = self.tree.size();
        Ok(())
    }

    fn sign(&mut self) -> Result<(), LedgerError> {
        let there = self.folder.text(CHECKPOINT)?;
        if there.is_some() && there.as_ref() == self.sent.as_ref().map(|(_, note)| note) {
            self.signed = self.sent.take();
        }
        // Two who publish in one folder would sign in turns.
        if there.as_ref() != self.signed.as_ref().map(|(_, note)| note) {
            return Err(LedgerError::Overtaken { path: self.folder.path(CHECKPOINT) });
        }
        let origin = self.signer.verifier().name().to_owned();
        let new = Checkpoint { origin, size: self.tree.size(), root: self.tree.root() };
        self.goes_on(&new)?;
        let note = new.signed(&self.signer);
        if self.signed.is_none() {
            self.folder.write([(KEY.to_owned(), format!("{}\n", self.signer.verifier()).as_bytes())])?;
        }
        // Before the writing the old checkpoint stands; after it the new one. Its tiles were on the disk before it.
        self.sent = Some((new, note.clone()));
        self.folder.write([(CHECKPOINT.to_owned(), note.as_bytes())])?;
        self.signed = self.sent.take();
        Ok(())
    }

    /// Whether a tree goes on from what is signed, as its tiles on the disk say.
    fn goes_on(&self, new: &Checkpoint) -> Result<(), LedgerError> {
        let old = self.signed().map_or((0, hash::empty()), |signed| (signed.size, signed.root));
        let mut tiles = Tiles::new(new.size, |tile| self.folder.needed(tile));
        let path = tiles.consistency(old.0)?;
        if proof::extends(old, (new.size, new.root), &path) && tiles.root(new.size)? == new.root {
            return Ok(());
        }
        Err(LedgerError::Inconsistent { old: old.0, new: new.size })
    }
}

#[cfg(test)]
mod tests;
