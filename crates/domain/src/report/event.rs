//! What happened to a monthly report.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ProjectId, event::events, time::Month};

/// The partnership reported on a month: on what was recorded before, and nothing after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportSubmitted {
    /// The project.
    pub project: ProjectId,
    /// The month.
    pub month: Month,
    /// What stood in the way, in the partnership's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacles: Option<String>,
    /// Who submitted it, by the account's name. It stands here too, since who accepts is compared with it.
    pub submitter: String,
}

/// The Region sent it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportReturned {
    /// The project.
    pub project: ProjectId,
    /// The month.
    pub month: Month,
    /// Why.
    pub reason: String,
}

/// The Region accepted it as it was submitted last: the month is locked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportAccepted {
    /// The project.
    pub project: ProjectId,
    /// The month.
    pub month: Month,
    /// The day of the act.
    pub on: Date,
    /// The legal act.
    pub act: String,
}

/// The Region reopened it: the month is locked no longer, and what was accepted stays so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportReopened {
    /// The project.
    pub project: ProjectId,
    /// The month.
    pub month: Month,
    /// Why.
    pub reason: String,
}

events! {
    /// What happened to a monthly report.
    ReportEvent {
        /// It was submitted.
        ReportSubmitted = "report_submitted" v1,
        /// It was sent back.
        ReportReturned = "report_returned" v1,
        /// It was accepted.
        ReportAccepted = "report_accepted" v1,
        /// It was reopened.
        ReportReopened = "report_reopened" v1,
    }
}

impl ReportEvent {
    /// The project and the month.
    #[must_use]
    pub fn of(&self) -> (&ProjectId, Month) {
        match self {
            ReportEvent::ReportSubmitted(said) => (&said.project, said.month),
            ReportEvent::ReportReturned(said) => (&said.project, said.month),
            ReportEvent::ReportAccepted(said) => (&said.project, said.month),
            ReportEvent::ReportReopened(said) => (&said.project, said.month),
        }
    }
}
