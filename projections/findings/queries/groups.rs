//! Findings about services that have something in common: a day, a week, a minute or a month.

use jiff::{ToSpan as _, civil::Date};
use traccia_projector::held;

use super::{
    Finding, FindingFilter, FindingId, Kind, Measure, Subject,
    sql::{DAYS_OF_MONTH, TO_GROUPS, sitting, standing, unit, week},
};
use crate::{
    answer::{Line, ReadError, Reader, Sql},
    findings::{FEW, LAST_DAYS, LONG_DAY, TIMES, WHOLE_DAY},
};

/// How services are put together, and which of the groups are worth a look.
#[derive(Clone, Copy, Debug)]
pub(super) enum Group {
    Day,
    DaysOfWeek,
    HoursOfWeek,
    Minute,
    Month,
}

/// The groups that give the findings of a kind.
pub(super) fn of(kind: Kind) -> &'static [Group] {
    match kind {
        Kind::MinutesOfADay => &[Group::Day],
        Kind::OutsideHours => &[Group::DaysOfWeek, Group::HoursOfWeek],
        Kind::SameMinute => &[Group::Minute],
        Kind::MonthEnd => &[Group::Month],
        Kind::ConsecutiveDocuments => &[],
    }
}

/// The last days of a month.
fn at_the_end() -> String {
    format!("cast(substr(s.occurred_on, 9, 2) as bigint) > {DAYS_OF_MONTH} - {LAST_DAYS}")
}

impl Group {
    /// The findings: groups over their limit, each with the services and units in it.
    pub(super) async fn findings(self, reader: &Reader, filter: &FindingFilter) -> Result<Vec<Finding>, ReadError> {
        let mut sql = Sql::from("with g(facilitator, point, at_day, at_week, at_time, at_month, measure, most) as (");
        self.over_the_limit(&mut sql, reader, filter);
        // The services are walked once and looked up among the few groups, not the reverse.
        sql.push(format!(
            ") select f.id, q.id, g.at_day, g.at_week, g.at_time, g.at_month, g.measure, g.most, count(*), count(u.key),
                max(s.since), min(p.programme), min(p.project)
            from service s cross join g join point p on p.key = s.point {}
            left join facilitator f on f.key = g.facilitator and {} left join point q on q.key = g.point and {} where {} and ",
            unit(),
            held("f"),
            held("q"),
            self.belongs(),
        ));
        standing(&mut sql, reader, filter);
        sql.push(" group by f.id, q.id, g.at_day, g.at_week, g.at_time, g.at_month, g.measure, g.most");
        reader.rows(sql).await?.iter().map(|row| self.finding(row)).collect()
    }

    fn over_the_limit(self, sql: &mut Sql, reader: &Reader, filter: &FindingFilter) {
        let (none, no_text) = ("cast(null as bigint)", "cast(null as text)");
        let (sitting, week) = (sitting(), week());
        let services = "from service s join point p on p.key = s.point where ";
        match self {
            Group::Day => {
                sql.push(format!(
                    "select x.facilitator, {none}, x.at_day, {none}, {no_text}, {no_text}, cast(sum(x.minutes) as bigint),
                        cast(case when sum(x.minutes) > {WHOLE_DAY} then {WHOLE_DAY} else {LONG_DAY} end as bigint)
                    from (select s.facilitator as facilitator, s.occurred_on as at_day, max(s.minutes) as minutes {services}"
                ));
                standing(sql, reader, filter);
                sql.push(format!(
                    " and s.facilitator is not null group by s.facilitator, s.occurred_on, {sitting}) x
                    group by x.facilitator, x.at_day having sum(x.minutes) > {LONG_DAY}"
                ));
            }
            Group::DaysOfWeek => {
                sql.push(format!(
                    "select {none}, s.point, {no_text}, {week}, {no_text}, {no_text}, cast(count(distinct s.occurred_on) as bigint),
                        p.days_per_week {services}"
                ));
                standing(sql, reader, filter);
                sql.push(format!(
                    " and p.days_per_week is not null and s.kind <> 'online_training' group by s.point, {week}, p.days_per_week
                    having count(distinct s.occurred_on) > p.days_per_week"
                ));
            }
            Group::HoursOfWeek => {
                sql.push(format!(
                    "select x.facilitator, x.point, {no_text}, x.at_week, {no_text}, {no_text}, cast(sum(x.minutes) as bigint), x.most
                    from (select s.facilitator as facilitator, s.point as point, {week} as at_week, 60 * p.weekly_hours as most,
                        max(s.minutes) as minutes {services}"
                ));
                standing(sql, reader, filter);
                sql.push(format!(
                    " and s.facilitator is not null and s.kind <> 'online_training'
                    group by s.facilitator, s.point, {week}, p.weekly_hours, {sitting}) x
                    group by x.facilitator, x.point, x.at_week, x.most having sum(x.minutes) > x.most"
                ));
            }
            Group::Minute => {
                let columns = "s.facilitator, s.point, s.occurred_on, s.start_time";
                sql.push(format!(
                    "select s.facilitator, s.point, s.occurred_on, {none}, s.start_time, {no_text},
                        cast(count(distinct t.command) as bigint), cast(1 as bigint)
                    from service s cross join (select s.facilitator as facilitator, s.point as point, s.occurred_on as at_day,
                        s.start_time as at_time {services}"
                ));
                standing(sql, reader, filter);
                sql.push(format!(
                    " and s.facilitator is not null and s.start_time is not null and s.kind not in {TO_GROUPS}
                    group by {columns} having count(distinct s.person) > 1) c join point p on p.key = s.point
                    join trail t on t.position = (select min(v.since) from service v where v.key = s.key)
                    where s.facilitator = c.facilitator and s.point = c.point and s.occurred_on = c.at_day
                        and s.start_time = c.at_time and s.kind not in {TO_GROUPS} and "
                ));
                standing(sql, reader, filter);
                sql.push(format!(" group by {columns} having count(distinct t.command) > 1"));
            }
            Group::Month => {
                let (month, end) = ("substr(s.occurred_on, 1, 7)", at_the_end());
                let at_end = format!("count(distinct case when {end} then {sitting} end)");
                let share = format!("{} * count(distinct {sitting})", TIMES * LAST_DAYS);
                sql.push(format!(
                    "select {none}, s.point, {no_text}, {none}, {no_text}, {month}, cast({at_end} as bigint),
                        cast({share} / {DAYS_OF_MONTH} as bigint) {services}"
                ));
                standing(sql, reader, filter);
                sql.push(format!(
                    " and substr(p.opened_on, 1, 7) <> {month} group by s.point, {month}, {DAYS_OF_MONTH}
                    having {at_end} >= {FEW} and {at_end} * {DAYS_OF_MONTH} > {share}"
                ));
            }
        }
    }

    /// Which services are of a group.
    fn belongs(self) -> String {
        match self {
            Group::Day => "s.facilitator = g.facilitator and s.occurred_on = g.at_day".to_owned(),
            Group::DaysOfWeek => {
                format!("s.point = g.point and {} = g.at_week and s.kind <> 'online_training'", week())
            }
            Group::HoursOfWeek => format!(
                "s.point = g.point and s.facilitator = g.facilitator and {} = g.at_week and s.kind <> 'online_training'",
                week()
            ),
            Group::Minute => format!(
                "s.point = g.point and s.facilitator = g.facilitator and s.occurred_on = g.at_day
                and s.start_time = g.at_time and s.kind not in {TO_GROUPS}"
            ),
            Group::Month => {
                format!("s.point = g.point and substr(s.occurred_on, 1, 7) = g.at_month and {}", at_the_end())
            }
        }
    }

    fn finding(self, row: &Line) -> Result<Finding, ReadError> {
        let id = match self {
            Group::Day => FindingId::MinutesOfADay(row.parsed(0)?, row.parsed(2)?),
            Group::DaysOfWeek => FindingId::DaysOfAWeek(row.parsed(1)?, monday(row)?),
            Group::HoursOfWeek => FindingId::HoursOfAWeek(row.parsed(1)?, row.parsed(0)?, monday(row)?),
            Group::Minute => FindingId::SameMinute(row.parsed(1)?, row.parsed(0)?, row.parsed(2)?, row.parsed(4)?),
            Group::Month => {
                let first = format!("{}-01", row.text(5)).parse().map_err(ReadError::damaged)?;
                FindingId::MonthEnd(row.parsed(1)?, first)
            }
        };
        let (about, counts) = match self {
            Group::Day | Group::HoursOfWeek => (Subject::Facilitator, Measure::Minutes),
            Group::DaysOfWeek => (Subject::Point, Measure::Days),
            Group::Minute => (Subject::Facilitator, Measure::Commands),
            Group::Month => (Subject::Point, Measure::Sittings),
        };
        let week = row.integer_or_null(3).map(|_| monday(row)).transpose()?.map(|day| day.to_string());
        Ok(Finding {
            id: id.to_string(),
            kind: id.kind(),
            about,
            subject: match about {
                Subject::Facilitator => row.text(0),
                Subject::Point | Subject::Record => row.text(1),
            },
            programme: row.text(11),
            project: row.text(12),
            point: row.text_or_null(1),
            on: row.text_or_null(2).or(week),
            start_time: row.text_or_null(4),
            month: row.text_or_null(5),
            counts,
            measure: row.count(6)?,
            limit: row.count(7)?,
            services: row.count(8)?,
            units: row.count(9)?,
            at: row.count(10)?,
        })
    }
}

/// The Monday of a week by its number: the first day of 1970 had the Julian day number 2,440,588.
fn monday(row: &Line) -> Result<Date, ReadError> {
    let days = row.integer(3) * 7 - 2_440_588;
    jiff::civil::date(1970, 1, 1).checked_add(days.days()).map_err(ReadError::damaged)
}
