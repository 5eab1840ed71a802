//! What facts that have not happened would change. The definition is in README.md.
//!
//! Nothing is judged here: a copy of the fold takes them in, and what counts before and after is compared.

mod compared;
mod figures;
mod seen;
mod stood;
mod units;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use traccia_domain::Commit;
use traccia_projector::Fork;

use self::{compared::compared, units::Units};
pub use self::{
    figures::{Amount, Claim, Exposure, Figure, Milestone, Money, Project, Services, Stands, Targets, Tranche},
    seen::{Readers, Seen},
    units::{Unit, Way},
};
use crate::{Projections, answer::day_in_italy};

/// What facts would change: in every project where something differs, and the units that would come and go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Impact {
    projects: Vec<Project>,
    units: Vec<Unit>,
}

impl Impact {
    /// What commits that were not made would change, when they followed what the copy of the fold has taken in; on the day
    /// they would be recorded.
    pub fn of(fork: &mut Fork<Projections>, commits: &[Commit]) -> Impact {
        let on = commits.last().map_or(Date::ZERO, |commit| day_in_italy(commit.recorded_at));
        Impact::on(fork, commits, on)
    }

    /// The same, on another day: points that are active and tranches that are due depend on it.
    fn on(fork: &mut Fork<Projections>, commits: &[Commit], on: Date) -> Impact {
        let mut before = stood::projects(fork.state(), on);
        let mut units = Units::before(fork.state(), commits);
        for commit in commits {
            fork.take(commit);
            units.take(fork.state());
        }
        let after = stood::projects(fork.state(), on);
        let projects = after.into_iter().filter_map(|(name, after)| {
            let before = before.remove(&name).unwrap_or_default();
            compared(name, &before, &after)
        });
        Impact { projects: projects.collect(), units: units.listed(fork.state()) }
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
