//! What projects have been awarded and have committed to on a day: by the latest redistribution that holds then, and before
//! any as they applied.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::Cents;
use utoipa::ToSchema;

use super::ProjectTargets;
use crate::answer::{Line, ReadError, Reader, Sql};

/// A project's award and targets from a day on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Redistributed {
    /// The legal act.
    pub act: String,
    /// First day they hold.
    #[schema(value_type = String)]
    pub effective_on: Date,
    /// The position at which the redistribution was adopted.
    pub adopted_at: u64,
    /// The money awarded.
    #[schema(value_type = String)]
    pub award: Cents,
    /// What it has committed to.
    pub targets: ProjectTargets,
}

/// The redistributions known at a position, by project, in the order they were adopted.
#[derive(Debug, Default)]
pub(crate) struct Commitments(BTreeMap<String, Vec<Redistributed>>);

impl Commitments {
    pub(crate) async fn of(reader: &Reader) -> Result<Commitments, ReadError> {
        let sql = Sql::from(
            "select c.project, c.act, c.effective_on, c.position, c.award, c.points, c.citizens, c.services
            from commitment c where c.position <= $1 order by c.position, c.line"
                .to_owned(),
        );
        let mut commitments = Commitments::default();
        for row in reader.rows(sql).await? {
            commitments.0.entry(row.text(0)).or_default().push(commitment(&row)?);
        }
        Ok(commitments)
    }

    /// What holds on a day, where a redistribution has said so: of those on one day, the one adopted last.
    pub(crate) fn on(&self, project: &str, day: Date) -> Option<&Redistributed> {
        let by_then = self.0.get(project)?.iter().filter(|commitment| commitment.effective_on <= day);
        // Of equals the last.
        by_then.max_by_key(|commitment| commitment.effective_on)
    }

    /// All that was said of a project.
    pub(crate) fn all(&self, project: &str) -> &[Redistributed] {
        self.0.get(project).map_or(&[], Vec::as_slice)
    }
}

fn commitment(row: &Line) -> Result<Redistributed, ReadError> {
    Ok(Redistributed {
        act: row.text(1),
        effective_on: row.text(2).parse().map_err(ReadError::damaged)?,
        adopted_at: row.count(3)?,
        award: Cents(row.integer(4)),
        targets: ProjectTargets { points: row.count(5)?, citizens: row.count(6)?, services: row.count(7)? },
    })
}
