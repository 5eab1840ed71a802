//! What partnerships and the Region ask of a project.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Cents, ProgrammeId, ProjectId, ProvinceCode};

/// A partnership applies for a part of the programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitApplication {
    /// The project.
    pub project: ProjectId,
    /// The programme it is part of.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// Its own code in the national register of public investment (*CUP*), where it has one; else it is under its
    /// programme's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cup: Option<String>,
    /// Who leads the partnership (*capofila*).
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
    #[serde(deserialize_with = "crate::time::day::read")]
    pub starts: Date,
    /// Last day, inclusive.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub ends: Date,
}

/// A body that takes part in a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its tax id (*codice fiscale dell'ente*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<String>,
}

/// What a project commits to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Points to activate.
    pub points: u32,
    /// Unique citizens to reach.
    pub citizens: u32,
    /// Services to give: recommended.
    pub services: u32,
}

/// The Region approves an application; the tranches are fixed to the cent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveApplication {
    /// The project.
    pub project: ProjectId,
    /// The legal act.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub act: String,
    /// The day of the act.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub on: Date,
}

/// The Region turns an application down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectApplication {
    /// The project.
    pub project: ProjectId,
    /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
    #[serde(deserialize_with = "crate::reason::read")]
    #[schemars(length(max = 500))]
    pub reason: String,
    /// The day of the decision.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub on: Date,
}

/// From a day on, a project's services are paid from another source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchFundingLine {
    /// The project.
    pub project: ProjectId,
    /// First day it holds.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub from: Date,
    /// Who pays.
    pub funding: Funding,
    /// Where the money comes from, in words.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub source: String,
    /// The legal act.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub act: String,
}

/// Who pays for a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// The national recovery plan: the service may count.
    #[default]
    Pnrr,
    /// Anything else: it does not.
    Other,
}
