//! What facts that have not happened would change. The definition is in README.md.
//!
//! Nothing is judged here: a copy of the fold takes them in, and what counts before and after is compared.

mod seen;
mod units;

#[cfg(test)]
mod tests;

use serde::Serialize;
use traccia_domain::Commit;
use traccia_projector::Fork;
use utoipa::ToSchema;

use self::units::Units;
pub use self::{
    seen::Seen,
    units::{Unit, Way},
};
use crate::{Projections, targets::Totals};

/// A figure before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figure {
    /// As it is.
    pub before: i64,
    /// As it would be.
    pub after: i64,
}

/// Services before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Services {
    /// Recorded at the project's points.
    pub recorded: Figure,
    /// Those with no reason against them.
    pub qualifying: Figure,
}

/// What would change in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Project {
    /// The project.
    pub project: String,
    /// Its programme.
    pub programme: String,
    /// Persons whose 1 is in the project.
    pub counted: Figure,
    /// Those who would not be counted if every dispute ended in a void and every proposal were confirmed.
    pub at_risk: Figure,
    /// Services.
    pub services: Services,
}

/// What facts would change: in every project where something differs, and the units that would come and go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Impact {
    projects: Vec<Project>,
    units: Vec<Unit>,
}

impl Impact {
    /// What commits that were not made would change, when they followed what the copy of the fold has taken in.
    pub fn of(fork: &mut Fork<Projections>, commits: &[Commit]) -> Impact {
        let before: Vec<Totals> = fork.state().targets().projects().map(|(_, _, totals)| totals.clone()).collect();
        let mut units = Units::before(fork.state(), commits);
        for commit in commits {
            fork.take(commit);
            units.take(fork.state());
        }
        let state = fork.state();
        // Totals are never taken away: those that were there before come first.
        let before = before.into_iter().chain(std::iter::repeat_with(Totals::default));
        let projects = state.targets().projects().zip(before).filter(|((_, _, after), before)| *after != before);
        let mut projects: Vec<_> = projects
            .map(|((programme, id, after), before)| {
                let figure = |of: fn(&Totals) -> i64| Figure { before: of(&before), after: of(after) };
                Project {
                    project: id.to_owned(),
                    programme: programme.to_owned(),
                    counted: figure(|totals| totals.counted),
                    at_risk: figure(|totals| totals.counted - totals.safe),
                    services: Services {
                        recorded: figure(|totals| totals.recorded),
                        qualifying: figure(|totals| totals.qualifying),
                    },
                }
            })
            .collect();
        projects.sort_by(|a, b| (&a.programme, &a.project).cmp(&(&b.programme, &b.project)));
        Impact { projects, units: units.listed(state) }
    }

    /// In every project where something differs.
    #[must_use]
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// The units that would come and go.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }
}
