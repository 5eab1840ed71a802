//! Days as they are written at the door: `YYYY-MM-DD` and in no other way. The log holds only days that were read here,
//! and writes them the same; stored events are read more leniently, so that they stay readable whatever the door learns.

use std::fmt;

use jiff::civil::Date;
use serde::{
    Deserializer,
    de::{self, Visitor},
};

/// The text is not a day.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a date is written YYYY-MM-DD and is in the calendar, for example 2024-03-01")]
pub struct InvalidDay;

/// Reads a day.
///
/// # Errors
/// When it is written in any other way, or there is no such day.
pub fn parse(text: &str) -> Result<Date, InvalidDay> {
    let written = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, byte)| if matches!(i, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if written { text.parse().map_err(|_| InvalidDay) } else { Err(InvalidDay) }
}

/// Reads a field that is a day.
///
/// # Errors
/// As [`parse`].
pub fn read<'de, D: Deserializer<'de>>(field: D) -> Result<Date, D::Error> {
    field.deserialize_str(Written(parse))
}

/// Reads a field that may be a day.
///
/// # Errors
/// As [`parse`].
pub fn read_some<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Date>, D::Error> {
    field.deserialize_option(WrittenOrNull)
}

/// Reads a day of a definition, which the log holds too: as it is written there, which for a year before 0 has a sign.
/// `DefineProgramme` refuses such a year by itself.
pub(crate) fn read_stored<'de, D: Deserializer<'de>>(field: D) -> Result<Date, D::Error> {
    field.deserialize_str(Written(|text| {
        text.parse::<Date>().ok().filter(|day| day.to_string() == text).ok_or(InvalidDay)
    }))
}

struct Written(fn(&str) -> Result<Date, InvalidDay>);

impl Visitor<'_> for Written {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date as 2024-03-01")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
        self.0(text).map_err(E::custom)
    }
}

struct WrittenOrNull;

impl<'de> Visitor<'de> for WrittenOrNull {
    type Value = Option<Date>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date as 2024-03-01, or null")
    }

    fn visit_none<E>(self) -> Result<Option<Date>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<Date>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, field: D) -> Result<Option<Date>, D::Error> {
        read(field).map(Some)
    }
}
