//! One report as it stands.

use traccia_domain::{
    Decide as _, Position, ProjectId,
    report::{Report, ReportEvent},
    time::Month,
};
use traccia_projector::Row;

/// When a report was submitted: what was recorded before, it is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Submission {
    pub(super) at: Position,
    /// How many services the log held.
    pub(super) services: u32,
}

/// A report, and what its row shows of it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    project: ProjectId,
    month: Month,
    report: Report,
    pub(super) submission: Option<Submission>,
    obstacles: Option<String>,
    reason: Option<String>,
    /// Whether it has a row.
    pub(super) written: bool,
}

impl Told {
    pub(super) fn new(project: &ProjectId, month: Month) -> Told {
        Told {
            project: project.clone(),
            month,
            report: Report::Open,
            submission: None,
            obstacles: None,
            reason: None,
            written: false,
        }
    }

    pub(super) fn take(&mut self, event: &ReportEvent, now: Submission) {
        self.report.evolve(event);
        self.reason = match event {
            ReportEvent::ReportSubmitted(submitted) => {
                self.submission = Some(now);
                self.obstacles.clone_from(&submitted.obstacles);
                None
            }
            ReportEvent::ReportAccepted(_) => None,
            ReportEvent::ReportReturned(returned) => Some(returned.reason.clone()),
            ReportEvent::ReportReopened(reopened) => Some(reopened.reason.clone()),
        };
    }

    pub(super) fn row(&self) -> Row {
        vec![
            self.project.to_string().into(),
            self.month.to_string().into(),
            self.report.state().into(),
            self.submission.map(|submission| submission.at).into(),
            self.obstacles.clone().into(),
            self.reason.clone().into(),
        ]
    }
}
