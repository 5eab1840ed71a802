//! Overlaps: who is counted in several programmes or lines, and which double counts were prevented.

use serde::Serialize;
use traccia_projector::held;
use utoipa::ToSchema;

use crate::answer::{Answer, ReadError, Reader, Sql};

/// Who is counted more than once, each time rightly; and what was not counted twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Overlaps {
    /// Distinct persons counted in any programme.
    pub national_total: u64,
    /// Persons counted in more than one programme.
    pub several_programmes: u64,
    /// Persons counted both here (`rfd`) and by the Servizio civile digitale (`scd`).
    pub rfd_and_scd: u64,
    /// What would have been counted twice.
    pub prevented_duplicates: PreventedDuplicates,
}

/// What would have been counted twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreventedDuplicates {
    /// Services recorded again under another record of the same person.
    pub services: u64,
    /// Persons known by more than one record.
    pub persons: u64,
}

/// `GET /v1/counting/overlaps`, over the points within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn overlaps(reader: &Reader) -> Result<Answer<Overlaps>, ReadError> {
    let mut overlaps = counted(reader).await?;
    overlaps.prevented_duplicates =
        PreventedDuplicates { services: duplicates(reader).await?, persons: with_several_records(reader).await? };
    Ok(reader.answer(overlaps))
}

async fn counted(reader: &Reader) -> Result<Overlaps, ReadError> {
    let sum = |condition: &str| format!("cast(sum(case when {condition} then 1 else 0 end) as bigint)");
    let mut sql = Sql::from(format!(
        "select {}, {}, {} from (
            select u.person as person, {} as rfd, {} as scd from unit u join point p on p.key = u.point
            where u.counted_on is not null and {} and {}",
        sum("c.rfd > 0"),
        sum("c.rfd > 1"),
        sum("c.rfd > 0 and c.scd > 0"),
        sum("u.line = 'rfd'"),
        sum("u.line = 'scd'"),
        held("u"),
        held("p"),
    ));
    reader.within().points_of(&mut sql);
    sql.push(" group by u.person) c");
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(Overlaps::default()) };
    Ok(Overlaps {
        national_total: row.total(0)?,
        several_programmes: row.total(1)?,
        rfd_and_scd: row.total(2)?,
        prevented_duplicates: PreventedDuplicates::default(),
    })
}

async fn duplicates(reader: &Reader) -> Result<u64, ReadError> {
    let mut sql = Sql::from(format!(
        "select count(*) from service s join point p on p.key = s.point where s.reason = 'duplicate' and {} and {}",
        held("s"),
        held("p"),
    ));
    reader.within().points_of(&mut sql);
    reader.rows(sql).await?.first().map_or(Ok(0), |row| row.total(0))
}

/// A record belongs to no programme: within limits, those persons who were served there.
async fn with_several_records(reader: &Reader) -> Result<u64, ReadError> {
    let mut sql = Sql::from(format!("select count(*) from (select r.person from record r where {}", held("r")));
    if !reader.within().unlimited() {
        sql.push(format!(
            " and r.person in (select s.person from service s join point p on p.key = s.point where {} and {}",
            held("s"),
            held("p"),
        ));
        reader.within().points_of(&mut sql);
        sql.push(")");
    }
    sql.push(" group by r.person having count(*) > 1) c");
    reader.rows(sql).await?.first().map_or(Ok(0), |row| row.total(0))
}
