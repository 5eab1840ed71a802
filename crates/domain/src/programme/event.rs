//! What happened to a programme.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    definition::{Definition, ExpenseCap},
    rules::{CountingRules, PointRules},
};
use crate::{event::events, time::Month};

/// A programme was defined, as its plan prints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeDefined {
    /// The whole definition.
    pub definition: Box<Definition>,
}

/// Rules were adopted from an effective date on. What is absent stays as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RulesAdopted {
    /// The legal act.
    pub act: String,
    /// First day they hold.
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

/// A month's reporting window was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportingWindowSet {
    /// The month of the facts.
    pub month: Month,
    /// Last day they may be recorded, inclusive.
    pub until: Date,
    /// The legal act.
    pub act: String,
}

events! {
    /// What happened to a programme.
    ProgrammeEvent {
        /// It was defined.
        ProgrammeDefined = "programme_defined" v1,
        /// Rules were adopted.
        RulesAdopted = "rules_adopted" v1,
        /// A month's reporting window was set.
        ReportingWindowSet = "reporting_window_set" v1,
    }
}
