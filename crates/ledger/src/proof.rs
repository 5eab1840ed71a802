//! Proofs, made from tiles and verified without them (RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2).

use std::collections::HashMap;

use traccia_domain::Hash;

use crate::{
    hash,
    tile::{FULL, HEIGHT, Tile, at_level},
};

/// Whence a proof takes its tiles. Each is asked for once.
pub struct Tiles<R> {
    size: u64,
    read: R,
    seen: HashMap<Tile, Vec<Hash>>,
}

impl<E, R: FnMut(Tile) -> Result<Vec<Hash>, E>> Tiles<R> {
    /// The tiles of a tree of a size. `read` answers as many hashes as the tile is wide.
    pub fn new(size: u64, read: R) -> Self {
        Tiles { size, read, seen: HashMap::new() }
    }

    /// The hash of the leaf at an index, which is below the size.
    ///
    /// # Errors
    /// Those of reading.
    pub fn leaf(&mut self, index: u64) -> Result<Hash, E> {
        self.perfect(index, 0)
    }

    /// The root of the first `size` leaves.
    ///
    /// # Errors
    /// Those of reading.
    pub fn root(&mut self, size: u64) -> Result<Hash, E> {
        if size == 0 { Ok(hash::empty()) } else { self.over(0, size) }
    }

    /// What joins the leaf at an index to the root, from the leaf up.
    ///
    /// # Errors
    /// Those of reading.
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, E> {
        let (mut from, mut to) = (0, self.size);
        let mut path = Vec::new();
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                path.push(self.over(middle, to)?);
                to = middle;
            } else {
                path.push(self.over(from, middle)?);
                from = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// What joins the root of the first `old` leaves to the root of all: the first are still there, as they were.
    ///
    /// # Errors
    /// Those of reading.
    pub fn consistency(&mut self, old: u64) -> Result<Vec<Hash>, E> {
        if old == 0 || old >= self.size {
            return Ok(Vec::new());
        }
        let (mut from, mut to) = (0, self.size);
        let mut path = Vec::new();
        while old != to {
            let middle = from + split(to - from);
            if old <= middle {
                path.push(self.over(middle, to)?);
                to = middle;
            } else {
                path.push(self.over(from, middle)?);
                from = middle;
            }
        }
        // The old root itself is known to whoever asks.
        if from > 0 {
            path.push(self.over(from, to)?);
        }
        path.reverse();
        Ok(path)
    }

    /// The root over leaves `from..to`, where `from` is a multiple of every power of two that is as large as the rest.
    fn over(&mut self, from: u64, to: u64) -> Result<Hash, E> {
        let mut perfect = Vec::new();
        let mut from = from;
        while from < to {
            let height = (to - from).ilog2();
            perfect.push(self.perfect(from >> height, height)?);
            from += 1 << height;
        }
        let root = perfect.into_iter().rev().reduce(|right, left| hash::node(left, right));
        Ok(root.expect("the range has leaves"))
    }

    /// The root of the perfect tree of a height, by its number among those of the height.
    fn perfect(&mut self, number: u64, height: u32) -> Result<Hash, E> {
        let level = u8::try_from(height / HEIGHT).expect("a height is below 64");
        let within = height % HEIGHT;
        let first = number << within;
        let tile = Tile::holding(level, first, self.size);
        debug_assert!(first + (1 << within) <= at_level(self.size, level), "only complete trees are asked for");
        if !self.seen.contains_key(&tile) {
            self.seen.insert(tile, (self.read)(tile)?);
        }
        let offset = usize::try_from(first % u64::from(FULL)).expect("it is below 256");
        let hashes = &self.seen[&tile][offset..offset + (1 << within)];
        Ok(hash::over(hashes, None).expect("a perfect tree has leaves"))
    }
}

/// The largest power of two below a number above one: where a tree divides.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Whether a leaf stands at an index in the tree of a size and root.
#[must_use]
pub fn includes(root: Hash, size: u64, index: u64, leaf: Hash, path: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = hash::node(*sibling, hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = hash::node(hash, *sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == root
}

/// Whether a tree begins with the leaves of an older one.
#[must_use]
pub fn extends(old: (u64, Hash), new: (u64, Hash), path: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return path.is_empty() && old_root == new_root;
    }
    if old_size == 0 {
        return path.is_empty() && old_root == hash::empty();
    }
    // The root of a perfect tree is a node of the new one, and not part of the path.
    let (first, rest) = match (old_size.is_power_of_two(), path.split_first()) {
        (true, _) => (old_root, path),
        (false, Some((first, rest))) => (*first, rest),
        (false, None) => return false,
    };
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    let (mut of_old, mut of_new) = (first, first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            of_old = hash::node(*sibling, of_old);
            of_new = hash::node(*sibling, of_new);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            of_new = hash::node(of_new, *sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && of_old == old_root && of_new == new_root
}

#[cfg(test)]
mod tests;
