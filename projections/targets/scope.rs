//! One scope's totals.

use std::sync::Arc;

use serde::Serialize;
use traccia_projector::{Row, Value};
use utoipa::ToSchema;

use crate::counting::Reason;

/// What totals are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A whole programme.
    #[default]
    Programme,
    /// A province within a programme.
    Province,
    /// A project.
    Project,
    /// A point.
    Point,
    /// A semester of a programme.
    Semester,
    /// A month of a programme.
    Month,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 6] =
        [Scope::Programme, Scope::Province, Scope::Project, Scope::Point, Scope::Semester, Scope::Month];

    /// How it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Programme => "programme",
            Scope::Province => "province",
            Scope::Project => "project",
            Scope::Point => "point",
            Scope::Semester => "semester",
            Scope::Month => "month",
        }
    }
}

/// The columns of the table `tally` that count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Services recorded.
    pub recorded: i64,
    /// Services that qualify.
    pub qualifying: i64,
    /// Distinct persons served.
    pub persons: i64,
    /// Persons whose 1 is here.
    pub counted: i64,
    /// Persons whose 1 would be here if every disputed service were voided and every proposed link confirmed.
    pub safe: i64,
    /// Persons served here whom another project's claim holds.
    pub claimed: i64,
    /// Services that do not qualify, by reason, in the order of [`Reason::ALL`].
    pub reasons: [i64; Reason::ALL.len()],
}

impl Totals {
    /// Takes in a service, or its other verdict.
    pub(super) fn service(&mut self, before: Option<Option<Reason>>, after: Option<Reason>) {
        match before {
            None => self.recorded += 1,
            Some(before) => *self.of(before) -= 1,
        }
        *self.of(after) += 1;
    }

    fn of(&mut self, reason: Option<Reason>) -> &mut i64 {
        match reason {
            None => &mut self.qualifying,
            Some(reason) => &mut self.reasons[reason as usize],
        }
    }
}

/// A scope and its totals, now and at its last step.
#[derive(Clone, Debug)]
pub(super) struct Total {
    pub(super) programme: Arc<str>,
    pub(super) scope: Scope,
    pub(super) id: Arc<str>,
    pub(super) totals: Totals,
    pub(super) written: Totals,
    pub(super) changed: bool,
}

impl Total {
    pub(super) fn new(programme: &str, scope: Scope, id: &str) -> Total {
        Total {
            programme: programme.into(),
            scope,
            id: id.into(),
            totals: Totals::default(),
            written: Totals::default(),
            changed: false,
        }
    }

    pub(super) fn row(&self) -> Row {
        let Totals { recorded, qualifying, persons, counted, safe, claimed, reasons } = &self.totals;
        let mut row: Row =
            vec![Arc::clone(&self.programme).into(), self.scope.as_str().into(), Arc::clone(&self.id).into()];
        row.extend(
            [recorded, qualifying, persons, counted, safe, claimed]
                .into_iter()
                .chain(reasons)
                .copied()
                .map(Value::from),
        );
        row
    }
}

/// The index of a total.
pub(super) fn index(index: usize) -> u32 {
    u32::try_from(index).expect("fewer scopes than points and months, which are few")
}
