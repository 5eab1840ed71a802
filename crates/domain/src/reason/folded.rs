//! A text in its plain form, as whoever reads it takes it: the same number written with other digits, letters or signs.

use std::{iter, ops::RangeInclusive};

use unicode_normalization::UnicodeNormalization as _;

/// A text with the digits of every script as ours, compatible letters (full-width ones for instance) as plain ones, every
/// sign as one of ASCII's, and without what is not seen.
pub(super) fn folded(text: &str) -> String {
    let seen = text.chars().filter(|letter| !unseen(*letter));
    let signed = seen.map(|letter| if letter.is_alphanumeric() { letter } else { sign(letter) });
    signed.nfkc().map(|letter| digit(letter).unwrap_or(letter)).collect()
}

/// Soft hyphens, joiners, marks of direction and of style: they stand between two digits and nobody sees them.
fn unseen(letter: char) -> bool {
    const RANGES: [RangeInclusive<char>; 8] = [
        '\u{ad}'..='\u{ad}',
        '\u{61c}'..='\u{61c}',
        '\u{180e}'..='\u{180e}',
        '\u{200b}'..='\u{200f}',
        '\u{202a}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{fe00}'..='\u{fe0f}',
        '\u{feff}'..='\u{feff}',
    ];
    RANGES.iter().any(|range| range.contains(&letter))
}

/// A sign that ASCII has, where one is like it. What would become letters (`№`) stays a sign: a number may follow it.
fn sign(letter: char) -> char {
    match iter::once(letter).nfkc().next() {
        Some(like) if like.is_ascii() && !like.is_ascii_alphanumeric() => like,
        Some('\u{2010}'..='\u{2015}' | '\u{2212}') => '-',
        _ => ' ',
    }
}

fn digit(letter: char) -> Option<char> {
    let letter = u32::from(letter);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= letter)].last()?;
    char::from_digit(letter - zero, 10)
}

/// The zeros of the scripts whose digits have no compatible plain form (Unicode 17, general category `Nd`); nine more
/// follow each.
const ZEROS: [u32; 68] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50,
    0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1,
    0x1e950,
];
