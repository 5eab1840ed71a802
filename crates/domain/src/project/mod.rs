//! A project (*progetto*): what one partnership has been awarded and has committed to.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod command;
mod decide;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use event::{
    ApplicationApproved, ApplicationRejected, ApplicationSubmitted, FundingLineSwitched, PlannedTranche, ProjectEvent,
};
pub use refusal::ProjectRefusal;

use self::command::{ApproveApplication, Funding, RejectApplication, SubmitApplication, SwitchFundingLine};
use crate::{
    ProgrammeId, ProvinceCode,
    aggregate::{Decide, cqrs_aggregate},
    programme::Programme,
};

/// A project's situation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Project {
    /// Nothing has been said of it yet.
    #[default]
    Unknown,
    /// A partnership has applied.
    Submitted(Box<Application>),
    /// The Region has approved.
    Approved(Box<Application>),
    /// The Region has turned it down.
    Rejected(Box<Application>),
}

/// What decisions must know of an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its award.
    pub award: crate::Cents,
    /// What it has committed to.
    pub targets: command::Commitment,
    /// Where it works.
    pub provinces: Vec<ProvinceCode>,
    /// First day, inclusive.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Date,
    /// The day of the act that approved it; none before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_on: Option<Date>,
    /// The tranches as the approval fixed them; none before it.
    #[serde(default)]
    pub tranches: Vec<PlannedTranche>,
    /// Changes of who pays: from a day on, in the order they were said.
    pub funding: Vec<FundingLineSwitched>,
}

/// What can be asked of a project.
#[derive(Clone, Debug, PartialEq)]
pub enum ProjectCommand {
    /// Apply.
    Submit(SubmitApplication),
    /// Approve.
    Approve(ApproveApplication),
    /// Turn down.
    Reject(RejectApplication),
    /// Change who pays.
    SwitchFunding(SwitchFundingLine),
}

/// What a project must know to decide.
#[derive(Clone, Debug)]
pub struct ProjectFacts {
    /// The day it is decided.
    pub today: Date,
    /// The programme, `Unknown` where there is none.
    pub programme: Arc<Programme>,
}

impl Project {
    /// What was applied for, whatever became of it.
    #[must_use]
    pub fn application(&self) -> Option<&Application> {
        match self {
            Project::Unknown => None,
            Project::Submitted(application) | Project::Approved(application) | Project::Rejected(application) => {
                Some(application)
            }
        }
    }

    /// Who pays for services of a day: by the latest change that holds then, and of two from one day the one said last.
    #[must_use]
    pub fn funding_on(&self, date: Date) -> Funding {
        let changes = self.application().map_or(&[][..], |application| &application.funding);
        // `max_by_key` gives the last of equals, and the changes stand in the order they were said.
        let latest = changes.iter().filter(|change| change.from <= date).max_by_key(|change| change.from);
        latest.map_or(Funding::Pnrr, |change| change.funding)
    }

    /// Its state in a word, for a refusal's text.
    pub(crate) fn state(&self) -> &'static str {
        match self {
            Project::Unknown => "unknown",
            Project::Submitted(_) => "submitted",
            Project::Approved(_) => "approved",
            Project::Rejected(_) => "rejected",
        }
    }

    /// What can become of it, for a refusal's text.
    pub(crate) fn next(&self) -> &'static str {
        match self {
            Project::Unknown => "applied for",
            Project::Submitted(_) => "approved or rejected",
            Project::Approved(_) => "given points, or another funding line",
            Project::Rejected(_) => "nothing else: another application has another id",
        }
    }
}

impl Decide for Project {
    type Command = ProjectCommand;
    type Event = ProjectEvent;
    type Refusal = ProjectRefusal;
    type Facts = ProjectFacts;

    fn decide(&self, command: &ProjectCommand, facts: &ProjectFacts) -> Result<Vec<ProjectEvent>, ProjectRefusal> {
        match command {
            ProjectCommand::Submit(command) => self.submit(command, facts),
            ProjectCommand::Approve(command) => self.approve(command, facts),
            ProjectCommand::Reject(command) => self.reject(command, facts),
            ProjectCommand::SwitchFunding(command) => self.switch_funding(command),
        }
    }

    fn evolve(&mut self, event: &ProjectEvent) {
        match event {
            ProjectEvent::ApplicationSubmitted(submitted) => {
                *self = Project::Submitted(Box::new(Application {
                    programme: submitted.programme.clone(),
                    award: submitted.award,
                    targets: submitted.targets,
                    provinces: submitted.provinces.clone(),
                    starts: submitted.starts,
                    ends: submitted.ends,
                    approved_on: None,
                    tranches: Vec::new(),
                    funding: Vec::new(),
                }));
            }
            ProjectEvent::ApplicationApproved(approved) => {
                self.settle(Project::Approved);
                if let Project::Approved(application) = self {
                    application.approved_on = Some(approved.on);
                    application.tranches.clone_from(&approved.tranches);
                }
            }
            ProjectEvent::ApplicationRejected(_) => self.settle(Project::Rejected),
            ProjectEvent::FundingLineSwitched(switched) => match self {
                Project::Submitted(application) | Project::Approved(application) | Project::Rejected(application) => {
                    application.funding.push(switched.clone());
                }
                Project::Unknown => {}
            },
        }
    }
}

impl Project {
    fn settle(&mut self, settled: fn(Box<Application>) -> Project) {
        *self = match std::mem::take(self) {
            Project::Unknown => Project::Unknown,
            Project::Submitted(application) | Project::Approved(application) | Project::Rejected(application) => {
                settled(application)
            }
        };
    }
}

cqrs_aggregate!(Project, "project");
