//! How a point stood on a day, by what is known of it now.

use jiff::civil::Date;

use super::{Open, Point};

/// How a point stood on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointStanding {
    /// It did not receive citizens yet.
    NotYetOpen,
    /// It received citizens.
    Open,
    /// It did not for a while.
    Suspended,
    /// It no longer did.
    Closed,
    /// It was opened in error: it never was a point.
    Voided,
}

impl PointStanding {
    /// In words, for a refusal's text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PointStanding::NotYetOpen => "not yet open",
            PointStanding::Open => "open",
            PointStanding::Suspended => "suspended",
            PointStanding::Closed => "closed",
            PointStanding::Voided => "voided",
        }
    }
}

impl Point {
    /// How it stood on a day. A closure with an earlier date than a suspension wins over it.
    #[must_use]
    pub fn standing_on(&self, date: Date) -> PointStanding {
        match self {
            Point::Unknown => PointStanding::NotYetOpen,
            Point::Open(open) => open.standing_on(date),
            Point::Closed { open, on } if date >= *on && date >= open.since => PointStanding::Closed,
            Point::Closed { open, .. } => open.standing_on(date),
            Point::Voided { .. } => PointStanding::Voided,
        }
    }
}

impl Open {
    fn standing_on(&self, date: Date) -> PointStanding {
        let paused = |(from, until): &(Date, Option<Date>)| *from <= date && until.is_none_or(|until| date < until);
        if date < self.since {
            PointStanding::NotYetOpen
        } else if self.suspensions.iter().any(paused) {
            PointStanding::Suspended
        } else {
            PointStanding::Open
        }
    }
}
