//! What a facilitator records, and what is said of it later.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ServiceKind, ServiceRefusal,
    details::{Mode, Questionnaire},
};
use crate::{FacilitatorId, PointId, RecordId, ServiceId, TimeOfDay};

macro_rules! recording {
    ($($(#[$doc:meta])* $name:ident { $(#[$whom:meta])* $citizen:ident: $type:ty })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(#[$whom])*
            pub $citizen: $type,
            /// Where.
            pub point: PointId,
            /// By whom.
            pub facilitator: FacilitatorId,
            /// With a volunteer: the facilitator who was there too.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub supported_by: Option<FacilitatorId>,
            /// On which day.
            #[serde(deserialize_with = "crate::time::day::read")]
            pub occurred_on: Date,
            /// At what time; needed to tell two services of one day apart.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub start_time: Option<TimeOfDay>,
            /// For how long.
            pub minutes: u16,
            /// Which kind of service.
            pub kind: ServiceKind,
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
    )+};
}

recording! {
    /// Records one service given to one citizen.
    RecordService {
        /// The record of the citizen.
        citizen: RecordId
    }
    /// Records one service for each of several citizens who were there together.
    RecordGroupSession {
        /// The records of the citizens.
        citizens: Vec<RecordId>
    }
}

macro_rules! said_of_a_service {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The service.
            pub service: ServiceId,
            /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
            #[serde(deserialize_with = "crate::reason::read")]
            #[schemars(length(max = 500))]
            pub reason: String,
        }
    )+};
}

said_of_a_service! {
    /// Somebody doubts a service; it still counts, and is shown as at risk.
    DisputeService
    /// The doubt is settled in favour of the service.
    UpholdService
    /// The service was not given, or not so: it counts no more. Final.
    VoidService
}

impl RecordGroupSession {
    /// The most citizens in one session.
    pub const MOST_CITIZENS: usize = 200;

    /// Checks who was there; each service is then decided by itself.
    ///
    /// # Errors
    /// When nobody was, somebody is named twice, or there are too many for one session.
    pub fn check(&self) -> Result<(), ServiceRefusal> {
        let refused = |why| Err(ServiceRefusal::Invalid { pointer: "/citizens", why });
        if self.citizens.is_empty() {
            return refused("a session has one citizen at least");
        }
        if self.citizens.len() > Self::MOST_CITIZENS {
            return refused("a session has at most 200 citizens");
        }
        let mut seen = std::collections::BTreeSet::new();
        if self.citizens.iter().all(|citizen| seen.insert(citizen)) {
            Ok(())
        } else {
            refused("each citizen is named once")
        }
    }

    /// One service for each citizen, in the order they are named.
    pub fn services(&self) -> impl Iterator<Item = RecordService> {
        self.citizens.iter().map(|citizen| RecordService {
            citizen: *citizen,
            point: self.point.clone(),
            facilitator: self.facilitator.clone(),
            supported_by: self.supported_by.clone(),
            occurred_on: self.occurred_on,
            start_time: self.start_time,
            minutes: self.minutes,
            kind: self.kind,
            mode: self.mode,
            competences: self.competences.clone(),
            domains: self.domains.clone(),
            questionnaire: self.questionnaire.clone(),
            refers_to: self.refers_to,
        })
    }
}
