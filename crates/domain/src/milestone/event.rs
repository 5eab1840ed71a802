//! What happened to a project's milestones.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::Checked;
use crate::{
    Hash, Position, RecordId,
    event::events,
    money::reduction::Gate,
    programme::rules::{PointsBasis, Reduction},
};

/// A milestone was claimed: at this event's own position the fold freezes the units that qualify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneClaimed {
    /// The milestone.
    pub milestone: String,
    /// The terms it is judged by, as they were when it was claimed.
    pub terms: Terms,
    /// Whether it is the second claim, after one that was certified as met in part.
    pub cure: bool,
}

/// What a milestone asks of a project, in absolute numbers and days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Terms {
    /// Last day whose services count, inclusive.
    pub counts_until: Date,
    /// Last day of an act of acceptance that counts, inclusive.
    pub accepted_until: Date,
    /// The day whose points are looked at.
    pub points_on: Date,
    /// Which points count.
    pub points_basis: PointsBasis,
    /// Points needed, rounded up; absent where points do not gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_needed: Option<u32>,
    /// Citizens needed, rounded up; absent where citizens do not gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizens_needed: Option<u32>,
    /// What becomes of the tranche when it is met in part.
    pub reduction: Reduction,
    /// The version of the rules.
    pub rules: u32,
}

/// A claim was certified against the very list it froze.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneCertified {
    /// The milestone.
    pub milestone: String,
    /// The position of the claim.
    pub claim: Position,
    /// How many units the frozen list has.
    pub count: u32,
    /// The list's root hash.
    pub root: Hash,
    /// Points, where they gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Gate>,
    /// Citizens, where they gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizens: Option<Gate>,
    /// What becomes of the tranche when it is met in part.
    pub reduction: Reduction,
    /// The version of the rules.
    pub rules: u32,
}

impl MilestoneCertified {
    /// Whether everything needed was reached; else it is met in part.
    #[must_use]
    pub fn met(&self) -> bool {
        self.points.into_iter().chain(self.citizens).all(Gate::met)
    }

    /// The same as if it were given on what is held now.
    #[must_use]
    pub fn holding(&self, points: u32, citizens: u32) -> MilestoneCertified {
        let now = |gate: Option<Gate>, reached| gate.map(|gate| Gate { reached, ..gate });
        MilestoneCertified { points: now(self.points, points), citizens: now(self.citizens, citizens), ..self.clone() }
    }
}

/// Units of a claim were drawn; anybody can draw them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SampleDrawn {
    /// The milestone.
    pub milestone: String,
    /// The position of the claim.
    pub claim: Position,
    /// The root hash of the claim's list.
    pub root: Hash,
    /// How many units the list has.
    pub count: u32,
    /// The value that was made public after the claim.
    pub public_value: String,
    /// The units, in the order drawn: the persons' serials.
    pub units: Vec<RecordId>,
}

/// A unit that was drawn was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingRecorded {
    /// The milestone.
    pub milestone: String,
    /// The position of the claim.
    pub claim: Position,
    /// The unit.
    pub unit: RecordId,
    /// Whether what was claimed is so.
    pub finding: Checked,
    /// What was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

events! {
    /// What happened to a project's milestones.
    MilestoneEvent {
        /// One was claimed.
        MilestoneClaimed = "milestone_claimed" v1,
        /// It was certified.
        MilestoneCertified = "milestone_certified" v1,
        /// A sample was drawn.
        SampleDrawn = "sample_drawn" v1,
        /// A unit was looked at.
        FindingRecorded = "finding_recorded" v1,
    }
}
