//! What happened to a service.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ServiceKind,
    details::{Mode, Questionnaire},
};
use crate::{FacilitatorId, PointId, RecordId, ServiceId, TimeOfDay, event::events};

/// It was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceRecorded {
    /// To which record it was given.
    pub record: RecordId,
    /// Where.
    pub point: PointId,
    /// By whom.
    pub facilitator: FacilitatorId,
    /// With a volunteer: the facilitator who was there too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_by: Option<FacilitatorId>,
    /// On which day.
    pub occurred_on: Date,
    /// At what time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<TimeOfDay>,
    /// For how long.
    pub minutes: u16,
    /// Which kind of service.
    pub kind: ServiceKind,
    /// Age in whole years on the day, computed at the door; absent where nothing tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// In person, or from afar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// DigComp competences, 1 to 13.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub competences: Vec<u8>,
    /// Domains of public digital services, `A` to `S`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<char>,
    /// Answers to the citizen's questionnaire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questionnaire: Option<Questionnaire>,
    /// The voided service this one takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers_to: Option<ServiceId>,
}

macro_rules! said_of_a_service {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// Why.
            pub reason: String,
        }
    )+};
}

said_of_a_service! {
    /// Somebody doubts it; it still counts.
    ServiceDisputed
    /// The doubt was settled in its favour.
    ServiceUpheld
    /// It counts no more. Final.
    ServiceVoided
}

events! {
    /// What happened to a service.
    ServiceEvent {
        /// It was recorded.
        ServiceRecorded = "service_recorded" v1,
        /// Somebody doubts it.
        ServiceDisputed = "service_disputed" v1,
        /// The doubt was settled in its favour.
        ServiceUpheld = "service_upheld" v1,
        /// It counts no more.
        ServiceVoided = "service_voided" v1,
    }
}
