//! Findings about services that have something in common: a day, a week, a minute or a month.

use jiff::{ToSpan as _, civil::Date};
use traccia_projector::held;

use super::{
    Finding, FindingFilter, FindingId, Kind, Measure, Subject, limits,
    sql::{TO_GROUPS, standing, unit, week},
};
use crate::answer::{Line, ReadError, Reader, Sql};

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
        Kind::ConsecutiveDocuments | Kind::EarlyAct => &[],
    }
}

impl Group {
    /// The findings: groups over their limit, each with the services and units in it.
    pub(super) async fn findings(self, reader: &Reader, filter: &FindingFilter) -> Result<Vec<Finding>, ReadError> {
        let mut sql = Sql::from("with g(facilitator, point, at_day, at_week, at_time, at_month, measure, most) as (");
        let standing = |sql: &mut Sql| standing(sql, reader, filter);
        match self {
            Group::Day => limits::day(&mut sql, standing),
            Group::DaysOfWeek => limits::days_of_week(&mut sql, standing),
            Group::HoursOfWeek => limits::hours_of_week(&mut sql, standing),
            Group::Minute => limits::minute(&mut sql, standing),
            Group::Month => limits::month(&mut sql, standing),
        }
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
        standing(&mut sql);
        sql.push(" group by f.id, q.id, g.at_day, g.at_week, g.at_time, g.at_month, g.measure, g.most");
        reader.rows(sql).await?.iter().map(|row| self.finding(row)).collect()
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
                format!("s.point = g.point and substr(s.occurred_on, 1, 7) = g.at_month and {}", limits::at_the_end())
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
                Subject::Point | Subject::Record | Subject::Report => row.text(1),
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
