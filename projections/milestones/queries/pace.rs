//! How fast citizens come, and when as many as are needed would have.

use jiff::{ToSpan as _, Unit, civil::Date};
use serde::Serialize;
use traccia_domain::milestone::Terms;
use utoipa::ToSchema;

use super::standing::Served;

/// The days whose pace is the present one: four weeks.
const DAYS: i32 = 28;
/// Beyond a lifetime is never.
const NEVER: u32 = 36_525;

/// How fast citizens come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Pace {
    /// Citizens still needed.
    pub missing: u32,
    /// Days left until the deadline.
    pub left_days: u32,
    /// Citizens a week still needed until the deadline.
    pub needed_per_week: f64,
    /// The first day of the last four weeks; they end with the day of the answer.
    #[schema(value_type = String)]
    pub since: Date,
    /// Citizens counted in the last four weeks.
    pub counted: u32,
    /// The same a week.
    pub reached_per_week: f64,
    /// The day on which the number would be reached at that pace; absent where it never would, and where it is reached.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Date>,
    /// Where it is reached, the day of the services by which it was.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_on: Option<Date>,
}

impl Pace {
    /// Until the deadline, where citizens gate.
    pub(super) fn of(served: &Served, project: &str, terms: &Terms, counted: u32, on: Date) -> Option<Pace> {
        let needed = terms.citizens_needed?;
        let missing = needed.saturating_sub(counted);
        let left_days = days(on, terms.counts_until);
        if left_days == 0 {
            return None;
        }
        let since = on.saturating_sub((DAYS - 1).days());
        let lately = served.counted_between(project, since, on);
        let weekly = |citizens: u32, days: u32| (f64::from(citizens) * 70.0 / f64::from(days)).round() / 10.0;
        let ahead = (missing > 0 && lately > 0).then(|| (missing.saturating_mul(28)).div_ceil(lately));
        Some(Pace {
            missing,
            left_days,
            needed_per_week: weekly(missing, left_days),
            since,
            counted: lately,
            reached_per_week: weekly(lately, 28),
            forecast: ahead.filter(|days| *days < NEVER).map(|days| on.saturating_add(i64::from(days).days())),
            reached_on: if missing == 0 { served.reached_on(project, terms, needed) } else { None },
        })
    }
}

/// Days from one to another; none where it is before.
fn days(from: Date, until: Date) -> u32 {
    let span = from.until((Unit::Day, until)).map_or(0, |span| span.get_days());
    u32::try_from(span).unwrap_or(0)
}
