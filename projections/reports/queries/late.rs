//! Of one service: whether its month was locked when it was recorded, and which report took it in.

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::time::Month;
use utoipa::ToSchema;

use super::acceptances::Acceptances;
use crate::{
    answer::{ReadError, Reader, Sql},
    counting::queries::Service,
};

/// A service in the reports of its project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reported {
    /// Whether its month was locked when it was recorded: it enters the next report as a prior-period adjustment.
    pub late: bool,
    /// The acceptance that took it in.
    pub accepted: Option<AcceptedBy>,
}

/// The acceptance that took a service in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AcceptedBy {
    /// The month of the report: its own, or the later one that it is an adjustment of.
    #[schema(value_type = String)]
    pub month: Month,
    /// The day of the act.
    #[schema(value_type = String)]
    pub on: Date,
    /// The position at which the log learned it.
    pub at: u64,
}

/// How a service stands in the reports of its project. The reader has seen the service.
///
/// # Errors
/// When the tables cannot be read.
pub async fn of_service(reader: &Reader, service: &Service) -> Result<Reported, ReadError> {
    let Service { service, .. } = service;
    let month: Month = service.occurred_on.get(..7).unwrap_or_default().parse().map_err(ReadError::damaged)?;
    let mut sql = Sql::from("select s.key, min(s.since) from service s where s.since <= $1 and s.id = ");
    sql.arg(service.id.clone()).push(" group by s.key");
    let rows = reader.rows(sql).await?;
    let row = rows.first().ok_or_else(|| ReadError::damaged("a service that was just read has no row"))?;
    let acceptances = Acceptances::of(reader, &service.project).await?;
    let accepted = acceptances.accepting(month, row.integer(0));
    Ok(Reported {
        late: locked(reader, &service.project, month, row.integer(1)).await?,
        accepted: accepted.map(|(month, by)| AcceptedBy { month: *month, on: by.on, at: by.at }),
    })
}

/// Whether a month was locked at a position.
async fn locked(reader: &Reader, project: &str, month: Month, at: i64) -> Result<bool, ReadError> {
    let mut sql = Sql::from("select 1 from report r where $1 >= $2 and r.state = 'accepted' and r.since <= $2");
    sql.with(at).push(" and (r.until is null or r.until > $2) and r.project = ").arg(project.to_owned());
    sql.push(" and r.month = ").arg(month.to_string());
    Ok(!reader.rows(sql).await?.is_empty())
}
