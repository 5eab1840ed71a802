//! What a partnership asks of a point.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{PointId, ProjectId, ProvinceCode, service::ServiceKind};

/// Opens a point (*punto di facilitazione digitale*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenPoint {
    /// The point.
    pub point: PointId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// Fixed, itinerant or seasonal.
    pub kind: PointKind,
    /// Its province.
    pub province: ProvinceCode,
    /// Its municipality.
    pub municipality: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// First day it receives citizens.
    #[serde(deserialize_with = "crate::time::day::read")]
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
    /// Whether it existed before and was upgraded (*potenziato*); it counts like a new one.
    #[serde(default)]
    pub upgraded: bool,
    /// Why it opens for fewer hours than the programme asks for: at most 500 characters, kept for ever and shown. Do not
    /// write names, documents or contacts here.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::reason::read_some")]
    #[schemars(length(max = 500))]
    pub reduced_hours_reason: Option<String>,
}

/// How a point is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// Always at one place.
    Fixed,
    /// Moves between stops; one point however many they are.
    Itinerant,
    /// Open in a season.
    Seasonal,
}

macro_rules! point_changes {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The point.
            pub point: PointId,
            /// The day it takes effect: the first day the old state no longer holds.
            #[serde(deserialize_with = "crate::time::day::read")]
            pub on: Date,
            /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
            #[serde(deserialize_with = "crate::reason::read")]
            #[schemars(length(max = 500))]
            pub reason: String,
        }
    )+};
}

point_changes! {
    /// A point stops receiving citizens for a while.
    SuspendPoint
    /// A suspended point receives citizens again.
    ResumePoint
    /// A point stops for good; what it did still counts. Said again with another day, that day holds.
    ClosePoint
    /// A point was opened in error: it never was one.
    VoidPoint
}
