//! What happened to a point.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::PointKind;
use crate::{ProjectId, ProvinceCode, event::events, service::ServiceKind};

/// It was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PointOpened {
    /// The project it belongs to.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// How it is placed.
    pub kind: PointKind,
    /// Its province.
    pub province: ProvinceCode,
    /// Its municipality.
    pub municipality: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// First day it receives citizens.
    pub opened_on: Date,
    /// Opening hours a week.
    pub weekly_hours: u16,
    /// Opening days a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_per_week: Option<u8>,
    /// Workstations.
    pub workstations: u16,
    /// Connection, Mbit/s.
    pub megabits_per_second: u32,
    /// What it offers.
    pub services: Vec<ServiceKind>,
    /// Whether it existed before and was upgraded.
    #[serde(default)]
    pub upgraded: bool,
    /// Why it opens for fewer hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduced_hours_reason: Option<String>,
}

macro_rules! point_changed {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// First day the old state no longer holds.
            pub on: Date,
            /// Why.
            pub reason: String,
        }
    )+};
}

point_changed! {
    /// It stopped receiving citizens for a while.
    PointSuspended
    /// It receives citizens again.
    PointResumed
    /// It stopped for good.
    PointClosed
    /// It was opened in error.
    PointVoided
}

events! {
    /// What happened to a point.
    PointEvent {
        /// It was opened.
        PointOpened = "point_opened" v1,
        /// It stopped for a while.
        PointSuspended = "point_suspended" v1,
        /// It receives citizens again.
        PointResumed = "point_resumed" v1,
        /// It stopped for good.
        PointClosed = "point_closed" v1,
        /// It was opened in error.
        PointVoided = "point_voided" v1,
    }
}
