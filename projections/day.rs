//! Days in four bytes, in the calendar's order.

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use jiff::{ToSpan as _, civil::Date};
use rustc_hash::FxHashMap;
use traccia_domain::time::Month;

/// A day: year, month and day side by side, so that months and semesters are read off it without a calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(i32);

impl Day {
    /// Before every day.
    pub(crate) const FIRST: Day = Day(i32::MIN);

    pub(crate) fn date(self) -> Date {
        let part = |bits: i32| i8::try_from(bits).expect("five bits fit");
        let year = i16::try_from(self.0 >> 9).expect("it was made from a date's year");
        Date::new(year, part(self.0 >> 5 & 15), part(self.0 & 31)).expect("it was made from a date")
    }

    /// As rows have it. Rows by the million name a few hundred days: those of the measure's years are written once.
    pub(crate) fn text(self) -> Arc<str> {
        const YEARS: std::ops::RangeInclusive<i16> = 2020..=2035;
        static WRITTEN: LazyLock<FxHashMap<Day, Arc<str>>> = LazyLock::new(|| {
            let first = Date::constant(*YEARS.start(), 1, 1);
            let days = first.series(1.day()).take_while(|day| YEARS.contains(&day.year()));
            days.map(|day| (day.into(), day.to_string().into())).collect()
        });
        WRITTEN.get(&self).map_or_else(|| self.to_string().into(), Arc::clone)
    }

    pub(crate) fn month(self) -> Month {
        Month::of(self.date())
    }

    /// The month as a number that tells months apart.
    pub(crate) fn month_number(self) -> i32 {
        self.0 >> 5
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Day {
        Day(i32::from(date.year()) << 9 | i32::from(date.month()) << 5 | i32::from(date.day()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Day::FIRST { f.write_str("ever") } else { self.date().fmt(f) }
    }
}

/// What holds from a day on, as it was said: on a day, what was said for the latest day up to it, and last, holds.
#[derive(Clone, Debug)]
pub(crate) struct Timeline<T>(Vec<(Day, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Timeline(Vec::new())
    }
}

impl<T> Timeline<T> {
    pub(crate) fn say(&mut self, from: Day, what: T) {
        let place = self.0.partition_point(|(day, _)| *day <= from);
        self.0.insert(place, (from, what));
    }

    pub(crate) fn on(&self, day: Day) -> Option<&T> {
        let next = self.0.partition_point(|(from, _)| *from <= day);
        next.checked_sub(1).map(|last| &self.0[last].1)
    }

    /// The days on which something begins to hold.
    pub(crate) fn days(&self) -> impl Iterator<Item = Day> {
        self.0.iter().map(|(day, _)| *day)
    }
}
