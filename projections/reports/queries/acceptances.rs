//! The acceptances of a project's reports, and what each took in. The rule is the fold's, read from its table.

use std::{collections::BTreeSet, ops::Range};

use jiff::{ToSpan as _, civil::Date};
use serde::Serialize;
use traccia_domain::time::Month;
use utoipa::ToSchema;

use crate::answer::{Line, ReadError, Reader, Sql};

/// Days between an act and the day the log learned it, beyond which the two are flagged.
const APART_DAYS: i32 = 30;

/// The act that accepted a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Acceptance {
    /// The day of the act: what the cut-off of a milestone looks at.
    #[schema(value_type = String)]
    pub on: Date,
    /// The legal act.
    pub act: String,
    /// The position at which the log learned it.
    pub at: u64,
    /// The day in Italy when it did.
    #[schema(value_type = String)]
    pub learned_on: Date,
    /// Whether more than 30 days lie between the two days.
    pub far_apart: bool,
    /// The position of the submission that was accepted.
    pub submitted: u64,
    /// How many services the log held then: those with a lower key.
    #[serde(skip)]
    pub(super) services: i64,
}

/// Every acceptance of a project's reports, with its month, in the order of the log.
pub(super) struct Acceptances(Vec<(Month, Acceptance)>);

impl Acceptances {
    pub(super) async fn of(reader: &Reader, project: &str) -> Result<Acceptances, ReadError> {
        let mut sql = Sql::from(
            "select a.month, a.accepted_on, a.act, a.position, a.learned_on, a.submitted, a.services from acceptance a
            where a.position <= $1 and a.project = ",
        );
        sql.arg(project.to_owned()).push(" order by a.position, a.line");
        let rows = reader.rows(sql).await?;
        Ok(Acceptances(rows.iter().map(|row| Ok((row.parsed(0)?, read(row, 1)?))).collect::<Result<_, ReadError>>()?))
    }

    /// Each with the month of its report.
    pub(super) fn all(&self) -> impl Iterator<Item = (Month, &Acceptance)> {
        self.0.iter().map(|(month, acceptance)| (*month, acceptance))
    }

    /// What the acceptance at a position was the first to take in: of each month, the keys from one up to another.
    pub(super) fn taken_in(&self, at: u64) -> Vec<(Month, Range<i64>)> {
        let months: BTreeSet<Month> = self.0.iter().map(|(month, _)| *month).collect();
        let taken = |month: Month| {
            let mut before = 0;
            for (_, acceptance) in self.covering(month) {
                if acceptance.at == at {
                    return (before < acceptance.services).then_some((month, before..acceptance.services));
                }
                before = before.max(acceptance.services);
            }
            None
        };
        months.into_iter().filter_map(taken).collect()
    }

    /// Those of a month's own report.
    pub(super) fn of_month(&self, month: Month) -> Vec<Acceptance> {
        self.0.iter().filter(|(other, _)| *other == month).map(|(_, acceptance)| acceptance.clone()).collect()
    }

    /// Those that take in what is dated in a month: its own, and of later months those submitted after its own had been
    /// accepted.
    fn covering(&self, month: Month) -> impl Iterator<Item = &(Month, Acceptance)> {
        let own = self.0.iter().find(|(other, _)| *other == month).map(|(_, own)| own.at);
        self.0.iter().filter(move |(other, acceptance)| {
            *other == month || (*other > month && own.is_some_and(|own| own < acceptance.submitted))
        })
    }

    /// The first that accepts a service, by its month and key.
    pub(super) fn accepting(&self, month: Month, service: i64) -> Option<&(Month, Acceptance)> {
        self.covering(month).find(|(_, acceptance)| service < acceptance.services)
    }

    /// Each month before another whose own report was accepted, and the lowest key of a service that waits there.
    pub(super) fn waiting(&self, before: Month) -> Vec<(Month, i64)> {
        let mut months: Vec<Month> = self.0.iter().map(|(month, _)| *month).filter(|month| *month < before).collect();
        months.sort_unstable();
        months.dedup();
        let lowest = |month| self.covering(month).map(|(_, acceptance)| acceptance.services).max().unwrap_or(0);
        months.into_iter().map(|month| (month, lowest(month))).collect()
    }
}

/// Reads an acceptance whose columns begin with one.
pub(super) fn read(row: &Line, first: usize) -> Result<Acceptance, ReadError> {
    let (on, learned_on) = (row.parsed::<Date>(first)?, row.parsed::<Date>(first + 3)?);
    let far = |one: Date, other: Date| one.checked_add(APART_DAYS.days()).is_ok_and(|last| last < other);
    Ok(Acceptance {
        on,
        act: row.text(first + 1),
        at: row.count(first + 2)?,
        learned_on,
        far_apart: far(on, learned_on) || far(learned_on, on),
        submitted: row.count(first + 4)?,
        services: row.integer(first + 5),
    })
}
