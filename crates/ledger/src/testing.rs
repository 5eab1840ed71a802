//! What the tests share: commits, a log of them, and the tree as RFC 6962 defines it, without a tile.

use std::{collections::BTreeMap, convert::Infallible, path::Path};

use traccia_domain::Hash;
use traccia_log::{Log as _, MemoryLog, contract};

use crate::{Folder, Signer, Tile, hash, publish::Publisher, tree::Tree};

/// The key of the tests.
pub(crate) const SECRET: [u8; 32] = [7; 32];

pub(crate) fn signer() -> Signer {
    Signer::new("traccia/test", &SECRET).unwrap()
}

/// Entries that differ.
pub(crate) fn texts(count: u64) -> Vec<String> {
    (0..count).map(|number| format!("entry {number}")).collect()
}

pub(crate) fn leaves(count: u64) -> Vec<Hash> {
    texts(count).iter().map(|text| hash::leaf(text.as_bytes())).collect()
}

/// `MTH`, word for word.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => hash::empty(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            hash::node(root(left), root(right))
        }
    }
}

/// `PATH`, word for word.
pub(crate) fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut rest, other) = match index.checked_sub(left.len()) {
        None => (path(index, left), root(right)),
        Some(index) => (path(index, right), root(left)),
    };
    rest.push(other);
    rest
}

/// `SUBPROOF`, word for word.
pub(crate) fn subproof(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut rest, other) = match old.checked_sub(left.len()).filter(|over| *over > 0) {
        None => (subproof(old, left, known), root(right)),
        Some(over) => (subproof(over, right, false), root(left)),
    };
    rest.push(other);
    rest
}

/// Every tile of a tree, in memory.
pub(crate) fn tiles(leaves: &[Hash]) -> (Tree, BTreeMap<Tile, Vec<Hash>>) {
    let (mut tree, mut tiles) = (Tree::default(), BTreeMap::new());
    for leaf in leaves {
        tree.push(*leaf, |tile, hashes| {
            tiles.insert(tile, hashes);
        });
    }
    tiles.extend(tree.partials().map(|(tile, hashes)| (tile, hashes.to_vec())));
    (tree, tiles)
}

/// Answers tiles from memory.
pub(crate) fn reading(tiles: &BTreeMap<Tile, Vec<Hash>>) -> impl FnMut(Tile) -> Result<Vec<Hash>, Infallible> {
    |tile| Ok(tiles[&tile].clone())
}

/// A log of commits to three streams.
pub(crate) async fn log(commits: u64) -> MemoryLog {
    let log = MemoryLog::default();
    lengthen(&log, commits).await;
    log
}

/// Appends commits up to a position.
pub(crate) async fn lengthen(log: &MemoryLog, to: u64) {
    for number in log.head().await.unwrap().0..to {
        let stream = contract::point(usize::try_from(number % 3).unwrap());
        let why = format!("entry {number}");
        match log.load(&stream, traccia_domain::Position::START).await.unwrap().last() {
            Some(last) => contract::follow(log, last, &why).await,
            None => contract::begin(log, &stream, &why).await,
        };
    }
}

/// Publishes entries up to each of some sizes, going on from what is there.
pub(crate) fn publish(folder: &Folder, sizes: &[u64]) -> Result<Publisher, crate::LedgerError> {
    let mut publisher = Publisher::open(folder.clone(), signer())?;
    for size in sizes {
        for text in texts(*size).iter().skip(usize::try_from(publisher.size()).unwrap()) {
            publisher.push(text)?;
        }
        publisher.publish()?;
    }
    Ok(publisher)
}

/// Every file below a folder, by its path in it, drafts and lock aside.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in std::fs::read_dir(here).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_none_or(|end| end != "draft") && !path.ends_with("lock") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}
