//! The list behind a claim.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{Position, ProjectId, milestone::command::Checked};
use traccia_projector::held;
use utoipa::ToSchema;

use super::claims::{latest, samples};
use crate::answer::{Answer, Page, Paging, ReadError, Reader, Sql};

/// A unit that a claim froze.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimUnit {
    /// Its place in the list, from 0.
    pub place: u64,
    /// The person's serial when it was claimed.
    pub person: String,
    /// The service it was claimed with.
    pub service: String,
    /// The day of the service.
    pub occurred_on: String,
    /// The point where it was given.
    pub point: String,
    /// Whether it still counts for the claim.
    pub holds: bool,
    /// The position since which that is so.
    pub since: u64,
    /// Whether the claim's sample drew it.
    pub drawn: bool,
    /// What was found of it, where it was looked at: confirmed or error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<&'static str>,
}

/// Which part of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Only those that still count for the claim.
    pub holding: bool,
    /// Only those that the sample drew.
    pub drawn: bool,
    /// Only those of which this was found.
    pub finding: Option<Checked>,
}

/// The units of a milestone's latest claim.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn claim_units(
    reader: &Reader,
    project: &ProjectId,
    milestone: &str,
    paging: &Paging,
) -> Result<Answer<Page<ClaimUnit>>, ReadError> {
    part_of_claim(reader, project, milestone, Part::default(), paging).await
}

/// Some of them.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn part_of_claim(
    reader: &Reader,
    project: &ProjectId,
    milestone: &str,
    part: Part,
    paging: &Paging,
) -> Result<Answer<Page<ClaimUnit>>, ReadError> {
    let Some(claim) = latest(reader, project, milestone).await? else {
        return Ok(reader.answer(Page { items: Vec::new(), next: None }));
    };
    let drawn = samples(reader).await?.remove(&claim.position).map_or_else(Vec::new, |sample| sample.units);
    let found = findings(reader, claim.position).await?;
    let mut sql = Sql::from(format!(
        "select n.place, r.id, s.id, s.occurred_on, p.id, n.holds, n.since from claim_unit n
        join record r on r.key = n.record join service s on s.key = n.service join point p on p.key = s.point
        where {} and {} and {} and {} and n.claim = ",
        held("n"),
        held("r"),
        held("s"),
        held("p"),
    ));
    sql.arg(claim.key);
    if part.holding {
        sql.push(" and n.holds = 1");
    }
    if part.drawn {
        sql.push(" and r.id in ").list(drawn.iter().cloned());
    }
    if let Some(finding) = part.finding {
        let units = found.iter().filter(|(_, checked)| **checked == finding).map(|(unit, _)| unit.clone());
        sql.push(" and r.id in ").list(units);
    }
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and n.place > ").arg(after);
    }
    sql.push(" order by n.place limit ").arg(paging.rows());
    let mut items = Vec::new();
    for row in reader.rows(sql).await? {
        let person = row.text(1);
        items.push(ClaimUnit {
            place: row.count(0)?,
            service: row.text(2),
            occurred_on: row.text(3),
            point: row.text(4),
            holds: row.flag(5),
            since: row.count(6)?,
            drawn: drawn.contains(&person),
            finding: found.get(&person).map(|checked| checked.as_str()),
            person,
        });
    }
    Ok(reader.answer(paging.page(items, |unit: &ClaimUnit| unit.place.to_string())))
}

/// What was found of the units that were drawn for a claim.
async fn findings(reader: &Reader, claim: u64) -> Result<BTreeMap<String, Checked>, ReadError> {
    let mut sql = Sql::from("select f.unit, f.finding from sample_finding f where f.position <= $1 and f.claim = ");
    sql.arg(Position(claim));
    let checked = |name: String| {
        let found = [Checked::Confirmed, Checked::Error].into_iter().find(|checked| checked.as_str() == name);
        found.ok_or_else(|| ReadError::damaged("a finding is confirmed or error"))
    };
    reader.rows(sql).await?.iter().map(|row| Ok((row.text(0), checked(row.text(1))?))).collect()
}
