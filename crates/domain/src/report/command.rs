//! What the partnership and the Region ask of a monthly report.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ProjectId, time::Month};

/// The partnership reports on a month. The content is computed; only the obstacles are its own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitReport {
    /// The project.
    pub project: ProjectId,
    /// The month: one of the project's, and over.
    pub month: Month,
    /// What stood in the way (*criticità*): at most 2,000 characters, kept for ever and shown. Do not write names,
    /// documents or contacts here.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::reason::read_account")]
    #[schemars(length(max = 2000))]
    pub obstacles: Option<String>,
}

/// The Region sends a report back, to be submitted again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnReport {
    /// The project.
    pub project: ProjectId,
    /// The month.
    pub month: Month,
    /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
    #[serde(deserialize_with = "crate::reason::read")]
    #[schemars(length(max = 500))]
    pub reason: String,
}

/// The Region accepts a report: the month is locked. By another than who submitted it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptReport {
    /// The project.
    pub project: ProjectId,
    /// The month.
    pub month: Month,
    /// The day of the act: what the cut-off of a milestone looks at.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub on: Date,
    /// The legal act.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub act: String,
}

/// The Region reopens an accepted report: the month is locked no longer. What was accepted stays accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenReport {
    /// The project.
    pub project: ProjectId,
    /// The month.
    pub month: Month,
    /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
    #[serde(deserialize_with = "crate::reason::read")]
    #[schemars(length(max = 500))]
    pub reason: String,
}

/// What can be asked of a report; submitting and accepting by a person, by the account's name.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportCommand {
    /// Submit it.
    Submit {
        /// What is submitted.
        report: SubmitReport,
        /// Who submits it, and does not accept it.
        by: String,
    },
    /// Send it back.
    Return(ReturnReport),
    /// Accept it.
    Accept {
        /// The act.
        acceptance: AcceptReport,
        /// Who accepts it.
        by: String,
    },
    /// Reopen it.
    Reopen(ReopenReport),
}

impl ReportCommand {
    /// The project and the month.
    #[must_use]
    pub fn of(&self) -> (&ProjectId, Month) {
        match self {
            ReportCommand::Submit { report, .. } => (&report.project, report.month),
            ReportCommand::Return(said) => (&said.project, said.month),
            ReportCommand::Accept { acceptance, .. } => (&acceptance.project, acceptance.month),
            ReportCommand::Reopen(said) => (&said.project, said.month),
        }
    }
}
