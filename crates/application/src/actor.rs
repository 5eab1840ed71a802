//! Who asks.

use serde::{Deserialize, Serialize};
use traccia_domain::{Actor, PointId, ProgrammeId, ProjectId};

/// What a bearer's right is limited to. Only an admin and an auditor need no list; to anyone else, none is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Own programmes: of the Region, of a treasurer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<ProgrammeId>,
    /// Own projects: of a *capofila*.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<ProjectId>,
    /// Own points: of a facilitator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointId>,
}

/// Who asks, as the token says: subject, role and scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Who a commit will be by.
    pub actor: Actor,
    /// What the right is limited to.
    pub scope: Scope,
}
