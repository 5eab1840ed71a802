//! What happened to a programme.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    command::NewCommitment,
    definition::{Definition, ExpenseCap},
    rules::{CountingRules, PointRules},
};
use crate::{Cents, event::events, time::Month};

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

/// Projects were given new awards and targets from a day on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RedistributionAdopted {
    /// The legal act.
    pub act: String,
    /// First day they hold.
    pub effective_on: Date,
    /// The projects, each with what it has from then on.
    pub projects: Vec<NewCommitment>,
    /// The reserve that took or gave the difference, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<Reserve>,
}

/// What a reserve holds after a redistribution put the difference into it, or took it from there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reserve {
    /// The reserve's name.
    pub name: String,
    /// Money.
    pub award: Cents,
    /// Points to activate.
    pub points: u64,
    /// Unique citizens to reach.
    pub citizens: u64,
    /// Services to give.
    pub services: u64,
}

events! {
    /// What happened to a programme.
    ProgrammeEvent {
        /// It was defined.
        ProgrammeDefined = "programme_defined" v1,
        /// Rules were adopted.
        RulesAdopted = "rules_adopted" v1,
        /// Projects were given new awards and targets.
        RedistributionAdopted = "redistribution_adopted" v1,
        /// A month's reporting window was set.
        ReportingWindowSet = "reporting_window_set" v1,
    }
}
