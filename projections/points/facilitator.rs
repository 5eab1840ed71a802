//! Facilitators, by their latest statement.

use traccia_domain::{FacilitatorId, facilitator::command::FacilitatorRole};
use traccia_projector::Row;

use super::point::{Span, within};
use crate::known::Named;

/// A facilitator, enrolled or only named.
#[derive(Clone, Debug)]
pub(crate) struct Facilitator {
    id: FacilitatorId,
    pub(super) statement: Option<Statement>,
}

/// What was last stated.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(super) project: String,
    pub(super) role: FacilitatorRole,
    /// Keys of the points, in the order they were named.
    pub(super) points: Vec<u32>,
    pub(super) valid: Span,
}

impl Named for Facilitator {
    type Id = FacilitatorId;

    fn named(id: &FacilitatorId) -> Facilitator {
        Facilitator { id: id.clone(), statement: None }
    }

    fn shown(&self) -> bool {
        self.statement.is_some()
    }
}

impl Facilitator {
    pub(crate) fn enrolled(&self) -> bool {
        self.statement.is_some()
    }

    /// Whether what they give belongs to the *Servizio civile digitale*.
    pub(crate) fn volunteer(&self) -> bool {
        self.statement.as_ref().is_some_and(|statement| match statement.role {
            FacilitatorRole::ScdVolunteer => true,
            FacilitatorRole::Facilitator => false,
        })
    }

    /// Whether they were one, in whatever role, at a point on a day.
    pub(crate) fn valid(&self, point: u32, day: crate::day::Day) -> bool {
        self.statement
            .as_ref()
            .is_some_and(|statement| statement.points.contains(&point) && within(day, statement.valid))
    }

    pub(super) fn row(&self, points: impl Fn(u32) -> String) -> Row {
        let Some(statement) = &self.statement else { return Row::new() };
        let role = match statement.role {
            FacilitatorRole::Facilitator => "facilitator",
            FacilitatorRole::ScdVolunteer => "scd_volunteer",
        };
        let points: Vec<_> = statement.points.iter().map(|key| points(*key)).collect();
        let (from, until) = statement.valid;
        vec![
            self.id.to_string().into(),
            statement.project.clone().into(),
            role.into(),
            points.join(" ").into(),
            from.to_string().into(),
            until.map(|day| day.to_string()).into(),
        ]
    }
}
