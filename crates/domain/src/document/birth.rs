//! What a document or a profile tells about the day somebody was born, and the age that follows from it.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fiscal_code::Birth;

/// The youngest age a fiscal code's two-digit year is read as; the oldest is 99 years more.
const YOUNGEST: i16 = 14;

/// What is known of a birth: what a sealed profile holds so that ages can be told later. It never prints.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBirth {
    /// From a fiscal code, which does not say the century.
    Code {
        /// The year's last two digits.
        year2: u8,
        /// The month, 1 to 12.
        month: i8,
        /// The day of the month.
        day: i8,
    },
    /// The year alone, as a profile states it.
    Year(i16),
}

impl KnownBirth {
    /// The age in whole years on a day.
    ///
    /// Of a year alone, the age is the one completed by the end of the day's year: the rule that asks for a minimum
    /// age then excludes nobody who reaches it that year. `None` when no age of 0 to 130 comes out.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<u8> {
        match *self {
            KnownBirth::Code { year2, month, day: born } => age(year2, month, born, day),
            KnownBirth::Year(year) => {
                u8::try_from(i32::from(day.year()) - i32::from(year)).ok().filter(|age| *age <= 130)
            }
        }
    }
}

impl From<Birth> for KnownBirth {
    fn from(birth: Birth) -> Self {
        KnownBirth::Code { year2: birth.year, month: birth.month, day: birth.day }
    }
}

impl fmt::Debug for KnownBirth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownBirth(***)")
    }
}

/// The age in whole years on a day, the century being the one that gives 14 to 113 (domain.md, 4.4).
///
/// Who was born on 29 February has their birthday on 1 March in common years. `None` when the only century that fits
/// had no such day: 29 February 1900.
#[must_use]
pub fn age_on(birth: &Birth, day: Date) -> Option<u8> {
    age(birth.year, birth.month, birth.day, day)
}

fn age(year2: u8, month: i8, born: i8, day: Date) -> Option<u8> {
    let before_birthday = (day.month(), day.day()) < (month, born);
    // The centuries are a hundred years apart and so are the ages: exactly one of them lies within the hundred.
    let turned = day.year() - i16::from(before_birthday);
    let age = (turned - i16::from(year2) - YOUNGEST).rem_euclid(100) + YOUNGEST;
    Date::new(turned - age, month, born).ok()?;
    u8::try_from(age).ok()
}
