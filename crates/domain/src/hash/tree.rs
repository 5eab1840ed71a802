//! The hashes of a tree, of commits or of units (RFC 6962, section 2.1). Leaves and nodes begin differently, so that none passes for the other.

use super::{Hash, Hex};
use sha2::{Digest as _, Sha256};

/// The hash of a leaf.
#[must_use]
pub fn leaf(data: &[u8]) -> Hash {
    Hex(Sha256::new().chain_update([0]).chain_update(data).finalize().into())
}

/// The hash of a node over its two children.
#[must_use]
pub fn node(left: Hash, right: Hash) -> Hash {
    Hex(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root of a tree without leaves.
#[must_use]
pub fn empty() -> Hash {
    Hash::of(&[])
}

/// The root over hashes of one level, on whose right the rest of the tree may stand; nothing over nothing.
///
/// A tree is a row of perfect trees, each smaller than the one before it: their roots are joined from the right.
#[must_use]
pub fn over(hashes: &[Hash], rest: Option<Hash>) -> Option<Hash> {
    let (mut left, mut root) = (hashes, rest);
    while !left.is_empty() {
        let width = 1 << left.len().trailing_zeros();
        let (before, perfect) = left.split_at(left.len() - width);
        let perfect = perfect_root(perfect);
        root = Some(root.map_or(perfect, |root| node(perfect, root)));
        left = before;
    }
    root
}

/// The root over a power of two of hashes.
fn perfect_root(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node(pair[0], pair[1])).collect();
    }
    row[0]
}
