//! How far a cap reaches: the arithmetic of it, without tables.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{Cents, Share, programme::definition::ExpenseCap};
use utoipa::ToSchema;

/// An item of expense: what may be spent on it, what was, and what is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cap {
    /// The item.
    pub item: String,
    /// The share of the contribution received that it may take.
    #[schema(value_type = String)]
    pub share: Share,
    /// That share, downwards to the cent.
    #[schema(value_type = String)]
    pub cap: Cents,
    /// Declared, and waiting for the Region.
    #[schema(value_type = String)]
    pub declared: Cents,
    /// Accepted so far.
    #[schema(value_type = String)]
    pub accepted: Cents,
    /// Of that, what the cap lets count; of the measure's, what the projects' own caps let count before.
    #[schema(value_type = String)]
    pub eligible: Cents,
    /// Of that, what exceeds a cap.
    #[schema(value_type = String)]
    pub not_eligible: Cents,
    /// What can still be accepted as eligible.
    #[schema(value_type = String)]
    pub headroom: Cents,
}

/// What was claimed for an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Declared, and waiting for the Region.
    pub declared: Cents,
    /// Accepted so far.
    pub accepted: Cents,
}

impl Cap {
    /// One item's cap on a contribution. Caps are cumulative: what is eligible is looked at over all that was accepted,
    /// and grows when more is received.
    #[must_use]
    pub fn of(item: &str, share: Share, received: Cents, spent: Spent) -> Cap {
        Cap::over(item, share, received, spent, spent.accepted)
    }

    /// The same, where another cap has let only a part of what was accepted through.
    fn over(item: &str, share: Share, received: Cents, spent: Spent, let_through: Cents) -> Cap {
        let cap = share.floor_of(received);
        let eligible = let_through.min(cap);
        Cap {
            item: item.to_owned(),
            share,
            cap,
            declared: spent.declared,
            accepted: spent.accepted,
            eligible,
            not_eligible: spent.accepted - eligible,
            headroom: cap - eligible,
        }
    }
}

/// The items of a project, in the order in which the programme names them. An item that is in its caps no more has a cap
/// of nothing: what was accepted for it is not eligible.
#[must_use]
pub fn of_project(caps: &[ExpenseCap], received: Cents, spent: &BTreeMap<String, Spent>) -> Vec<Cap> {
    let named = caps.iter().map(|cap| Cap::of(&cap.item, cap.share, received, spent_on(spent, &cap.item)));
    let gone = spent.iter().filter(|(item, _)| !caps.iter().any(|cap| cap.item == **item));
    named.chain(gone.map(|(item, spent)| Cap::of(item, Share::default(), received, *spent))).collect()
}

/// What a project has received, and how far its caps reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfProject {
    /// The project.
    pub project: String,
    /// The contribution received.
    pub received: Cents,
    /// Its items.
    pub caps: Vec<Cap>,
}

/// The items that the measure caps over all projects together: of what each project's own cap let through, as far as the
/// measure's reaches.
#[must_use]
pub fn of_measure(caps: &[ExpenseCap], projects: &[OfProject]) -> Vec<Cap> {
    let received = projects.iter().map(|one| one.received).sum();
    let capped = caps.iter().filter_map(|cap| Some((&cap.item, cap.measure_share?)));
    let over_all = |(item, share): (&String, Share)| {
        let own = || projects.iter().flat_map(|one| &one.caps).filter(|cap| cap.item == *item);
        let sum = |of: fn(&Cap) -> Cents| own().map(of).sum::<Cents>();
        let spent = Spent { declared: sum(|cap| cap.declared), accepted: sum(|cap| cap.accepted) };
        Cap::over(item, share, received, spent, sum(|cap| cap.eligible))
    };
    capped.map(over_all).collect()
}

fn spent_on(spent: &BTreeMap<String, Spent>, item: &str) -> Spent {
    spent.get(item).copied().unwrap_or_default()
}
