//! What a monthly report says to each command: references first, then identity, then rules.

use jiff::civil::Date;

use super::{
    Report, ReportAccepted, ReportEvent, ReportFacts, ReportRefusal, ReportReopened, ReportReturned, ReportSubmitted,
    command::{AcceptReport, ReopenReport, ReturnReport, SubmitReport},
};
use crate::{
    aggregate::blank,
    project::{Application, Project},
    time::Month,
};

type Decision = Result<Vec<ReportEvent>, ReportRefusal>;

impl Report {
    /// A month that still goes on has nothing to lock: what would be given on its last days would be late at once.
    pub(super) fn submit(&self, command: &SubmitReport, by: &str, facts: &ReportFacts) -> Decision {
        let application = reporting(command.month, facts)?;
        match self {
            Report::Open | Report::Returned | Report::Reopened => {}
            Report::Submitted { .. } | Report::Accepted => return self.wrong(),
        }
        let last = last_day(command.month, application.ends);
        if facts.today <= last {
            return Err(ReportRefusal::NotOver { last });
        }
        let obstacles = command.obstacles.clone().filter(|obstacles| !blank(obstacles));
        let (project, submitter) = (command.project.clone(), by.to_owned());
        Ok(vec![ReportSubmitted { project, month: command.month, obstacles, submitter }.into()])
    }

    pub(super) fn send_back(&self, command: &ReturnReport, facts: &ReportFacts) -> Decision {
        reporting(command.month, facts)?;
        match self {
            Report::Submitted { .. } => {}
            Report::Open | Report::Returned | Report::Accepted | Report::Reopened => return self.wrong(),
        }
        require("/reason", &command.reason, "a return has a reason")?;
        let (project, reason) = (command.project.clone(), command.reason.clone());
        Ok(vec![ReportReturned { project, month: command.month, reason }.into()])
    }

    /// The day of the act may lie before the submission reached the log: paper is quicker. It is shown beside the day the
    /// log learned it.
    pub(super) fn accept(&self, command: &AcceptReport, by: &str, facts: &ReportFacts) -> Decision {
        reporting(command.month, facts)?;
        match self {
            // Accounts that differ in upper and lower case alone are mostly one person's.
            Report::Submitted { by: submitter } if submitter.to_lowercase() == by.to_lowercase() => {
                return Err(ReportRefusal::SameActor);
            }
            Report::Submitted { .. } => {}
            Report::Open | Report::Returned | Report::Accepted | Report::Reopened => return self.wrong(),
        }
        require("/act", &command.act, "an acceptance names its legal act")?;
        if command.on > facts.today {
            return Err(ReportRefusal::InTheFuture);
        }
        let ends = facts.project.application().map_or(command.on, |application| application.ends);
        if command.on <= last_day(command.month, ends) {
            let why = "an act accepts a month that is over: its day comes after the month's last";
            return Err(ReportRefusal::Invalid { pointer: "/on", why });
        }
        let (project, act) = (command.project.clone(), command.act.clone());
        Ok(vec![ReportAccepted { project, month: command.month, on: command.on, act }.into()])
    }

    pub(super) fn reopen(&self, command: &ReopenReport, facts: &ReportFacts) -> Decision {
        reporting(command.month, facts)?;
        match self {
            Report::Accepted => {}
            Report::Open | Report::Submitted { .. } | Report::Returned | Report::Reopened => return self.wrong(),
        }
        require("/reason", &command.reason, "a report is reopened for a reason")?;
        let (project, reason) = (command.project.clone(), command.reason.clone());
        Ok(vec![ReportReopened { project, month: command.month, reason }.into()])
    }

    fn wrong<T>(&self) -> Result<T, ReportRefusal> {
        Err(ReportRefusal::WrongState { state: self.state(), next: self.next() })
    }
}

/// The application of a project that reports on a month.
fn reporting(month: Month, facts: &ReportFacts) -> Result<&Application, ReportRefusal> {
    let application = match &*facts.project {
        Project::Unknown => return Err(ReportRefusal::UnknownProject),
        Project::Submitted(_) | Project::Rejected(_) => {
            return Err(ReportRefusal::NotApproved { state: facts.project.state() });
        }
        Project::Approved(application) => application,
    };
    let (starts, ends) = (application.starts, application.ends);
    if (Month::of(starts)..=Month::of(ends)).contains(&month) {
        Ok(application)
    } else {
        Err(ReportRefusal::OutsideProject { starts, ends })
    }
}

/// The last day that a month's report is about.
fn last_day(month: Month, ends: Date) -> Date {
    month.last_day().min(ends)
}

fn require(pointer: &'static str, text: &str, why: &'static str) -> Result<(), ReportRefusal> {
    if blank(text) { Err(ReportRefusal::Invalid { pointer, why }) } else { Ok(()) }
}
