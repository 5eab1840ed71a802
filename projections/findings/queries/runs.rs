//! Runs of records whose documents' numbers follow each other, served at one point.

use std::collections::{BTreeMap, BTreeSet};

use traccia_projector::held;

use super::{
    Finding, FindingFilter, FindingId, Kind, Measure, Subject,
    sql::{standing, unit},
};
use crate::{
    answer::{ReadError, Reader, Sql},
    findings::FAMILY,
};

/// A run at a point, in the order of the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) point: String,
    pub(super) records: Vec<String>,
    programme: String,
    project: String,
}

/// Every run that is longer than a family's.
pub(super) async fn runs(reader: &Reader, filter: &FindingFilter) -> Result<Vec<Run>, ReadError> {
    let mut sql = Sql::from(format!(
        "select distinct p.id, p.programme, p.project, a.id, b.id from follow w
        join record a on a.id = w.record and {} join record b on b.id = w.next and {}
        join service s on s.person = a.person and s.record = a.key join point p on p.key = s.point
        join service o on o.person = b.person and o.record = b.key and o.point = s.point and {} and o.state <> 'voided'
        where w.position <= $1 and ",
        held("a"),
        held("b"),
        held("o"),
    ));
    standing(&mut sql, reader, filter);
    let mut points = BTreeMap::<[String; 3], BTreeMap<String, String>>::new();
    for row in reader.rows(sql).await? {
        let point = [row.text(0), row.text(1), row.text(2)];
        points.entry(point).or_default().insert(row.text(3), row.text(4));
    }
    let mut runs = Vec::new();
    for ([point, programme, project], next) in points {
        for records in chains(&next).into_iter().filter(|records| records.len() as u64 > FAMILY) {
            let (point, programme, project) = (point.clone(), programme.clone(), project.clone());
            runs.push(Run { point, records, programme, project });
        }
    }
    Ok(runs)
}

/// Each chain from its first. A number grows from one to the next, so that none leads back.
fn chains(next: &BTreeMap<String, String>) -> Vec<Vec<String>> {
    let followers: BTreeSet<&String> = next.values().collect();
    let firsts = next.keys().filter(|record| !followers.contains(record));
    let chain = |first: &String| {
        let links = std::iter::successors(Some(first), |record| next.get(*record));
        links.take(next.len() + 1).cloned().collect()
    };
    firsts.map(chain).collect()
}

/// The findings, each with the services and units of its records at the point.
pub(super) async fn findings(reader: &Reader, filter: &FindingFilter) -> Result<Vec<Finding>, ReadError> {
    let mut findings = Vec::new();
    for run in runs(reader, filter).await? {
        let mut sql = Sql::from(format!(
            "select count(*), count(u.key), max(s.since) from record r join service s on s.person = r.person and s.record = r.key
            join point p on p.key = s.point {} where {} and ",
            unit(),
            held("r"),
        ));
        standing(&mut sql, reader, filter);
        sql.equals("p.id", Some(&run.point)).push(" and r.id in ").list(run.records.iter().cloned());
        let rows = reader.rows(sql).await?;
        let (Some(row), Some(first)) = (rows.first(), run.records.first()) else { continue };
        let record = first.parse().map_err(ReadError::damaged)?;
        let id = FindingId::ConsecutiveDocuments(run.point.parse().map_err(ReadError::damaged)?, record);
        findings.push(Finding {
            id: id.to_string(),
            kind: Kind::ConsecutiveDocuments,
            about: Subject::Record,
            subject: first.clone(),
            programme: run.programme,
            project: run.project,
            point: Some(run.point),
            on: None,
            start_time: None,
            month: None,
            counts: Measure::Records,
            measure: run.records.len() as u64,
            limit: FAMILY,
            services: row.count(0)?,
            units: row.count(1)?,
            at: row.total(2)?,
        });
    }
    Ok(findings)
}
