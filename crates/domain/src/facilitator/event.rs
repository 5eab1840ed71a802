//! What happened to a facilitator.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::FacilitatorRole;
use crate::{PointId, ProjectId, event::events};

/// Role, points and dates were stated, for the first time or again; the latest statement holds for all of history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FacilitatorEnrolled {
    /// The project.
    pub project: ProjectId,
    /// In which role.
    pub role: FacilitatorRole,
    /// Where.
    pub points: Vec<PointId>,
    /// First day.
    pub from: Date,
    /// First day they no longer are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Their training certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

/// They stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FacilitatorEnded {
    /// First day they no longer are one.
    pub on: Date,
}

events! {
    /// What happened to a facilitator.
    FacilitatorEvent {
        /// Role, points and dates were stated.
        FacilitatorEnrolled = "facilitator_enrolled" v1,
        /// They stopped.
        FacilitatorEnded = "facilitator_ended" v1,
    }
}
