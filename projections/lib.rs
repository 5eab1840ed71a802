//! The published numbers, one folder each: what a number means is in its `README.md`, how it is folded in its `mod.rs`.
//!
//! All advance together, commit by commit. `points` keeps the facts of programmes, projects, points and facilitators;
//! `counting` judges services by them; `targets` stands on what `counting` decides and never judges again. `findings` only
//! looks. `reports` keeps how monthly reports stand, and which act accepted a service; `milestones` what was claimed and
//! certified. `expenses` counts no citizens; `redistribution` folds nothing.

pub mod answer;
pub mod counting;
pub mod expenses;
pub mod findings;
pub mod impact;
pub mod milestones;
pub mod ocds;
pub mod points;
pub mod redistribution;
pub mod regis;
pub mod reports;
pub mod targets;
pub mod trail;
pub mod tranches;

mod day;
mod known;
#[cfg(test)]
mod written;

#[cfg(test)]
mod testing;

use traccia_domain::{Event, Position};
use traccia_projector::{At, Changes, Projection, Table};

use self::{
    counting::Counting, expenses::Expenses, findings::Findings, milestones::Milestones, points::Points,
    reports::Reports, targets::Targets, trail::Trail, tranches::Tranches,
};

/// Every published number, at one position.
#[derive(Clone, Debug, Default)]
pub struct Projections {
    points: Points,
    counting: Counting,
    reports: Reports,
    milestones: Milestones,
    tranches: Tranches,
    targets: Targets,
    trail: Trail,
    findings: Findings,
    expenses: Expenses,
}

impl Projections {
    /// What can be rebuilt by name. All are built in one pass, so that every answer stands at one position.
    pub const NAMES: [&'static str; 9] =
        ["points", "counting", "reports", "milestones", "tranches", "targets", "trail", "findings", "expenses"];

    /// Programmes, projects, points and facilitators.
    #[must_use]
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// Records, persons, services and units.
    #[must_use]
    pub fn counting(&self) -> &Counting {
        &self.counting
    }

    /// Totals by scope.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// What was said of money, and exposures.
    pub(crate) fn tranches(&self) -> &Tranches {
        &self.tranches
    }

    /// Monthly reports and their acceptances.
    #[cfg(test)]
    pub(crate) fn reports(&self) -> &Reports {
        &self.reports
    }

    fn take(&mut self, at: &At<'_>, event: &Event) {
        self.points.take(at, event);
        self.expenses.take(at, event);
        self.counting.take(at, event, &mut self.points);
        self.reports.take(at, event, &mut self.points, self.counting.services());
    }

    /// Judges what the events taken have touched. A thing's row is written at most once for each commit.
    fn settle(&mut self, position: Position, changes: &mut Changes) {
        self.points.settle(changes);
        self.expenses.settle(changes);
        self.counting.settle(&self.points, &self.reports, changes);
        self.targets.take(self.counting.moved(), &self.points);
        self.milestones.settle(&self.counting, &self.points, changes);
        self.tranches.settle(position, &self.counting, &self.points, changes);
        self.reports.settle(changes);
    }
}

impl Projection for Projections {
    const VERSION: u32 = 13;

    fn tables() -> Vec<&'static Table> {
        vec![
            &points::tables::PROGRAMME,
            &points::tables::RULES,
            &points::tables::COMMITMENT,
            &points::tables::PROJECT,
            &points::tables::POINT,
            &points::tables::ACTIVE,
            &points::tables::FACILITATOR,
            &counting::tables::RECORD,
            &counting::tables::LINK,
            &counting::tables::SERVICE,
            &counting::tables::UNIT,
            &reports::tables::REPORT,
            &reports::tables::ACCEPTANCE,
            &reports::tables::WINDOW,
            &milestones::tables::CLAIM,
            &milestones::tables::CLAIM_UNIT,
            &milestones::tables::CERTIFICATE,
            &milestones::tables::SAMPLE,
            &milestones::tables::FINDING,
            &tranches::tables::MONEY,
            &tranches::tables::EXPOSURE,
            &tranches::tables::BATCHED,
            &tranches::tables::BATCH,
            &targets::tables::TALLY,
            &trail::tables::TRAIL,
            &findings::tables::FOLLOW,
            &expenses::tables::EXPENSE,
        ]
    }

    fn commit(&mut self, at: &At<'_>, changes: &mut Changes) {
        changes.at(at.position);
        for event in &at.commit.events {
            self.take(at, event);
            self.milestones.take(at, event, &self.counting, changes);
            self.tranches.take(at, event, &mut self.points, changes);
            self.findings.take(at, event, changes);
        }
        self.settle(at.position, changes);
        self.targets.step(at.position, changes);
        self.trail.take(at, changes);
    }

    /// One event by itself, outside its commit: neither a step nor a row of the trail, which belong to whole commits.
    fn apply(&mut self, at: &At<'_>, event: &Event, changes: &mut Changes) {
        changes.at(at.position);
        self.take(at, event);
        self.milestones.take(at, event, &self.counting, changes);
        self.tranches.take(at, event, &mut self.points, changes);
        self.findings.take(at, event, changes);
        self.settle(at.position, changes);
    }
}
