//! Acts dated before the report that they accept was submitted.

use traccia_domain::{ProjectId, time::Month};

use super::{
    Finding, FindingFilter, FindingId, Kind, Measure, Subject,
    sql::{standing, unit},
};
use crate::{
    answer::{ReadError, Reader, Sql},
    reports::queries::{Carried, early},
};

/// The findings, each with the services and units that its acts carry over a cut-off.
pub(super) async fn findings(reader: &Reader, filter: &FindingFilter) -> Result<Vec<Finding>, ReadError> {
    let mut findings = Vec::new();
    for early in early(reader, filter.programme.as_ref(), filter.project.as_ref()).await? {
        let mut sql = Sql::from(format!(
            "select count(*), count(u.key) from service s join point p on p.key = s.point {} where ",
            unit()
        ));
        standing(&mut sql, reader, filter);
        carried(&mut sql, &early.project, &early.carried);
        let project: ProjectId = early.project.parse().map_err(ReadError::damaged)?;
        // Most acts carry nothing: only what may is counted.
        let rows = if early.carried.is_empty() { Vec::new() } else { reader.rows(sql).await? };
        let [services, units] = match rows.first() {
            Some(row) => [row.count(0)?, row.count(1)?],
            None => [0, 0],
        };
        findings.push(Finding {
            id: FindingId::EarlyAct(project, early.month).to_string(),
            kind: Kind::EarlyAct,
            about: Subject::Report,
            subject: early.project.clone(),
            programme: early.programme,
            project: early.project,
            point: None,
            on: None,
            start_time: None,
            month: Some(early.month.to_string()),
            counts: Measure::Days,
            measure: early.days,
            limit: 0,
            services,
            units,
            at: early.at,
        });
    }
    Ok(findings)
}

/// Limits a query on services (`s`) at points (`p`) to those that the acts of a month carry over a cut-off.
pub(super) async fn behind(sql: &mut Sql, reader: &Reader, project: &ProjectId, month: Month) -> Result<(), ReadError> {
    let of_project = early(reader, None, Some(project)).await?;
    let of_month = of_project.into_iter().find(|early| early.month == month);
    carried(sql, project.as_str(), &of_month.map(|early| early.carried).unwrap_or_default());
    Ok(())
}

fn carried(sql: &mut Sql, project: &str, carried: &[Carried]) {
    sql.equals("p.project", Some(project)).push(" and (1 = 0");
    for Carried { month, keys, until } in carried {
        sql.push(" or substr(s.occurred_on, 1, 7) = ").arg(month.to_string());
        sql.push(" and s.occurred_on <= ").arg(until.to_string());
        sql.push(" and s.key >= ").arg(keys.start).push(" and s.key < ").arg(keys.end);
    }
    sql.push(")");
}
