//! Days, times of day and instants as the programme uses them.

pub mod day;

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A time of day to the minute, `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// What a service without a start time is ordered at: after every time of its day.
    pub const END_OF_DAY: u16 = 24 * 60;

    /// From hours and minutes; `None` when there is no such time.
    #[must_use]
    pub fn new(hour: u16, minute: u16) -> Option<TimeOfDay> {
        (hour < 24 && minute < 60).then_some(TimeOfDay(hour * 60 + minute))
    }

    /// Minutes since midnight.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.0
    }
}

/// The text is not a time of day.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a time of day is written HH:MM, from 00:00 to 23:59")]
pub struct InvalidTime;

impl FromStr for TimeOfDay {
    type Err = InvalidTime;
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let two = |part: &str| match part.as_bytes() {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u16::from(a - b'0') * 10 + u16::from(b - b'0')),
            _ => None,
        };
        let (hour, minute) = text.split_once(':').ok_or(InvalidTime)?;
        two(hour).zip(two(minute)).and_then(|(h, m)| TimeOfDay::new(h, m)).ok_or(InvalidTime)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
    }
}

/// A month, `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month a day falls in.
    #[must_use]
    pub fn of(day: Date) -> Month {
        Month { year: day.year(), month: day.month() }
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::constant(self.year, self.month, 1)
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The month before; none before the first that can be written.
    #[must_use]
    pub fn before(self) -> Option<Month> {
        self.first_day().yesterday().ok().map(Month::of)
    }

    /// The months from this one to another, both inclusive.
    pub fn through(self, last: Month) -> impl Iterator<Item = Month> {
        let next = move |month: &Month| match month.last_day().tomorrow() {
            Ok(day) if *month < last => Some(Month::of(day)),
            Ok(_) | Err(_) => None,
        };
        std::iter::successors((self <= last).then_some(self), next)
    }

    /// `2024-S1` for January to June, `2024-S2` for the rest: the plan's semesters.
    #[must_use]
    pub fn semester(self) -> String {
        format!("{:04}-S{}", self.year, if self.month <= 6 { 1 } else { 2 })
    }
}

/// The text is not a month.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a month is written YYYY-MM, for example 2024-03")]
pub struct InvalidMonth;

impl FromStr for Month {
    type Err = InvalidMonth;
    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        day::parse(&format!("{text}-01")).map(Month::of).map_err(|_| InvalidMonth)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Month {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Month".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"})
    }
}

#[cfg(test)]
mod tests;
