//! A point (*punto di facilitazione digitale, presidio*): a place where services are given.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod command;
mod decide;
mod event;
mod refusal;
mod standing;
#[cfg(test)]
mod tests;

pub use event::{PointClosed, PointEvent, PointOpened, PointResumed, PointSuspended, PointVoided};
pub use refusal::PointRefusal;
pub use standing::PointStanding;

use self::command::{ClosePoint, OpenPoint, ResumePoint, SuspendPoint, VoidPoint};
use crate::{
    ProjectId,
    aggregate::{Decide, cqrs_aggregate},
    programme::Programme,
    project::Project,
};

/// A point's situation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Point {
    /// Nothing has been said of it yet.
    #[default]
    Unknown,
    /// It receives citizens since a day, perhaps with pauses.
    Open(Open),
    /// It no longer does; what it did still counts.
    Closed {
        /// What it was.
        open: Open,
        /// First day it no longer was.
        on: Date,
    },
    /// It was opened in error.
    Voided {
        /// The project it was opened for.
        project: ProjectId,
    },
}

/// What decisions must know of a point that is or was open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// Its project.
    pub project: ProjectId,
    /// First day.
    pub since: Date,
    /// Pauses: from a day until, where it has ended, the first day it was open again.
    pub suspensions: Vec<(Date, Option<Date>)>,
}

/// What can be asked of a point.
#[derive(Clone, Debug, PartialEq)]
pub enum PointCommand {
    /// Open it.
    Open(OpenPoint),
    /// Suspend it.
    Suspend(SuspendPoint),
    /// Resume it.
    Resume(ResumePoint),
    /// Close it.
    Close(ClosePoint),
    /// Say it never was.
    Void(VoidPoint),
}

/// What a point must know to decide.
#[derive(Clone, Debug)]
pub struct PointFacts {
    /// The day it is decided.
    pub today: Date,
    /// The project, `Unknown` where there is none.
    pub project: Arc<Project>,
    /// The project's programme.
    pub programme: Arc<Programme>,
}

impl Point {
    /// The project it belongs to, or was opened for in error.
    #[must_use]
    pub fn project(&self) -> Option<&ProjectId> {
        match self {
            Point::Unknown => None,
            Point::Open(open) | Point::Closed { open, .. } => Some(&open.project),
            Point::Voided { project } => Some(project),
        }
    }
}

impl Decide for Point {
    type Command = PointCommand;
    type Event = PointEvent;
    type Refusal = PointRefusal;
    type Facts = PointFacts;

    fn decide(&self, command: &PointCommand, facts: &PointFacts) -> Result<Vec<PointEvent>, PointRefusal> {
        match command {
            PointCommand::Open(command) => self.open(command, facts),
            PointCommand::Suspend(command) => self.suspend(command, facts),
            PointCommand::Resume(command) => self.resume(command, facts),
            PointCommand::Close(command) => self.close(command, facts),
            PointCommand::Void(command) => self.void(command, facts),
        }
    }

    fn evolve(&mut self, event: &PointEvent) {
        *self = match (std::mem::take(self), event) {
            (_, PointEvent::PointOpened(opened)) => {
                Point::Open(Open { project: opened.project.clone(), since: opened.opened_on, suspensions: Vec::new() })
            }
            (Point::Open(mut open), PointEvent::PointSuspended(suspended)) => {
                open.suspensions.push((suspended.on, None));
                Point::Open(open)
            }
            (Point::Open(mut open), PointEvent::PointResumed(resumed)) => {
                if let Some((_, until)) = open.suspensions.last_mut() {
                    *until = Some(resumed.on);
                }
                Point::Open(open)
            }
            // Of two closures the last said holds.
            (Point::Open(open) | Point::Closed { open, .. }, PointEvent::PointClosed(closed)) => {
                Point::Closed { open, on: closed.on }
            }
            (Point::Open(open) | Point::Closed { open, .. }, PointEvent::PointVoided(_)) => {
                Point::Voided { project: open.project }
            }
            // None of these is ever decided; were one in the log, it would change nothing.
            (point @ (Point::Unknown | Point::Voided { .. } | Point::Closed { .. }), _) => point,
        };
    }
}

cqrs_aggregate!(Point, "point");
