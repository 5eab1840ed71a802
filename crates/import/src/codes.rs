//! The national code lists, and how each of their values is written in the upload.

use jiff::civil::Date;
use traccia_domain::{
    document::DocumentKind,
    registration::{Citizenship, Gender},
    service::ServiceKind,
};

/// Age bands (AN8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeBand {
    /// 18 to 29.
    From18,
    /// 30 to 54.
    From30,
    /// 55 to 74.
    From55,
    /// 75 and more.
    From75,
    /// 14 to 17: in the lists since 2025.
    From14,
}

impl AgeBand {
    /// Whether an age in whole years lies in it.
    #[must_use]
    pub fn holds(self, age: u8) -> bool {
        match self {
            AgeBand::From18 => (18..30).contains(&age),
            AgeBand::From30 => (30..55).contains(&age),
            AgeBand::From55 => (55..75).contains(&age),
            AgeBand::From75 => age >= 75,
            AgeBand::From14 => (14..18).contains(&age),
        }
    }
}

/// A value of a list, by its letter.
type List<T> = &'static [(char, T)];

/// AN7.
pub const GENDERS: List<Gender> =
    &[('A', Gender::Female), ('B', Gender::Male), ('C', Gender::NonBinary), ('D', Gender::Undisclosed)];

/// AN8.
pub const AGE_BANDS: List<AgeBand> = &[
    ('A', AgeBand::From18),
    ('B', AgeBand::From30),
    ('C', AgeBand::From55),
    ('D', AgeBand::From75),
    ('E', AgeBand::From14),
];

/// AN11.
pub const CITIZENSHIPS: List<Citizenship> =
    &[('A', Citizenship::Italian), ('B', Citizenship::Eu), ('C', Citizenship::NonEu)];

/// AN5.
pub const DOCUMENTS: List<DocumentKind> = &[
    ('A', DocumentKind::IdentityCard),
    ('B', DocumentKind::DrivingLicence),
    ('C', DocumentKind::Passport),
    ('D', DocumentKind::ResidencePermit),
    ('E', DocumentKind::Other),
];

/// SE3.
pub const SERVICES: List<ServiceKind> = &[
    ('A', ServiceKind::IndividualFacilitation),
    ('B', ServiceKind::GroupFacilitation),
    ('C', ServiceKind::ClassroomTraining),
    ('D', ServiceKind::OnlineTraining),
    ('E', ServiceKind::Other),
];

/// The value a letter stands for.
#[must_use]
pub fn value<T: Copy>(list: List<T>, text: &str) -> Option<T> {
    let letter = letter(text)?;
    list.iter().find(|(code, _)| *code == letter).map(|(_, value)| *value)
}

/// A letter of a list that starts at `A` and ends at `last`, in either case.
#[must_use]
pub fn letter_to(text: &str, last: char) -> Option<char> {
    letter(text).filter(|letter| ('A'..=last).contains(letter))
}

fn letter(text: &str) -> Option<char> {
    match text.as_bytes() {
        [byte] if byte.is_ascii_alphabetic() => Some(char::from(byte.to_ascii_uppercase())),
        _ => None,
    }
}

/// Several values separated by `:`, in order and each once. An empty part is nothing.
#[must_use]
pub fn several<T: Ord>(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let parts = text.split(':').map(str::trim).filter(|part| !part.is_empty());
    let mut values = parts.map(one).collect::<Option<Vec<T>>>()?;
    values.sort_unstable();
    values.dedup();
    Some(values)
}

/// A whole number from 1 to `last` (SE5, ES6).
#[must_use]
pub fn number_to(text: &str, last: u8) -> Option<u8> {
    text.parse().ok().filter(|number| (1..=last).contains(number))
}

/// The area of a competence: 1-3 A, 4-9 B, 10 C, 11-12 D, 13 E.
#[must_use]
pub fn area(competence: u8) -> char {
    match competence {
        0..=3 => 'A',
        4..=9 => 'B',
        10 => 'C',
        11..=12 => 'D',
        13.. => 'E',
    }
}

/// A duration `hh:mm` in minutes, from 1 to 1,440.
#[must_use]
pub fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if !(1..=2).contains(&hours.len()) || minutes.len() != 2 {
        return None;
    }
    let total = digits(hours)? * 60 + digits(minutes).filter(|minutes| *minutes < 60)?;
    (1..=1_440).contains(&total).then_some(total)
}

/// A day `YYYY-MM-DD`, and nothing else that a calendar would take.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    traccia_domain::time::day::parse(text).ok()
}

fn digits(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
