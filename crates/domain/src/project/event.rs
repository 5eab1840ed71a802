//! What happened to a project.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::{Commitment, Funding, Organisation};
use crate::{Cents, ProgrammeId, ProvinceCode, Share, event::events, programme::definition::Trigger};

/// A partnership applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApplicationSubmitted {
    /// The programme.
    pub programme: ProgrammeId,
    /// The project's name.
    pub name: String,
    /// Its own code in the national register of public investment (*CUP*), where it has one; else it is under its
    /// programme's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cup: Option<String>,
    /// Who leads the partnership.
    pub lead: Organisation,
    /// The other members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<Organisation>,
    /// The money asked for.
    pub award: Cents,
    /// What it commits to.
    pub targets: Commitment,
    /// Where it works.
    pub provinces: Vec<ProvinceCode>,
    /// First day, inclusive.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Date,
}

/// The Region approved; the tranches are fixed to the cent and sum to the award.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApplicationApproved {
    /// The legal act.
    pub act: String,
    /// The day of the act.
    pub on: Date,
    /// The tranche schedule, by largest remainder; empty where the programme states none.
    pub tranches: Vec<PlannedTranche>,
}

/// A tranche as the approval fixed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedTranche {
    /// `T1` to `T5`.
    pub id: String,
    /// Share of the award.
    pub share: Share,
    /// What releases it.
    pub trigger: Trigger,
    /// Its amount.
    pub amount: Cents,
}

/// The Region turned the application down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApplicationRejected {
    /// Why.
    pub reason: String,
    /// The day of the decision.
    pub on: Date,
}

/// From a day on, services are paid from another source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FundingLineSwitched {
    /// First day it holds.
    pub from: Date,
    /// Who pays.
    pub funding: Funding,
    /// Where the money comes from.
    pub source: String,
    /// The legal act.
    pub act: String,
}

events! {
    /// What happened to a project.
    ProjectEvent {
        /// A partnership applied.
        ApplicationSubmitted = "application_submitted" v2,
        /// The Region approved.
        ApplicationApproved = "application_approved" v1,
        /// The Region turned it down.
        ApplicationRejected = "application_rejected" v1,
        /// Services are paid from another source.
        FundingLineSwitched = "funding_line_switched" v1,
    }
}
