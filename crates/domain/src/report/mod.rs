//! A monthly report (*report mensile*): a partnership's account of a month, which the Region accepts.
//!
//! What it says is computed from the log as it stood when it was submitted; here is only what became of it.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod command;
mod decide;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use command::ReportCommand;
pub use event::{ReportAccepted, ReportEvent, ReportReopened, ReportReturned, ReportSubmitted};
pub use refusal::ReportRefusal;

use crate::{
    ProjectId, StreamId, StreamKind,
    aggregate::{Decide, cqrs_aggregate},
    project::Project,
    time::Month,
};

/// A report's situation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Report {
    /// Nobody has submitted it yet.
    #[default]
    Open,
    /// It waits for the Region.
    Submitted {
        /// Who submitted it, and does not accept it.
        by: String,
    },
    /// The Region sent it back.
    Returned,
    /// The Region accepted it: the month is locked.
    Accepted,
    /// It was accepted, and the month is locked no longer.
    Reopened,
}

/// What must be known to decide on a report.
#[derive(Clone, Debug)]
pub struct ReportFacts {
    /// The day it is decided.
    pub today: Date,
    /// The project, `Unknown` where there is none.
    pub project: Arc<Project>,
}

/// The id of a project's report on a month, as its stream is named.
#[must_use]
pub fn id(project: &ProjectId, month: Month) -> String {
    format!("{project}-{month}")
}

/// The stream of a project's report on a month.
#[must_use]
pub fn stream(project: &ProjectId, month: Month) -> StreamId {
    StreamId::new(StreamKind::Report, id(project, month))
}

/// The project and the month that a report's stream names.
#[must_use]
pub fn of(id: &str) -> Option<(ProjectId, Month)> {
    let (project, month) = id.split_at_checked(id.len().checked_sub("2024-03".len())?)?;
    Some((project.strip_suffix('-')?.parse().ok()?, month.parse().ok()?))
}

/// The months that a project which starts on a day reports on, up to that of another day.
pub fn months(starts: Date, until: Date) -> impl Iterator<Item = Month> {
    Month::of(starts).through(Month::of(until))
}

impl Report {
    /// Whether it is accepted, and not reopened since: its month is locked.
    #[must_use]
    pub fn accepted(&self) -> bool {
        match self {
            Report::Accepted => true,
            Report::Open | Report::Submitted { .. } | Report::Returned | Report::Reopened => false,
        }
    }

    /// Its state in a word.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self {
            Report::Open => "open",
            Report::Submitted { .. } => "submitted",
            Report::Returned => "returned",
            Report::Accepted => "accepted",
            Report::Reopened => "reopened",
        }
    }

    /// What can become of it, for a refusal's text.
    pub(crate) fn next(&self) -> &'static str {
        match self {
            Report::Open => "submitted",
            Report::Submitted { .. } => "returned or accepted",
            Report::Returned | Report::Reopened => "submitted again",
            Report::Accepted => "reopened",
        }
    }
}

impl Decide for Report {
    type Command = ReportCommand;
    type Event = ReportEvent;
    type Refusal = ReportRefusal;
    type Facts = ReportFacts;

    fn decide(&self, command: &ReportCommand, facts: &ReportFacts) -> Result<Vec<ReportEvent>, ReportRefusal> {
        match command {
            ReportCommand::Submit { report, by } => self.submit(report, by, facts),
            ReportCommand::Return(command) => self.send_back(command, facts),
            ReportCommand::Accept { acceptance, by } => self.accept(acceptance, by, facts),
            ReportCommand::Reopen(command) => self.reopen(command, facts),
        }
    }

    fn evolve(&mut self, event: &ReportEvent) {
        *self = match event {
            ReportEvent::ReportSubmitted(submitted) => Report::Submitted { by: submitted.submitter.clone() },
            ReportEvent::ReportReturned(_) => Report::Returned,
            ReportEvent::ReportAccepted(_) => Report::Accepted,
            ReportEvent::ReportReopened(_) => Report::Reopened,
        };
    }
}

cqrs_aggregate!(Report, "report");
