//! What the log knew, and when: a position, or an instant that stands for one.

use std::str::FromStr;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use traccia_domain::Position;

/// How much of history an answer may know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownAt {
    /// All that the tables have reached.
    #[default]
    Now,
    /// Everything up to a position, inclusive.
    Position(Position),
    /// Everything recorded up to an instant, inclusive.
    Instant(Timestamp),
}

/// The text is neither a position nor an instant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("known_at is a position, for example 4711, or an RFC 3339 instant, for example 2024-03-01T12:00:00Z")]
pub struct InvalidKnownAt;

impl FromStr for KnownAt {
    type Err = InvalidKnownAt;
    fn from_str(text: &str) -> Result<Self, InvalidKnownAt> {
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            let position = text.parse::<i64>().map_err(|_| InvalidKnownAt)?;
            return Ok(KnownAt::Position(Position(position.cast_unsigned())));
        }
        text.parse().map(KnownAt::Instant).map_err(|_| InvalidKnownAt)
    }
}

/// The day it is in Italy at an instant.
///
/// The rule is written out (summer time from the last Sunday of March to the last of October, directive 2000/84/EC), so
/// that the answer never depends on the machine's list of time zones.
#[must_use]
pub fn day_in_italy(instant: Timestamp) -> Date {
    italy().to_datetime(instant).date()
}

/// The first instant of a day in Italy; `None` for a day that no instant falls on.
pub(crate) fn beginning_in_italy(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(italy()).ok()?.timestamp())
}

fn italy() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}
