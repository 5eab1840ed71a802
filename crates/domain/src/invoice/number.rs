//! An invoice's number, told from every other however it is written down.

use crate::document::unaccented;

/// The number written one way. An invoice's id is made from it, so that this never changes.
///
/// - Letters are capitals without accents. Those of other alphabets are refused: they look like Latin ones, and would make
///   another paper. An electronic invoice (*FatturaPA*, `Numero`: 20 characters of free text) has none either.
/// - Signs and spaces are all alike, and part two groups of digits alone: `12-2026` and `12 / 2026` are `12/2026`, `F.T. 12`
///   is `FT12`, and `1/23` and `12/3` stay two.
/// - The zeros before a group of digits go: programs print `0012/2026` and `12/2026` of one invoice, and who numbers as the
///   law asks gives no two on a day that differ in zeros alone.
///
/// Words and short years stay: `FT 12`, `12`, `12/26` and `12/2026` are four, for whether they are one only the supplier knows.
///
/// # Errors
/// Why it is no number.
pub(super) fn written_one_way(text: &str) -> Result<String, &'static str> {
    let latin = text.chars().filter(|c| !invisible(*c)).map(latin).collect::<Option<String>>();
    let latin = latin.ok_or("an invoice's number has letters from A to Z, digits and signs")?;
    let runs = latin.split(SIGN).flat_map(|part| part.as_bytes().chunk_by(|a, b| digit(*a) == digit(*b)));
    let mut number = String::new();
    for run in runs.filter_map(|run| std::str::from_utf8(run).ok()) {
        if !run.bytes().all(digit) {
            number.push_str(run);
            continue;
        }
        if number.bytes().next_back().is_some_and(digit) {
            number.push(SIGN);
        }
        let short = run.trim_start_matches('0');
        number.push_str(if short.is_empty() { "0" } else { short });
    }
    // Whoever writes a name here is stopped, most of the time.
    if number.bytes().any(digit) { Ok(number) } else { Err("an invoice has a number, with a digit in it") }
}

/// How every sign is written.
const SIGN: char = '/';

fn digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

/// What nobody sees between two others: accents that stand alone, soft hyphens, marks of direction and of joining.
fn invisible(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// A character as a capital, a digit or the sign; none of another alphabet.
fn latin(c: char) -> Option<char> {
    let c = match c {
        // Fullwidth letters and digits lie where the ASCII ones do, further on.
        '\u{FF10}'..='\u{FF5A}' => char::from_u32(u32::from(c) - 0xFEE0)?,
        // As in `Nº 12`: letters to Unicode, a sign to everybody else.
        'ª' | 'º' => SIGN,
        other => unaccented(other),
    };
    match c {
        _ if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
        _ if c.is_alphanumeric() => None,
        _ => Some(SIGN),
    }
}
