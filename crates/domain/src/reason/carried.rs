//! Numbers of what a person carries or is paid to: payment cards, accounts, identity cards; told from the protocol numbers,
//! days and amounts that reasons are full of.
//!
//! A paper identity card (`AB1234567`) and a passport (`YA1234567`) are two letters and seven digits, as protocol numbers with
//! the letters of their register are (`PG0123456`): they pass. So does an electronic card's number with spaces in it, which
//! is written as `PG 12345 DD 01/03` is.

use crate::tranche::iban::Iban;

/// Whether a text holds a payment card's number: 13 to 19 digits which begin as those of a scheme do (ISO/IEC 7812) and pass
/// the check of their last digit, in the groups that cards have, or in whatever groups with the same signs between all of
/// them. Days and amounts have other signs in them than between them. A protocol number of as many digits passes for one by
/// chance about once in forty.
pub(super) fn holds_payment_card(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let begins = !rest[..start].ends_with(char::is_alphanumeric);
        let groups = groups(&rest[start..]);
        if begins && (0..groups.len()).any(|first| begins_with_card(&groups[first..])) {
            return true;
        }
        let word = rest[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - start);
        rest = &rest[start + word..];
    }
    false
}

/// Digits, and the signs between them and the group before.
struct Group<'a> {
    signs: &'a str,
    digits: &'a str,
}

/// The groups of digits at the start of a text, with signs between; a group that goes on as a word is none.
fn groups(text: &str) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
        let (signs, after) = rest.split_at(end);
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (digits, after) = after.split_at(end);
        if digits.is_empty() || after.starts_with(char::is_alphanumeric) {
            return groups;
        }
        groups.push(Group { signs, digits });
        rest = after;
    }
}

fn begins_with_card(groups: &[Group<'_>]) -> bool {
    let mut digits = String::new();
    let mut lengths = Vec::new();
    let mut alike = true;
    for group in groups {
        // The first stands behind nothing, so that the second has the first signs there are.
        alike &= lengths.len() < 2 || group.signs == groups[1].signs;
        digits.push_str(group.digits);
        lengths.push(group.digits.len());
        if digits.len() > LONGEST_CARD {
            return false;
        }
        if (alike || printed(&lengths)) && card(&digits) {
            return true;
        }
    }
    false
}

const LONGEST_CARD: usize = 19;

/// The groups in which cards have their numbers.
fn printed(lengths: &[usize]) -> bool {
    matches!(lengths, [_] | [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [4, 6, 5] | [4, 6, 4] | [4, 3, 3, 3])
}

fn card(digits: &str) -> bool {
    digits.get(..4).is_some_and(|first| of_a_scheme(first, digits.len())) && luhn(digits)
}

/// Whether a scheme gives out numbers of a length that begin so.
fn of_a_scheme(first: &str, length: usize) -> bool {
    match first.parse::<u16>().unwrap_or_default() {
        // Visa, American Express, Diners Club, Mastercard.
        4000..=4999 => matches!(length, 13 | 16 | 19),
        3400..=3499 | 3700..=3799 => length == 15,
        3000..=3059 | 3600..=3699 | 3800..=3999 => length == 14,
        2221..=2720 | 5100..=5599 => length == 16,
        // JCB, Maestro, Discover, UnionPay.
        3528..=3589 | 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 => (16..=19).contains(&length),
        6011 | 6200..=6299 | 6440..=6599 => (16..=19).contains(&length),
        _ => false,
    }
}

/// ISO/IEC 7812-1, annex B: every second digit from the right is doubled, and all digits sum to a multiple of ten.
fn luhn(digits: &str) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weighed = digits.bytes().rev().map(|byte| u32::from(byte - b'0')).enumerate();
    let sum: u32 = weighed.map(|(i, digit)| if i % 2 == 1 { doubled(digit) } else { digit }).sum();
    sum.is_multiple_of(10)
}

/// Whether a text holds an account's number, an IBAN, in whatever groups with whatever signs between. Most of one is digits;
/// words that run together are none.
pub(super) fn holds_iban(text: &str) -> bool {
    let starts = text.char_indices().filter(|(at, _)| !text[..*at].ends_with(char::is_alphanumeric));
    starts.into_iter().any(|(at, _)| {
        let written = text[at..].chars().take_while(|c| c.is_ascii() || !c.is_alphanumeric());
        let plain: String = written.filter(char::is_ascii_alphanumeric).take(LONGEST_IBAN).collect();
        (SHORTEST_IBAN..=plain.len()).any(|end| {
            let digits = plain[..end].bytes().filter(u8::is_ascii_digit).count();
            2 * digits > end && plain[..end].parse::<Iban>().is_ok()
        })
    })
}

const SHORTEST_IBAN: usize = 15;
const LONGEST_IBAN: usize = 34;

/// Whether a text holds the number of an electronic identity card (*carta d'identità elettronica*): two letters, five digits
/// and two letters, in one word.
pub(super) fn holds_identity_card(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| match word.as_bytes() {
        [a, b, digits @ .., y, z] => {
            [a, b, y, z].into_iter().all(u8::is_ascii_alphabetic)
                && digits.len() == 5
                && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    })
}
