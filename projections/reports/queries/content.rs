//! What a report says, computed from the tables at one position.

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::{service::ServiceKind, time::Month};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{
    Adjustments, Bridge, Forecast, adjustments,
    bridge::{self, Crossing},
    forecast,
    list::Reporting,
};
use crate::answer::{ReadError, Reader, Sql};

/// What a report says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Content {
    /// What the log knew: everything up to here, nothing after.
    pub position: u64,
    /// The project.
    pub project: String,
    /// The month.
    #[schema(value_type = String)]
    pub month: Month,
    /// The day on which points are looked at and from which the forecast goes on: the last of the month, or of the project
    /// in it; while it goes on, the day of the position.
    #[schema(value_type = String)]
    pub on: Date,
    /// The services of the month.
    pub services: ServicesOfMonth,
    /// Citizens of the project who are first counted in the month.
    pub persons_first_seen: u64,
    /// Its points on that day.
    pub points: OpenPoints,
    /// What of earlier months came late or was voided since.
    pub adjustments: Adjustments,
    /// From the citizens of last month's report to those of this one.
    pub bridge: Bridge,
    /// What comes of the present pace.
    pub forecast: Forecast,
}

/// Services by what they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServicesOfMonth {
    /// All that were ever recorded with a day of the month.
    pub recorded: u64,
    /// Those that qualify.
    pub qualifying: u64,
    /// The same by kind, every kind.
    pub kinds: Vec<ServicesOfKind>,
}

/// Services of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServicesOfKind {
    /// The kind.
    pub kind: String,
    /// All that were ever recorded.
    pub recorded: u64,
    /// Those that qualify.
    pub qualifying: u64,
}

/// Points on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenPoints {
    /// Opened, and neither closed nor voided.
    pub open: u64,
    /// Active: open, meeting the requirements, with a facilitator.
    pub active: u64,
}

/// What is asked of a project's month.
pub(super) struct Asked<'a> {
    pub(super) project: &'a str,
    pub(super) month: Month,
    pub(super) on: Date,
}

/// What a report says at the reader's position.
pub(super) async fn at(reader: &Reader, project: &Reporting, month: Month) -> Result<Content, ReadError> {
    let on = month.last_day().min(project.ends).min(reader.day());
    let asked = Asked { project: &project.id, month, on };
    let Crossing { bridge, since, in_month } = bridge::of(reader, project, month).await?;
    Ok(Content {
        position: reader.position().0,
        project: project.id.clone(),
        month,
        on,
        services: services(reader, &asked).await?,
        persons_first_seen: in_month,
        points: points(reader, &asked).await?,
        adjustments: adjustments::of(reader, &asked, since).await?,
        forecast: forecast::of(reader, project, on).await?,
        bridge,
    })
}

async fn services(reader: &Reader, asked: &Asked<'_>) -> Result<ServicesOfMonth, ReadError> {
    let mut sql = Sql::from(format!(
        "select s.kind, count(*), cast(sum(case when s.reason is null and s.line = 'rfd' then 1 else 0 end) as bigint)
        from service s join point p on p.key = s.point where {} and {} and p.project = ",
        held("s"),
        held("p"),
    ));
    sql.arg(asked.project.to_owned());
    sql.push(" and s.occurred_on >= ").arg(asked.month.first_day().to_string());
    sql.push(" and s.occurred_on <= ").arg(asked.month.last_day().to_string());
    sql.push(" group by s.kind");
    let rows = reader.rows(sql).await?;
    let mut kinds = Vec::new();
    for kind in ServiceKind::ALL.map(ServiceKind::as_str) {
        let row = rows.iter().find(|row| row.text(0) == kind);
        let [recorded, qualifying] = match row {
            Some(row) => [row.count(1)?, row.total(2)?],
            None => [0, 0],
        };
        kinds.push(ServicesOfKind { kind: kind.to_owned(), recorded, qualifying });
    }
    let sum = |of: fn(&ServicesOfKind) -> u64| kinds.iter().map(of).sum();
    Ok(ServicesOfMonth { recorded: sum(|kind| kind.recorded), qualifying: sum(|kind| kind.qualifying), kinds })
}

async fn points(reader: &Reader, asked: &Asked<'_>) -> Result<OpenPoints, ReadError> {
    let mut sql = Sql::from(format!(
        "select count(*), cast(sum(case when exists (select 1 from point_active a where a.point = p.key and {}
            and a.from_on <= $3 and (a.until_on is null or a.until_on > $3)) then 1 else 0 end) as bigint)
        from point p where {} and p.project = $2 and p.state <> 'voided' and p.opened_on <= $3
        and (p.closed_on is null or p.closed_on > $3)",
        held("a"),
        held("p"),
    ));
    sql.with(asked.project.to_owned()).with(asked.on.to_string());
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(OpenPoints { open: 0, active: 0 }) };
    Ok(OpenPoints { open: row.count(0)?, active: row.total(1)? })
}
