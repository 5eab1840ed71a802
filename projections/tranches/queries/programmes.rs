//! The money of each programme in sight: awarded, authorised, paid, given back, exposed.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{
    Cents, ProgrammeId, ProjectId,
    tranche::{Step, Tranche},
};

use super::money::{Paid, Projects};
use crate::answer::{Answer, ReadError, Reader};

/// What the projects of a programme were awarded, and how far it has gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProgrammeMoney {
    /// The programme.
    pub programme: String,
    /// The awards in force of its approved projects.
    pub awarded: Cents,
    /// What was authorised of their tranches.
    pub authorised: Cents,
    /// What the bank has paid of it.
    pub paid: Cents,
    /// What they gave back.
    pub recovered: Cents,
    /// What no longer rests on enough units, and nobody has decided on.
    pub exposed: Cents,
}

/// A figure that tranches add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// What was authorised.
    Authorised,
    /// What the bank has paid.
    Paid,
    /// What was given back.
    Recovered,
    /// What is exposed and undecided.
    Exposed,
}

impl Figure {
    /// Every figure.
    pub const ALL: [Figure; 4] = [Figure::Authorised, Figure::Paid, Figure::Recovered, Figure::Exposed];

    /// As addresses name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Figure::Authorised => "authorised",
            Figure::Paid => "paid",
            Figure::Recovered => "recovered",
            Figure::Exposed => "exposed",
        }
    }

    /// Whether a tranche is behind it.
    pub(super) fn has(self, paid: &Paid, tranche: &str) -> bool {
        let said = paid.money.tranche(tranche);
        match self {
            Figure::Authorised => said.is_some_and(|said| said.authorised.is_some() && said.step != Step::Revoked),
            Figure::Paid => said.is_some_and(|said: &Tranche| matches!(said.step, Step::Paid | Step::Reconciled)),
            Figure::Recovered => {
                let of = paid.money.decided().iter().filter(|decided| decided.said.tranche == tranche);
                of.map(|decided| decided.recovered).sum::<Cents>() > Cents::ZERO
            }
            Figure::Exposed => paid.exposed.iter().any(|open| open.tranche == tranche),
        }
    }
}

/// The money of a programme, of a project's part of one, or of each in sight, by name.
///
/// # Errors
/// When the tables cannot be read.
pub async fn totals(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    project: Option<&ProjectId>,
) -> Result<Answer<Vec<ProgrammeMoney>>, ReadError> {
    let projects = Projects::of(reader, programme, project).await?;
    let mut programmes = BTreeMap::<&str, ProgrammeMoney>::new();
    for paid in &projects.paid {
        let sums = programmes.entry(&paid.programme).or_default();
        sums.awarded += projects.terms(paid).award.amount;
        sums.authorised += paid.money.authorised();
        sums.paid += paid.money.paid();
        sums.recovered += paid.money.recovered();
        sums.exposed += paid.exposed.iter().map(|open| open.amount).sum::<Cents>();
    }
    let named = |(programme, sums): (&str, ProgrammeMoney)| ProgrammeMoney { programme: programme.to_owned(), ..sums };
    Ok(reader.answer(programmes.into_iter().map(named).collect()))
}
