//! What a Region asks of a programme.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change::{CountingChange, PointsChange},
    definition::ExpenseCap,
};
use crate::{Cents, ProgrammeId, ProjectId, time::Month};

/// Changes rules from an effective date on, on the ground of an act. What is left out, whole parts or fields of them, stays
/// as it is in force on that date. Rules adopted before with a later effective date hold from then on as they were adopted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptRules {
    /// The programme.
    pub programme: ProgrammeId,
    /// The legal act.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub act: String,
    /// First day the rules hold; it may lie in the past, and history is then judged again.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub effective_on: Date,
    /// Counting rules that change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counting: Option<CountingChange>,
    /// Requirements on points that change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsChange>,
    /// New caps, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expense_caps: Option<Vec<ExpenseCap>>,
}

/// Says until when facts dated in a month may be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetReportingWindow {
    /// The programme.
    pub programme: ProgrammeId,
    /// The month of the facts.
    pub month: Month,
    /// Last day they may be recorded, inclusive.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub until: Date,
    /// The legal act.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub act: String,
}

/// Gives projects new awards and targets from a day on, on the ground of an act. Over the projects it names, sums are what
/// they were; what is over goes to a reserve by name, and what is missing comes from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptRedistribution {
    /// The programme.
    pub programme: ProgrammeId,
    /// The legal act.
    #[serde(deserialize_with = "crate::reason::read_act")]
    #[schemars(length(max = 500))]
    pub act: String,
    /// First day the new awards and targets hold; not before that of an act adopted earlier.
    #[serde(deserialize_with = "crate::time::day::read")]
    pub effective_on: Date,
    /// The projects, each with what it has from then on.
    pub projects: Vec<NewCommitment>,
    /// The reserve that takes or gives the difference, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<String>,
}

/// What a project has been awarded and has committed to from a redistribution on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommitment {
    /// The project.
    pub project: ProjectId,
    /// Its award.
    pub award: Cents,
    /// Points to activate.
    pub points: u32,
    /// Unique citizens to reach.
    pub citizens: u32,
    /// Services to give: recommended.
    pub services: u32,
}
