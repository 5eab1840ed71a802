//! What of earlier months a report takes in: services that came late, and voids since last month's report.

use serde::Serialize;
use traccia_domain::{Position, time::Month};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{acceptances::Acceptances, content::Asked};
use crate::answer::{Line, ReadError, Reader, Sql};

/// Which services of earlier months a report takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Those that no acceptance has taken in, although their month's report was accepted.
    Late,
    /// Those voided since last month's report.
    Voided,
}

impl Adjustment {
    /// Both.
    pub const ALL: [Adjustment; 2] = [Adjustment::Late, Adjustment::Voided];

    /// How addresses write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Adjustment::Late => "late",
            Adjustment::Voided => "voided",
        }
    }

    /// What is written so.
    #[must_use]
    pub fn named(name: &str) -> Option<Adjustment> {
        Adjustment::ALL.into_iter().find(|adjustment| adjustment.as_str() == name)
    }
}

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
    sql.arg(asked.project.to_owned());
    only_late(&mut sql, waiting);
    sql.push(" group by substr(s.occurred_on, 1, 7) order by 1");
    let month =
        |row: &Line| Ok(AdjustedMonth { month: row.parsed(0)?, late: row.count(1)?, qualifying: row.total(2)? });
    reader.rows(sql).await?.iter().map(month).collect()
}

async fn voided(reader: &Reader, asked: &Asked<'_>, since: Position) -> Result<u64, ReadError> {
    let mut sql = Sql::from(format!(
        "select count(*) from service s join point p on p.key = s.point where {} and {} and p.project = ",
        held("s"),
        held("p"),
    ));
    sql.arg(asked.project.to_owned());
    only_voided(&mut sql, asked.month, since);
    reader.rows(sql).await?.first().map_or(Ok(0), |row| row.count(0))
}

/// Leaves the services (`s`) that wait: of each month those from the lowest key on.
pub(super) fn only_late(sql: &mut Sql, waiting: &[(Month, i64)]) {
    sql.push(" and (1 = 0");
    for (month, lowest) in waiting {
        sql.push(" or (s.key >= ").arg(*lowest);
        sql.push(" and s.occurred_on >= ").arg(month.first_day().to_string());
        sql.push(" and s.occurred_on <= ").arg(month.last_day().to_string()).push(")");
    }
    sql.push(")");
}

/// Leaves the services (`s`) dated before a month that were voided since a position. A void is final: what is voided now and
/// was not then was voided in between.
pub(super) fn only_voided(sql: &mut Sql, month: Month, since: Position) {
    sql.push(" and s.state = 'voided' and s.occurred_on < ").arg(month.first_day().to_string());
    sql.push(" and s.since > ").arg(since);
    sql.push(" and exists (select 1 from service t where t.key = s.key and t.state <> 'voided'");
    held_at(sql, "t", since);
    sql.push(")");
}

/// Limits an alias to its rows at another position than the reader's.
pub(super) fn held_at(sql: &mut Sql, alias: &str, position: Position) {
    // The position is the same number twice in the text: each takes a placeholder of its own.
    for (place, part) in held(alias).split("$1").enumerate() {
        if place == 0 {
            sql.push(" and ");
        } else {
            sql.arg(position);
        }
        sql.push(part);
    }
}
