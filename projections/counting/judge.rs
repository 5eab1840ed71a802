//! Why a service does not qualify: the first reason that applies, in the order of the table in README.md.

use traccia_domain::{project::command::Funding, service::ServiceKind};

use crate::{day::Day, points::Points};

/// Why a service does not qualify, in the order in which reasons are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It was voided.
    Voided,
    /// It was recorded before, under another of the person's records.
    Duplicate,
    /// A volunteer of the *Servizio civile digitale* gave it.
    Scd,
    /// Another source pays for it.
    OtherFunding,
    /// Its kind does not count.
    Kind,
    /// It lies outside the project's dates.
    OutsideProject,
    /// The point did not receive citizens that day.
    PointNotOpen,
    /// The facilitator was not valid there that day.
    FacilitatorNotValid,
    /// The citizen was too young.
    UnderAge,
}

impl Reason {
    /// Every reason, in order.
    pub const ALL: [Reason; 9] = [
        Reason::Voided,
        Reason::Duplicate,
        Reason::Scd,
        Reason::OtherFunding,
        Reason::Kind,
        Reason::OutsideProject,
        Reason::PointNotOpen,
        Reason::FacilitatorNotValid,
        Reason::UnderAge,
    ];

    /// How it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Voided => "voided",
            Reason::Duplicate => "duplicate",
            Reason::Scd => "scd",
            Reason::OtherFunding => "other_funding",
            Reason::Kind => "kind",
            Reason::OutsideProject => "outside_project",
            Reason::PointNotOpen => "point_not_open",
            Reason::FacilitatorNotValid => "facilitator_not_valid",
            Reason::UnderAge => "under_age",
        }
    }
}

/// What a service is judged by, besides what became of it and of its like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub(super) point: u32,
    pub(super) facilitator: u32,
    pub(super) on: Day,
    pub(super) kind: ServiceKind,
    pub(super) age: Option<u8>,
}

/// The first reason that follows from where, when, by whom and for whom: those after `scd`.
pub(super) fn circumstances(act: Act, points: &Points) -> Option<Reason> {
    let point = points.points.get(act.point);
    let Some(project) = point.project.map(|project| points.projects.get(project)) else {
        // Nothing was ever said of the point: it has no project and no rules to be judged by, but it was not open.
        return Some(Reason::PointNotOpen);
    };
    let rules = project.programme.and_then(|programme| points.programmes.get(programme).counting.on(act.on));
    let Some(rules) = rules else {
        // A project nobody has applied for has no programme, no rules and no dates.
        return Some(Reason::OutsideProject);
    };
    if project.funding(act.on) != Funding::Pnrr {
        Some(Reason::OtherFunding)
    } else if !rules.qualifying_services.contains(&act.kind) {
        Some(Reason::Kind)
    } else if !project.runs_on(act.on) {
        Some(Reason::OutsideProject)
    } else if !point.open_on(act.on) {
        Some(Reason::PointNotOpen)
    } else if !points.facilitators.get(act.facilitator).valid(act.point, act.on) {
        Some(Reason::FacilitatorNotValid)
    } else if act.age.is_some_and(|age| age < rules.minimum_age) {
        Some(Reason::UnderAge)
    } else {
        None
    }
}
