//! What a milestone asks of a project, on the rules and targets that hold on its deadline.

use jiff::{ToSpan as _, civil::Date};

use super::event::Terms;
use crate::{
    ProjectId,
    programme::{
        Defined,
        definition::{Milestone, Targets},
        rules::CountingRules,
    },
    project::Application,
};

impl Terms {
    /// The terms of a milestone for a project; of a cure, services and acceptances count for so many days more.
    #[must_use]
    pub fn of(
        programme: &Defined,
        project: &ProjectId,
        application: &Application,
        which: &Milestone,
        cure: bool,
    ) -> Terms {
        let rules = programme.rules_on(which.deadline);
        let targets = programme.targets_on(project, application, which.deadline);
        Terms::by(rules, programme.rules_version(), &targets, which, cure)
    }

    /// The same, by the rules and the targets that hold on its deadline.
    #[must_use]
    pub fn by(rules: &CountingRules, version: u32, targets: &Targets, which: &Milestone, cure: bool) -> Terms {
        let cutoff = later(which.deadline, rules.acceptance_cutoff_days);
        let cured = cured_until(rules, which);
        Terms {
            counts_until: if cure { cured } else { which.deadline },
            accepted_until: if cure { cured } else { cutoff },
            points_on: if cure { cured } else { which.deadline },
            points_basis: rules.points_basis,
            points_needed: which.points_needed(targets),
            citizens_needed: which.citizens_needed(targets),
            reduction: rules.reduction,
            rules: version,
        }
    }
}

/// Whether a cure may still pay more of a milestone on a day, of how many claims it has and whether the last is certified as
/// met: one met in part can be claimed again until its days are over, and a second claim waits for its certificate.
#[must_use]
pub fn curable(rules: &CountingRules, which: &Milestone, (claims, met): (usize, Option<bool>), today: Date) -> bool {
    match (claims, met) {
        (1, Some(false)) => rules.cure_days > 0 && today <= cured_until(rules, which),
        (2, None) => true,
        _ => false,
    }
}

/// The last day whose services and acceptances count for a cure.
fn cured_until(rules: &CountingRules, which: &Milestone) -> Date {
    later(later(which.deadline, rules.acceptance_cutoff_days), rules.cure_days)
}

fn later(day: Date, days: u16) -> Date {
    day.saturating_add(i32::from(days).days())
}

impl Defined {
    /// The milestone of an id.
    #[must_use]
    pub fn milestone(&self, id: &str) -> Option<&Milestone> {
        self.definition.milestones.iter().find(|milestone| milestone.id == id)
    }

    /// What a project has committed to on a day: what it applied for, or the latest redistribution that names it.
    #[must_use]
    pub fn targets_on(&self, project: &ProjectId, application: &Application, day: Date) -> Targets {
        let by_then = self.redistributions.iter().rev().filter(|adopted| adopted.effective_on <= day);
        let mut named = by_then.flat_map(|adopted| &adopted.projects).filter(|new| new.project == *project);
        match named.next() {
            Some(new) => {
                Targets { points: new.points, citizens: new.citizens, services: new.services, services_binding: false }
            }
            None => Targets::from(&application.targets),
        }
    }
}
