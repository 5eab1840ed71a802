//! What a Region asks of a programme.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    definition::ExpenseCap,
    rules::{CountingRules, PointRules},
};
use crate::{ProgrammeId, time::Month};

/// Replaces rules from an effective date on, on the ground of an act. What is left out stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptRules {
    /// The programme.
    pub programme: ProgrammeId,
    /// The legal act.
    pub act: String,
    /// First day the rules hold; it may lie in the past, and history is then judged again.
    pub effective_on: Date,
    /// New counting rules, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counting: Option<CountingRules>,
    /// New requirements on points, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointRules>,
    /// New caps, whole.
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
    pub until: Date,
    /// The legal act.
    pub act: String,
}
