//! The list behind a claim.

use serde::Serialize;
use traccia_domain::ProjectId;
use traccia_projector::held;
use utoipa::ToSchema;

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
}

/// The units of a milestone's claim, made at a position; of its latest claim unless told.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn claim_units(
    reader: &Reader,
    project: &ProjectId,
    milestone: &str,
    paging: &Paging,
) -> Result<Answer<Page<ClaimUnit>>, ReadError> {
    let mut sql = Sql::from(format!(
        "select n.place, r.id, s.id, s.occurred_on, p.id, n.holds, n.since from claim_unit n
        join record r on r.key = n.record join service s on s.key = n.service join point p on p.key = s.point
        where {} and {} and {} and {} and n.claim = (select max(c.key) from claim c where {} and c.project = ",
        held("n"),
        held("r"),
        held("s"),
        held("p"),
        held("c"),
    ));
    sql.arg(project.to_string()).push(" and c.milestone = ").arg(milestone.to_owned()).push(")");
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and n.place > ").arg(after);
    }
    sql.push(" order by n.place limit ").arg(paging.rows());
    let mut items = Vec::new();
    for row in reader.rows(sql).await? {
        items.push(ClaimUnit {
            place: row.count(0)?,
            person: row.text(1),
            service: row.text(2),
            occurred_on: row.text(3),
            point: row.text(4),
            holds: row.flag(5),
            since: row.count(6)?,
        });
    }
    Ok(reader.answer(paging.page(items, |unit: &ClaimUnit| unit.place.to_string())))
}
