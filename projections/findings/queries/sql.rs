//! Pieces of SQL that findings share. The texts are constants: the same for every database.

use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projector::held;

use super::FindingFilter;
use crate::answer::{Reader, Sql};

/// Kinds of services that are given to several citizens at once.
pub(super) const TO_GROUPS: &str = "('group_facilitation', 'classroom_training', 'online_training')";

/// What was begun together, as a text: whatever one facilitator began at one point at one minute.
pub(super) fn sitting() -> String {
    format!(
        "cast(s.point as text) || ' ' || coalesce(cast(s.facilitator as text), '') || ' ' || s.occurred_on || ' ' ||
        coalesce(s.start_time, case when s.kind in {TO_GROUPS} then s.kind else cast(s.key as text) end)"
    )
}

/// The number of a service's week since long ago, each from a Monday: the Julian day number, which began on one, by seven.
/// Months are counted from March, so that the day that comes and goes is a year's last.
pub(super) fn week() -> String {
    let part = |from: u8, length: u8| format!("cast(substr(s.occurred_on, {from}, {length}) as bigint)");
    let (year, month, day) = (part(1, 4), part(6, 2), part(9, 2));
    let early = format!("(14 - {month}) / 12");
    let years = format!("({year} + 4800 - {early})");
    let months = format!("({month} + 12 * ({early}) - 3)");
    format!(
        "(({day} + (153 * {months} + 2) / 5 + 365 * {years} + {years} / 4 - {years} / 100 + {years} / 400 - 32045) / 7)"
    )
}

/// The days of a service's month, this century.
pub(super) const DAYS_OF_MONTH: &str = "(case when substr(s.occurred_on, 6, 2) in ('04', '06', '09', '11') then 30
    when substr(s.occurred_on, 6, 2) = '02' then 28 + (case when cast(substr(s.occurred_on, 1, 4) as bigint) % 4 = 0 then 1 else 0 end)
    else 31 end)";

/// What every finding looks at: services (`s`) that stand, at the points (`p`) asked for and within.
pub(super) fn standing(sql: &mut Sql, reader: &Reader, filter: &FindingFilter) {
    sql.push(format!("{} and {} and s.state <> 'voided'", held("s"), held("p")));
    sql.equals("p.programme", filter.programme.as_ref().map(ProgrammeId::as_str))
        .equals("p.project", filter.project.as_ref().map(ProjectId::as_str));
    reader.within().points_of(sql);
}

/// The unit (`u`) that a service gives, where it gives one.
pub(super) fn unit() -> String {
    let counted = "u.person = s.person and u.service = s.key and u.line = 'rfd' and u.counted_on is not null";
    format!("left join unit u on {counted} and {}", held("u"))
}
