//! What a disk does to a file: a bit that flips, an end that is gone.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use fastrand::Rng;

/// Flips one bit of a file, somewhere in a range of its bytes; where.
pub fn flip(file: &Path, rng: &mut Rng, within: Range<usize>) -> String {
    let mut bytes = fs::read(file).unwrap();
    let (at, bit) = (rng.usize(within.start..within.end.min(bytes.len())), rng.u8(..8));
    bytes[at] ^= 1 << bit;
    fs::write(file, &bytes).unwrap();
    format!("bit {bit} of byte {at} of {} in {}", bytes.len(), file.display())
}

/// Flips one bit anywhere in a file.
pub fn flip_anywhere(file: &Path, rng: &mut Rng) -> String {
    flip(file, rng, 0..usize::MAX)
}

/// Cuts a file's end off; how much is left.
pub fn cut(file: &Path, rng: &mut Rng) -> String {
    let bytes = fs::read(file).unwrap();
    let left = rng.usize(..bytes.len());
    fs::write(file, &bytes[..left]).unwrap();
    format!("{left} of {} bytes are left of {}", bytes.len(), file.display())
}

/// The file that the tables are in now, and what waits beside it.
pub fn tables(folder: &Path) -> PathBuf {
    folder.join("tables.db").canonicalize().unwrap()
}

/// A file's write-ahead log.
pub fn waiting(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", file.display()))
}
