//! What of earlier months a report takes in: services that came late, and voids since last month's report.

use serde::Serialize;
use traccia_domain::{Position, time::Month};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{acceptances::Acceptances, content::Asked};
use crate::answer::{Line, ReadError, Reader, Sql};

/// Prior-period adjustments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Adjustments {
    /// Services of earlier months that no acceptance has taken in, although their month's report was accepted.
    pub late: u64,
    /// Those of them that qualify.
    pub qualifying: u64,
    /// The same by month.
    pub months: Vec<AdjustedMonth>,
    /// Services of earlier months that were voided since last month's report.
    pub voided: u64,
}

/// Late services of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdjustedMonth {
    /// The month.
    #[schema(value_type = String)]
    pub month: Month,
    /// Late services.
    pub late: u64,
    /// Those that qualify.
    pub qualifying: u64,
}

pub(super) async fn of(reader: &Reader, asked: &Asked<'_>, since: Position) -> Result<Adjustments, ReadError> {
    let waiting = Acceptances::of(reader, asked.project).await?.waiting(asked.month);
    let months = if waiting.is_empty() { Vec::new() } else { late(reader, asked, &waiting).await? };
    Ok(Adjustments {
        late: months.iter().map(|month| month.late).sum(),
        qualifying: months.iter().map(|month| month.qualifying).sum(),
        months,
        voided: voided(reader, asked, since).await?,
    })
}

async fn late(reader: &Reader, asked: &Asked<'_>, waiting: &[(Month, i64)]) -> Result<Vec<AdjustedMonth>, ReadError> {
    let mut sql = Sql::from(format!(
        "select substr(s.occurred_on, 1, 7) as month, count(*),
            cast(sum(case when s.reason is null and s.line = 'rfd' then 1 else 0 end) as bigint)
        from service s join point p on p.key = s.point where {} and {} and p.project = ",
        held("s"),
        held("p"),
    ));
    sql.arg(asked.project.to_owned()).push(" and (1 = 0");
    for (month, lowest) in waiting {
        sql.push(" or (s.key >= ").arg(*lowest);
        sql.push(" and s.occurred_on >= ").arg(month.first_day().to_string());
        sql.push(" and s.occurred_on <= ").arg(month.last_day().to_string()).push(")");
    }
    sql.push(") group by substr(s.occurred_on, 1, 7) order by 1");
    let month =
        |row: &Line| Ok(AdjustedMonth { month: row.parsed(0)?, late: row.count(1)?, qualifying: row.total(2)? });
    reader.rows(sql).await?.iter().map(month).collect()
}

/// A void is final: what is voided now and was not then was voided in between.
async fn voided(reader: &Reader, asked: &Asked<'_>, since: Position) -> Result<u64, ReadError> {
    let mut sql = Sql::from(format!(
        "select count(*) from service s join point p on p.key = s.point join service t on t.key = s.key
        where s.state = 'voided' and t.state <> 'voided' and s.since > $2 and {} and {} and {} and p.project = ",
        held("s"),
        held("p"),
        held("t").replace("$1", "$2"),
    ));
    sql.with(since);
    sql.arg(asked.project.to_owned()).push(" and s.occurred_on < ").arg(asked.month.first_day().to_string());
    reader.rows(sql).await?.first().map_or(Ok(0), |row| row.count(0))
}
