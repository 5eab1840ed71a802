//! Which groups of services are over their limit, each as a query of eight columns: facilitator, point, day, week, time and
//! month, as far as the group has them, then how much there is and how much there would be at most.

use super::sql::{DAYS_OF_MONTH, TO_GROUPS, sitting, week};
use crate::{
    answer::Sql,
    findings::{FEW, LAST_DAYS, LONG_DAY, TIMES, WHOLE_DAY},
};

const NO_NUMBER: &str = "cast(null as bigint)";
const NO_TEXT: &str = "cast(null as text)";
const SERVICES: &str = "from service s join point p on p.key = s.point where ";

/// A facilitator's day, longer than a working day or than a day.
pub(super) fn day(sql: &mut Sql, standing: impl Fn(&mut Sql)) {
    sql.push(format!(
        "select x.facilitator, {NO_NUMBER}, x.at_day, {NO_NUMBER}, {NO_TEXT}, {NO_TEXT}, cast(sum(x.minutes) as bigint),
            cast(case when sum(x.minutes) > {WHOLE_DAY} then {WHOLE_DAY} else {LONG_DAY} end as bigint)
        from (select s.facilitator as facilitator, s.occurred_on as at_day, max(s.minutes) as minutes {SERVICES}"
    ));
    standing(sql);
    sql.push(format!(
        " and s.facilitator is not null group by s.facilitator, s.occurred_on, {}) x
        group by x.facilitator, x.at_day having sum(x.minutes) > {LONG_DAY}",
        sitting()
    ));
}

/// A point's week with more days than it opens.
pub(super) fn days_of_week(sql: &mut Sql, standing: impl Fn(&mut Sql)) {
    let week = week();
    sql.push(format!(
        "select {NO_NUMBER}, s.point, {NO_TEXT}, {week}, {NO_TEXT}, {NO_TEXT},
            cast(count(distinct s.occurred_on) as bigint), p.days_per_week {SERVICES}"
    ));
    standing(sql);
    sql.push(format!(
        " and p.days_per_week is not null and s.kind <> 'online_training' group by s.point, {week}, p.days_per_week
        having count(distinct s.occurred_on) > p.days_per_week"
    ));
}

/// A facilitator's week at a point with more hours than it opens.
pub(super) fn hours_of_week(sql: &mut Sql, standing: impl Fn(&mut Sql)) {
    let week = week();
    sql.push(format!(
        "select x.facilitator, x.point, {NO_TEXT}, x.at_week, {NO_TEXT}, {NO_TEXT}, cast(sum(x.minutes) as bigint), x.most
        from (select s.facilitator as facilitator, s.point as point, {week} as at_week, 60 * p.weekly_hours as most,
            max(s.minutes) as minutes {SERVICES}"
    ));
    standing(sql);
    sql.push(format!(
        " and s.facilitator is not null and s.kind <> 'online_training'
        group by s.facilitator, s.point, {week}, p.weekly_hours, {}) x
        group by x.facilitator, x.point, x.at_week, x.most having sum(x.minutes) > x.most",
        sitting()
    ));
}

/// A facilitator's minute at a point, in which several commands begin services for several citizens. Which command recorded
/// a service is looked up only where several citizens meet.
pub(super) fn minute(sql: &mut Sql, standing: impl Fn(&mut Sql)) {
    let columns = "s.facilitator, s.point, s.occurred_on, s.start_time";
    sql.push(format!(
        "select s.facilitator, s.point, s.occurred_on, {NO_NUMBER}, s.start_time, {NO_TEXT},
            cast(count(distinct t.command) as bigint), cast(1 as bigint)
        from service s cross join (select s.facilitator as facilitator, s.point as point, s.occurred_on as at_day,
            s.start_time as at_time {SERVICES}"
    ));
    standing(sql);
    sql.push(format!(
        " and s.facilitator is not null and s.start_time is not null and s.kind not in {TO_GROUPS}
        group by {columns} having count(distinct s.person) > 1) c join point p on p.key = s.point
        join trail t on t.position = (select min(v.since) from service v where v.key = s.key)
        where s.facilitator = c.facilitator and s.point = c.point and s.occurred_on = c.at_day
            and s.start_time = c.at_time and s.kind not in {TO_GROUPS} and "
    ));
    standing(sql);
    sql.push(format!(" group by {columns} having count(distinct t.command) > 1"));
}

/// A point's month of which the last days hold far more than their share.
pub(super) fn month(sql: &mut Sql, standing: impl Fn(&mut Sql)) {
    let (month, sitting) = ("substr(s.occurred_on, 1, 7)", sitting());
    let at_end = format!("count(distinct case when {} then {sitting} end)", at_the_end());
    let share = format!("{} * count(distinct {sitting})", TIMES * LAST_DAYS);
    sql.push(format!(
        "select {NO_NUMBER}, s.point, {NO_TEXT}, {NO_NUMBER}, {NO_TEXT}, {month}, cast({at_end} as bigint),
            cast({share} / {DAYS_OF_MONTH} as bigint) {SERVICES}"
    ));
    standing(sql);
    sql.push(format!(
        " and substr(p.opened_on, 1, 7) <> {month} group by s.point, {month}, {DAYS_OF_MONTH}
        having {at_end} >= {FEW} and {at_end} * {DAYS_OF_MONTH} > {share}"
    ));
}

/// The last days of a month.
pub(super) fn at_the_end() -> String {
    format!("cast(substr(s.occurred_on, 9, 2) as bigint) > {DAYS_OF_MONTH} - {LAST_DAYS}")
}
