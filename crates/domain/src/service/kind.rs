//! Kinds of service.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of service (*tipo di servizio*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Welcome and information at the desk.
    Reception,
    /// Facilitation for one person.
    IndividualFacilitation,
    /// Facilitation for a group.
    GroupFacilitation,
    /// Training in a room.
    ClassroomTraining,
    /// Training on line.
    OnlineTraining,
    /// Anything else.
    Other,
}

impl ServiceKind {
    /// Every kind.
    pub const ALL: [ServiceKind; 6] = [
        ServiceKind::Reception,
        ServiceKind::IndividualFacilitation,
        ServiceKind::GroupFacilitation,
        ServiceKind::ClassroomTraining,
        ServiceKind::OnlineTraining,
        ServiceKind::Other,
    ];

    /// How it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ServiceKind::Reception => "reception",
            ServiceKind::IndividualFacilitation => "individual_facilitation",
            ServiceKind::GroupFacilitation => "group_facilitation",
            ServiceKind::ClassroomTraining => "classroom_training",
            ServiceKind::OnlineTraining => "online_training",
            ServiceKind::Other => "other",
        }
    }
}
