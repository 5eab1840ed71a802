//! Drawing the units of a frozen list to look at, so that anybody can draw them again.
//!
//! The seed is the SHA-256 of the list's root hash and of a value made public after the claim. The n-th draw, from 0, is the
//! first eight bytes of the SHA-256 of seed and n, as a number, modulo the units; what is beyond the last whole multiple of
//! the units, and what was drawn before, is passed over. The list is sorted by serial.

use sha2::{Digest as _, Sha256};

use crate::{Hash, hash::Hex};

/// How many units are drawn unless told. With no error in 60, at most 4.87 % are wrong at 95 % confidence.
pub const DEFAULT_SIZE: u32 = 60;

/// The most that can be drawn.
pub const MOST: u32 = 1_000;

/// The seed of a drawing.
#[must_use]
pub fn seed(root: Hash, public_value: &str) -> Hash {
    Hex(Sha256::new().chain_update(root.0).chain_update(public_value.as_bytes()).finalize().into())
}

/// The places drawn of a list, from 0, each once; all of a list that has no more.
#[must_use]
pub fn draw(root: Hash, public_value: &str, count: u32, size: u32) -> Vec<u32> {
    let seed = seed(root, public_value);
    let (count, size) = (u64::from(count), size.min(count) as usize);
    let mut drawn = Vec::with_capacity(size);
    let whole = u64::MAX - u64::MAX % count.max(1);
    for n in 0_u64.. {
        if drawn.len() >= size {
            break;
        }
        let hash = Sha256::new().chain_update(seed.0).chain_update(n.to_be_bytes()).finalize();
        let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let place = u32::try_from(number % count).expect("it is less than the count");
        if number < whole && !drawn.contains(&place) {
            drawn.push(place);
        }
    }
    drawn
}
