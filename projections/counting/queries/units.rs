//! The list behind a count: one row for each person counted.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};
use traccia_projector::held;
use utoipa::ToSchema;

use crate::answer::{Answer, Page, Paging, ReadError, Reader, Sql};

/// A person counted, and by which service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unit {
    /// The person's serial: the id of their oldest record.
    pub person: String,
    /// All their records.
    pub records: Vec<String>,
    /// The service they are attributed by.
    pub service: String,
    /// The programme that counts them.
    pub programme: String,
    /// Where.
    pub point: String,
    /// Its project.
    pub project: String,
    /// Its province.
    pub province: String,
    /// The day of the service.
    pub occurred_on: String,
    /// The milestone of their project by whose claim they are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_in: Option<String>,
    #[serde(skip)]
    key: i64,
}

/// Which units are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitFilter {
    /// Those of a programme.
    pub programme: Option<ProgrammeId>,
    /// Those of a project.
    pub project: Option<ProjectId>,
    /// Those in a province.
    pub province: Option<ProvinceCode>,
    /// Those at a point.
    pub point: Option<PointId>,
}

/// `GET /v1/counting/units?project=&province=&point=`: as many as the count says.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn units(reader: &Reader, filter: &UnitFilter, paging: &Paging) -> Result<Answer<Page<Unit>>, ReadError> {
    let mut sql = Sql::from(format!(
        "select u.key, u.person, r.id, s.id, p.programme, p.id, p.project, p.province, u.counted_on,
        (select c.milestone from claim c where c.key = u.claim and {}) from unit u join point p on p.key = u.point join record r on r.key = u.person join service s on s.key = u.service
        where u.line = 'rfd' and u.counted_on is not null and {} and {} and {} and {}",
        held("c"),
        held("u"),
        held("p"),
        held("r"),
        held("s"),
    ));
    sql.equals("p.programme", filter.programme.as_ref().map(ProgrammeId::as_str))
        .equals("p.project", filter.project.as_ref().map(ProjectId::as_str))
        .equals("p.province", filter.province.as_ref().map(ProvinceCode::as_str))
        .equals("p.id", filter.point.as_ref().map(PointId::as_str));
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and u.key > ").arg(after);
    }
    sql.push(" order by u.key limit ").arg(paging.rows());
    let rows = reader.rows(sql).await?;
    let records = records(reader, rows.iter().map(|row| row.integer(1)).collect()).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(Unit {
            key: row.integer(0),
            person: row.text(2),
            // A person counted in two programmes stands on the page twice.
            records: records.get(&row.integer(1)).cloned().unwrap_or_default(),
            service: row.text(3),
            programme: row.text(4),
            point: row.text(5),
            project: row.text(6),
            province: row.text(7),
            occurred_on: row.text(8),
            claimed_in: row.text_or_null(9),
        });
    }
    Ok(reader.answer(paging.page(items, |unit: &Unit| unit.key.to_string())))
}

/// The records of persons, by the person's key.
async fn records(reader: &Reader, persons: Vec<i64>) -> Result<BTreeMap<i64, Vec<String>>, ReadError> {
    let mut sql = Sql::from(format!("select r.person, r.id from record r where {} and r.person in ", held("r")));
    sql.list(persons).push(" order by r.key");
    let mut records = BTreeMap::<i64, Vec<String>>::new();
    for row in reader.rows(sql).await? {
        records.entry(row.integer(0)).or_default().push(row.text(1));
    }
    Ok(records)
}
