//! What a partnership claims, and what the Region makes of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Hash, ProjectId, RecordId};

/// A partnership claims a milestone: what qualifies now is frozen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimMilestone {
    /// The project.
    pub project: ProjectId,
    /// The milestone, as the programme names it: `M1`.
    #[schemars(length(max = 64))]
    pub milestone: String,
}

/// The Region certifies a claim: it states the very count and root that were frozen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifyMilestone {
    /// The project.
    pub project: ProjectId,
    /// The milestone, as the programme names it: `M1`.
    #[schemars(length(max = 64))]
    pub milestone: String,
    /// How many units the frozen list has.
    pub count: u32,
    /// The list's root hash.
    pub root: Hash,
}

/// The Region draws the units of a claim to look at, with a value that nobody knew before the claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawSample {
    /// The project.
    pub project: ProjectId,
    /// The milestone, as the programme names it: `M1`.
    #[schemars(length(max = 64))]
    pub milestone: String,
    /// A value made public after the claim, for example the numbers of a national lottery's next drawing.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(min = 1, max = 500))]
    pub public_value: String,
    /// How many units: 60 unless told, 1,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub size: Option<u32>,
}

/// What was found of a unit that was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordFinding {
    /// The project.
    pub project: ProjectId,
    /// The milestone, as the programme names it: `M1`.
    #[schemars(length(max = 64))]
    pub milestone: String,
    /// The unit: the person's serial.
    pub unit: RecordId,
    /// Whether what was claimed is so.
    pub finding: Checked,
    /// What was seen: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::reason::read_some")]
    #[schemars(length(max = 500))]
    pub note: Option<String>,
}

/// What a check of a unit ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// The service took place as it was recorded.
    Confirmed,
    /// It did not.
    Error,
}

impl Checked {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Checked::Confirmed => "confirmed",
            Checked::Error => "error",
        }
    }
}

/// What can be asked of a project's milestones.
#[derive(Clone, Debug, PartialEq)]
pub enum MilestoneCommand {
    /// Claim one.
    Claim(ClaimMilestone),
    /// Certify it.
    Certify {
        /// What is certified.
        said: CertifyMilestone,
        /// Who certifies, by the account's name.
        by: String,
    },
    /// Draw a sample.
    Draw(DrawSample),
    /// Say what was found.
    Find(RecordFinding),
}

impl MilestoneCommand {
    /// The project.
    #[must_use]
    pub fn project(&self) -> &ProjectId {
        match self {
            MilestoneCommand::Claim(claim) => &claim.project,
            MilestoneCommand::Certify { said, .. } => &said.project,
            MilestoneCommand::Draw(draw) => &draw.project,
            MilestoneCommand::Find(find) => &find.project,
        }
    }

    /// The milestone.
    #[must_use]
    pub fn milestone(&self) -> &str {
        match self {
            MilestoneCommand::Claim(claim) => &claim.milestone,
            MilestoneCommand::Certify { said, .. } => &said.milestone,
            MilestoneCommand::Draw(draw) => &draw.milestone,
            MilestoneCommand::Find(find) => &find.milestone,
        }
    }
}
