//! A facilitator (*facilitatore digitale*): who gives the service.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod command;
mod decide;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use event::{FacilitatorEnded, FacilitatorEnrolled, FacilitatorEvent};
pub use refusal::FacilitatorRefusal;

use self::command::{EndFacilitator, EnrolFacilitator, FacilitatorRole};
use crate::{
    PointId, ProjectId,
    aggregate::{Decide, cqrs_aggregate},
    point::Point,
    project::Project,
};

/// A facilitator's situation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Facilitator {
    /// Nothing has been said of them yet.
    #[default]
    Unknown,
    /// Enrolled; the latest statement holds for all of history.
    Enrolled(Enrolled),
}

/// What was last stated of a facilitator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The project.
    pub project: ProjectId,
    /// The role.
    pub role: FacilitatorRole,
    /// Where.
    pub points: Vec<PointId>,
    /// First day.
    pub from: Date,
    /// First day they no longer are.
    pub until: Option<Date>,
    /// Their training certificate.
    pub certificate: Option<String>,
}

impl From<&FacilitatorEnrolled> for Enrolled {
    fn from(stated: &FacilitatorEnrolled) -> Self {
        Enrolled {
            project: stated.project.clone(),
            role: stated.role,
            points: stated.points.clone(),
            from: stated.from,
            until: stated.until,
            certificate: stated.certificate.clone(),
        }
    }
}

/// What can be asked of a facilitator.
#[derive(Clone, Debug, PartialEq)]
pub enum FacilitatorCommand {
    /// State role, points and dates.
    Enrol(EnrolFacilitator),
    /// Stop.
    End(EndFacilitator),
}

/// What must be known to decide.
#[derive(Clone, Debug)]
pub struct FacilitatorFacts {
    /// The project, `Unknown` where there is none.
    pub project: Arc<Project>,
    /// The points named, in the order they are named.
    pub points: Vec<Arc<Point>>,
}

impl Facilitator {
    /// What was last stated of them.
    #[must_use]
    pub fn enrolled(&self) -> Option<&Enrolled> {
        match self {
            Facilitator::Unknown => None,
            Facilitator::Enrolled(enrolled) => Some(enrolled),
        }
    }

    /// In which role they give services.
    #[must_use]
    pub fn role(&self) -> Option<FacilitatorRole> {
        self.enrolled().map(|enrolled| enrolled.role)
    }

    /// Whether they could give a service at a point on a day, in whichever role.
    #[must_use]
    pub fn valid_at(&self, point: &PointId, date: Date) -> bool {
        self.enrolled().is_some_and(|enrolled| {
            enrolled.points.contains(point) && enrolled.from <= date && enrolled.until.is_none_or(|until| date < until)
        })
    }
}

impl Decide for Facilitator {
    type Command = FacilitatorCommand;
    type Event = FacilitatorEvent;
    type Refusal = FacilitatorRefusal;
    type Facts = FacilitatorFacts;

    fn decide(
        &self,
        command: &FacilitatorCommand,
        facts: &FacilitatorFacts,
    ) -> Result<Vec<FacilitatorEvent>, FacilitatorRefusal> {
        match command {
            FacilitatorCommand::Enrol(command) => self.enrol(command, facts),
            FacilitatorCommand::End(command) => self.end(command),
        }
    }

    fn evolve(&mut self, event: &FacilitatorEvent) {
        match event {
            FacilitatorEvent::FacilitatorEnrolled(stated) => *self = Facilitator::Enrolled(stated.into()),
            FacilitatorEvent::FacilitatorEnded(ended) => match self {
                Facilitator::Unknown => {}
                Facilitator::Enrolled(enrolled) => enrolled.until = Some(ended.on),
            },
        }
    }
}

cqrs_aggregate!(Facilitator, "facilitator");
