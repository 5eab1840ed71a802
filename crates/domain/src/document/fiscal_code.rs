//! The fiscal code (*codice fiscale*), as the decree of 23 December 1976 defines it.

use std::fmt;

use jiff::civil::Date;

use crate::registration::Gender;

/// Why a text is not a fiscal code. The texts never quote it.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidFiscalCode {
    /// Neither 16 characters in the code's form nor 11 digits.
    #[error("a fiscal code has 16 characters (or 11 digits while provisional)")]
    Form,
    /// The last character does not follow from the others.
    #[error("the fiscal code's check character is wrong")]
    CheckCharacter,
    /// The day of birth it holds does not exist.
    #[error("the fiscal code holds a date that does not exist")]
    Date,
}

/// What a code tells of its bearer's birth. It never prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    /// The year's last two digits; the code does not say the century.
    pub year: u8,
    /// The month, 1 to 12.
    pub month: i8,
    /// The day of the month.
    pub day: i8,
    /// A woman's day is written 40 more.
    pub gender: Gender,
}

impl fmt::Debug for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Birth(***)")
    }
}

/// Where a code holds digits: year, day and place.
const DIGITS: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];
/// The letters that stand for 0 to 9 when two persons would share a code (*omocodia*).
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";
/// The letters of the months, January first.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
/// What a character in an odd place weighs, by its rank; digits weigh as the first ten letters.
const ODD: [u8; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Checks a normalised code: its form, then its check character, then its date.
///
/// # Errors
/// The first of the three that does not hold.
pub fn check(code: &str) -> Result<(), InvalidFiscalCode> {
    if code.len() == 11 { provisional(code.as_bytes()) } else { personal(code.as_bytes()).map(|_| ()) }
}

/// What a normalised code tells of a birth; `None` for a provisional or an impossible one.
#[must_use]
pub fn birth(code: &str) -> Option<Birth> {
    personal(code.as_bytes()).ok()
}

/// Whether letters stand for digits in it: the code then belongs to another person than its base form.
#[must_use]
pub fn is_omocodia(code: &str) -> bool {
    base(code.as_bytes()).is_some_and(|base| base[..15] != code.as_bytes()[..15])
}

/// The code with digits for its omocodia letters and the check character that follows; `None` for a provisional code.
///
/// For proposals of what may be one person's, never for a link: the two codes belong to two persons.
#[must_use]
pub fn base_form(code: &str) -> Option<String> {
    let mut base = base(code.as_bytes())?;
    base[15] = check_character(&base);
    String::from_utf8(base.to_vec()).ok()
}

/// The code with digits for its omocodia letters, its check character left as it is; `None` if it lacks the form.
fn base(code: &[u8]) -> Option<[u8; 16]> {
    let mut base: [u8; 16] = code.try_into().ok()?;
    for (place, c) in base.iter_mut().enumerate() {
        if DIGITS.contains(&place) {
            if !c.is_ascii_digit() {
                *c = (b'0'..).zip(OMOCODIA).find_map(|(digit, letter)| (letter == c).then_some(digit))?;
            }
        } else if !c.is_ascii_uppercase() {
            return None;
        }
    }
    Some(base)
}

fn personal(code: &[u8]) -> Result<Birth, InvalidFiscalCode> {
    let base = base(code).ok_or(InvalidFiscalCode::Form)?;
    if check_character(code) != code[15] {
        return Err(InvalidFiscalCode::CheckCharacter);
    }
    born(&base).ok_or(InvalidFiscalCode::Date)
}

fn check_character(code: &[u8]) -> u8 {
    let sum: u16 = (code[..15].iter().enumerate())
        .map(|(place, c)| {
            let rank = if c.is_ascii_digit() { c - b'0' } else { c - b'A' };
            u16::from(if place % 2 == 0 { ODD[usize::from(rank)] } else { rank })
        })
        .sum();
    b'A' + (sum % 26) as u8
}

fn born(base: &[u8; 16]) -> Option<Birth> {
    let two = |place: usize| (base[place] - b'0') * 10 + (base[place + 1] - b'0');
    let (year, written) = (two(6), two(9));
    let month = i8::try_from(MONTHS.iter().position(|letter| *letter == base[8])? + 1).ok()?;
    let (day, gender) = if written > 40 { (written - 40, Gender::Female) } else { (written, Gender::Male) };
    let day = i8::try_from(day).ok()?;
    // The century is not written: 29 February is possible when the year was leap in one of them, as 00 was in 2000.
    let possible = if year % 4 == 0 { 2000 } else { 2001 };
    Date::new(possible, month, day).ok()?;
    Some(Birth { year, month, day, gender })
}

/// The 11 digits given until a code is assigned: every second digit doubled, the sum ends in 0.
fn provisional(code: &[u8]) -> Result<(), InvalidFiscalCode> {
    // Eleven zeros add up too, but they are what is typed where nobody knows the code: all of them one person.
    if !code.iter().all(u8::is_ascii_digit) || code.iter().all(|c| *c == b'0') {
        return Err(InvalidFiscalCode::Form);
    }
    let sum: u16 = (code.iter().enumerate())
        .map(|(place, c)| u16::from(c - b'0') * if place % 2 == 0 { 1 } else { 2 })
        .map(|value| if value > 9 { value - 9 } else { value })
        .sum();
    if sum.is_multiple_of(10) { Ok(()) } else { Err(InvalidFiscalCode::CheckCharacter) }
}
