//! Exposures on which was decided: what, by which act, by whom, and what has come of it.

use traccia_application::Bearer;
use traccia_domain::Role;
use traccia_projections::tranches::queries::Exposure;

use super::{
    euro,
    exposures::{Cause, anchor, causes},
};
use crate::page::{
    frame::{Truth, role},
    shown::{Cell, italian},
};

/// How an exposure stands once it was decided.
pub(super) const STATES: [&str; 4] = ["netted", "recovering", "recovered", "waived"];

/// A decided exposure.
pub(super) struct Decided {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) project: Cell,
    pub(super) tranche: String,
    pub(super) amount: String,
    pub(super) decision: &'static str,
    pub(super) act: String,
    pub(super) by: String,
    pub(super) on: String,
    pub(super) settled: String,
    /// The tranches that took it, each with how much, and what none of them could take.
    pub(super) taken: Vec<Cell>,
    /// What it came from, as known when it was decided.
    pub(super) causes: Vec<Cause>,
}

impl Decided {
    pub(super) fn of(found: &Exposure, who: &Bearer, truth: &Truth) -> Decided {
        let decided = found.decided.as_ref();
        let of_project = truth.link(&format!("/erogazioni?project={}", found.project));
        Decided {
            anchor: anchor(&found.project, &found.exposure),
            name: found.exposure.clone(),
            project: Cell::link(&found.project, of_project.clone()),
            tranche: found.tranche.clone(),
            amount: euro(found.amount),
            decision: decision(&found.state),
            act: found.act.clone().unwrap_or_default(),
            by: decided.map_or_else(String::new, |said| format!("{} ({})", said.by, in_italian(&said.role))),
            on: decided.map_or_else(String::new, |said| italian::day_of(&said.on)),
            settled: if found.state == "waived" { String::new() } else { euro(found.settled) },
            causes: causes(found, who),
            taken: found
                .taken
                .iter()
                .map(|took| {
                    let to = format!("{of_project}#{}", super::tranche::anchor(&found.project, &took.tranche));
                    Cell::link(format!("{}: {}", took.tranche, euro(took.amount)), to)
                })
                .chain(
                    found.passed_on.map(|rest| Cell::plain(format!("{} decisi con un'altra esposizione", euro(rest)))),
                )
                .collect(),
        }
    }
}

fn decision(state: &str) -> &'static str {
    match state {
        "netted" => "si compensa",
        "recovering" => "si chiede indietro",
        "recovered" => "restituita",
        "waived" => "si rinuncia al recupero",
        _ => "",
    }
}

fn in_italian(name: &str) -> String {
    let known = Role::ALL.into_iter().find(|role| role.as_str() == name);
    known.map_or_else(|| name.to_owned(), |known| role(known).to_owned())
}
