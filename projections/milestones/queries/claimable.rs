//! What a claim made now would be, for who is about to make it.

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::{
    Cents, Share,
    milestone::Terms,
    money::reduction::{Gate, payable},
};
use utoipa::ToSchema;

use super::standing::Reached;

/// What a claim made now would freeze, and how much of the tranche it would make payable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Claimable {
    /// Whether it is the second, after one met in part: a cure.
    pub cure: bool,
    /// Until when services and acceptances would count for another, were this one met in part; absent where this is the last.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_until: Option<Date>,
    /// The tranche that waits for it; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tranche: Option<String>,
    /// Points that it would freeze.
    pub points: u32,
    /// Citizens that it would freeze.
    pub citizens: u32,
    /// The share of the tranche that would be payable in all, rounded down.
    #[schema(value_type = String)]
    pub share: Share,
}

impl Claimable {
    /// Where a claim by some terms would be let in on a day: everything needed counts, or the cut-off has passed.
    pub(super) fn on(day: Date, terms: &Terms, now: Reached) -> Option<Claimable> {
        (met(terms, now) || day > terms.accepted_until).then(|| Claimable {
            cure: false,
            second_until: None,
            tranche: None,
            points: now.points,
            citizens: now.citizens,
            share: share(terms, now),
        })
    }
}

/// Whether everything needed counts.
pub(super) fn met(terms: &Terms, now: Reached) -> bool {
    gates(terms, now).into_iter().flatten().all(Gate::met)
}

/// Points and citizens, where they gate.
fn gates(terms: &Terms, now: Reached) -> [Option<Gate>; 2] {
    let gate = |needed: Option<u32>, reached| needed.map(|needed| Gate { reached, needed });
    [gate(terms.points_needed, now.points), gate(terms.citizens_needed, now.citizens)]
}

/// What would be payable of a million cents, in millionths.
fn share(terms: &Terms, now: Reached) -> Share {
    let [points, citizens] = gates(terms, now);
    let payable = payable(Cents(Share::WHOLE.into()), points, citizens, terms.reduction);
    let share = u32::try_from(payable.0).ok().and_then(Share::from_millionths);
    share.expect("what is payable is at most the whole")
}
