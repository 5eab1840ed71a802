//! Milestones as the tables tell of them at a position.

mod accepted;
mod behind;
mod claimable;
mod claims;
mod disagreeing;
mod list;
mod pace;
mod standing;
#[cfg(test)]
mod tests;
mod units;

pub(crate) use self::claims::{certified, held_by_claims};
pub use self::{
    behind::{Standing, persons_of_milestone},
    claimable::Claimable,
    claims::{Certificate, ClaimShown, SampleShown, frozen, serials},
    disagreeing::{Disagreeing, disagreeing},
    list::{Citizens, Milestone, Points, milestones},
    pace::Pace,
    standing::standing,
    units::{ClaimUnit, Part, claim_units, part_of_claim},
};
