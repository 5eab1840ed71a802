//! What a partnership says of a facilitator.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FacilitatorId, PointId, ProjectId};

/// Enrols a facilitator, or states role, points and dates again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolFacilitator {
    /// The facilitator.
    pub facilitator: FacilitatorId,
    /// The project they work for.
    pub project: ProjectId,
    /// Accepted and dropped at the door: no name enters the log.
    #[serde(default, skip_serializing)]
    pub name: Option<String>,
    /// In which role.
    pub role: FacilitatorRole,
    /// Where.
    pub points: Vec<PointId>,
    /// First day.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub from: Date,
    /// First day they no longer are.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::time::day::read_some")]
    pub until: Option<Date>,
    /// Their training certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Whether they are a case manager of the GOL programme, who cannot be a facilitator.
    #[serde(default)]
    pub gol_case_manager: bool,
}

/// In which role somebody gives services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FacilitatorRole {
    /// A facilitator of measure 1.7.2.
    Facilitator,
    /// A volunteer of the *Servizio civile digitale*, measure 1.7.1: what they deliver is counted apart.
    ScdVolunteer,
}

/// A facilitator stops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndFacilitator {
    /// The facilitator.
    pub facilitator: FacilitatorId,
    /// First day they no longer are one.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub on: Date,
}
