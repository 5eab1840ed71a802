//! What comes of the present pace, by the next milestone or the project's end.

use jiff::{ToSpan as _, Unit, civil::Date};
use serde::Serialize;
use traccia_domain::programme::Definition;
use traccia_projector::held;
use utoipa::ToSchema;

use super::list::Reporting;
use crate::answer::{ReadError, Reader, Sql};

/// The days whose pace is the present one: a quarter.
const DAYS: i32 = 91;

/// Citizens by a day, if they go on coming as they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Forecast {
    /// The next milestone; none where the project ends before.
    pub milestone: Option<String>,
    /// Its deadline, or the project's last day.
    #[schema(value_type = String)]
    pub by: Date,
    /// The pace: so many citizens were first counted,
    pub counted: u64,
    /// in so many days, the last of which is the report's; 91, or fewer where the project is younger.
    pub days: u64,
    /// Citizens then: those up to that day, and what the pace gives in the days that are left, rounded down.
    pub citizens: u64,
}

impl Forecast {
    /// The first of the days whose pace it is, of a report about a day.
    #[must_use]
    pub fn since(&self, on: Date) -> Date {
        let before = i32::try_from(self.days).unwrap_or(DAYS) - 1;
        on.saturating_sub(before.days())
    }

    /// Days from a report's day to that of the forecast.
    #[must_use]
    pub fn left(&self, on: Date) -> u64 {
        days(on, self.by)
    }

    /// Citizens up to a report's day: what the pace gives is added to them.
    #[must_use]
    pub fn so_far(&self, on: Date) -> u64 {
        self.citizens - self.given(on)
    }

    /// What the pace gives in the days that are left, rounded down.
    fn given(&self, on: Date) -> u64 {
        self.counted * self.left(on) / self.days
    }
}

pub(super) async fn of(reader: &Reader, project: &Reporting, on: Date) -> Result<Forecast, ReadError> {
    let next = milestones(reader, &project.programme).await?.into_iter().filter(|(by, _)| *by > on).min();
    let (by, milestone) = match next {
        Some((by, milestone)) if by <= project.ends => (by, Some(milestone)),
        Some(_) | None => (project.ends, None),
    };
    let first = project.starts.max(on.saturating_sub((DAYS - 1).days()));
    let (so_far, counted) = counted(reader, &project.id, first, on).await?;
    let forecast = Forecast { milestone, by, counted, days: days(first, on) + 1, citizens: so_far };
    Ok(Forecast { citizens: so_far + forecast.given(on), ..forecast })
}

/// Whole days from one to another; none backwards.
fn days(from: Date, to: Date) -> u64 {
    let span = from.until((Unit::Day, to)).map_or(0, |span| span.get_days());
    u64::try_from(span).unwrap_or(0)
}

/// Citizens up to a day, and those from another day on.
async fn counted(reader: &Reader, project: &str, first: Date, on: Date) -> Result<(u64, u64), ReadError> {
    let mut sql = Sql::from(format!(
        "select count(*), cast(sum(case when u.counted_on >= $2 then 1 else 0 end) as bigint)
        from unit u join point p on p.key = u.point
        where u.line = 'rfd' and u.counted_on <= $3 and p.project = $4 and {} and {}",
        held("u"),
        held("p"),
    ));
    sql.with(first.to_string()).with(on.to_string()).with(project.to_owned());
    let rows = reader.rows(sql).await?;
    rows.first().map_or(Ok((0, 0)), |row| Ok((row.count(0)?, row.total(1)?)))
}

async fn milestones(reader: &Reader, programme: &str) -> Result<Vec<(Date, String)>, ReadError> {
    let mut sql = Sql::from(format!("select g.definition from programme g where {} and g.id = ", held("g")));
    sql.arg(programme.to_owned());
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let definition: Definition = row.json(0)?;
    Ok(definition.milestones.into_iter().map(|milestone| (milestone.deadline, milestone.id)).collect())
}
