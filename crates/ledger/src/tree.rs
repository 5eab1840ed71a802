//! The tree as whoever appends keeps it: its size, and the hashes of the tiles that are not full yet.

use traccia_domain::Hash;

use crate::{
    hash,
    tile::{FULL, Tile},
};

/// A tree that grows. Of three million leaves it keeps some hundred hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// For each level of tiles, from the leaves up, the hashes of the tile at the right edge.
    edge: Vec<Vec<Hash>>,
}

impl Tree {
    /// A tree of a size, whose partial tiles somebody kept.
    ///
    /// # Errors
    /// Those of `read`, which is asked for each partial tile.
    pub fn resume<E>(size: u64, mut read: impl FnMut(Tile) -> Result<Vec<Hash>, E>) -> Result<Tree, E> {
        let mut edge: Vec<Vec<Hash>> = Vec::new();
        for tile in Tile::partials(size) {
            edge.resize(usize::from(tile.level), Vec::new());
            edge.push(read(tile)?);
        }
        Ok(Tree { size, edge })
    }

    /// Appends the hash of a leaf; `full` takes each tile that this fills, from the leaves up.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(Tile, Vec<Hash>)) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0.. {
            if self.edge.len() == usize::from(level) {
                self.edge.push(Vec::with_capacity(usize::from(FULL)));
            }
            let row = &mut self.edge[usize::from(level)];
            row.push(hash);
            if row.len() < usize::from(FULL) {
                return;
            }
            let row = std::mem::take(row);
            let above = hash::over(&row, None).expect("a full tile has hashes");
            let index = (self.size >> (8 * (u32::from(level) + 1))) - 1;
            full(Tile { level, index, width: FULL }, row);
            hash = above;
        }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its root (`MTH` of RFC 6962).
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge.iter().fold(None, |rest, row| hash::over(row, rest)).unwrap_or_else(hash::empty)
    }

    /// The tiles at its right edge that are not full, with their hashes.
    pub fn partials(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        Tile::partials(self.size).map(|tile| (tile, self.edge[usize::from(tile.level)].as_slice()))
    }
}

#[cfg(test)]
mod tests;
