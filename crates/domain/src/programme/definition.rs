//! A programme as data: what `schemas/programmes/*.toml` and `DefineProgramme` hold.
//!
//! Figures are kept as the plan prints them, even where its tables do not add up; `plan.rs` names every difference.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Cents, ProgrammeId, ProvinceCode, Share,
    programme::rules::{CountingRules, PointRules},
    project::command::Commitment,
};

/// Reads a programme from JSON, the values of a programme file as JSON included: its days are then texts.
///
/// # Errors
/// When a field is missing, unknown or malformed. What the values mean is for `DefineProgramme` to judge.
pub fn from_json(value: serde_json::Value) -> serde_json::Result<Definition> {
    serde_json::from_value(value)
}

/// A Region's agreement (*programma*): award, targets, milestones, tranche schedule, rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its id.
    pub id: ProgrammeId,
    /// Its name, as the Region publishes it.
    pub name: String,
    /// The measure of the national plan, for example `M1C1-1.7.2`.
    pub measure: String,
    /// The project code of the national register of public investment (*CUP*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cup: Option<String>,
    /// The Region.
    pub region: Region,
    /// The money awarded to the whole programme.
    pub award: Cents,
    /// Always `EUR`.
    pub currency: String,
    /// First day, inclusive.
    #[serde(deserialize_with = "crate::time::day::read_stored")]
    pub starts: Date,
    /// Last day, inclusive.
    #[serde(deserialize_with = "crate::time::day::read_stored")]
    pub ends: Date,
    /// What the whole programme has promised.
    pub targets: Targets,
    /// Gates that release money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Milestone>,
    /// Cumulative targets shown beside the gates; they never gate money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitoring_targets: Vec<MonitoringTarget>,
    /// How the award is released.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tranches: Vec<TrancheRule>,
    /// Caps on expense items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expense_caps: Vec<ExpenseCap>,
    /// What a point must have to count.
    #[serde(default)]
    pub points: PointRules,
    /// What makes a service, hence a citizen, count.
    #[serde(default)]
    pub counting: CountingRules,
    /// The plan's table by province.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provinces: Vec<Province>,
}

/// A Region, by its code in the national statistics institute's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// ISTAT code, two digits.
    pub istat: String,
    /// Name.
    pub name: String,
}

/// What a programme or a project has promised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Points to activate.
    pub points: u32,
    /// Unique citizens to reach.
    pub citizens: u32,
    /// Services to give: recommended, never gating money.
    pub services: u32,
    /// Whether the services are binding; no known programme says so.
    #[serde(default)]
    pub services_binding: bool,
}

/// A gate that releases money when enough points and citizens are reached by a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// `M1`, `M2`, `M3`.
    pub id: String,
    /// Last day that counts, inclusive.
    #[serde(deserialize_with = "crate::time::day::read_stored")]
    pub deadline: Date,
    /// Share of the points target, rounded up to a whole point; none when points do not gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_share: Option<Share>,
    /// Share of the citizens target, rounded up to a whole citizen; none when citizens do not gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizens_share: Option<Share>,
}

impl Milestone {
    /// The points it needs of a target, rounded up; `None` when points do not gate it.
    #[must_use]
    pub fn points_needed(&self, targets: &Targets) -> Option<u32> {
        self.points_share.map(|share| share.ceil_of(targets.points))
    }

    /// The citizens it needs of a target, rounded up; `None` when citizens do not gate it.
    ///
    /// Never a monitoring target: Lombardia's M1 needs 85,386 where its table for the same day says 80,000.
    #[must_use]
    pub fn citizens_needed(&self, targets: &Targets) -> Option<u32> {
        self.citizens_share.map(|share| share.ceil_of(targets.citizens))
    }
}

impl From<&Commitment> for Targets {
    fn from(commitment: &Commitment) -> Self {
        let Commitment { points, citizens, services } = *commitment;
        Targets { points, citizens, services, services_binding: false }
    }
}

/// A cumulative target to be looked at, not to be paid on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitoringTarget {
    /// The day it is for, inclusive.
    #[serde(deserialize_with = "crate::time::day::read_stored")]
    pub by: Date,
    /// Citizens reached since the start.
    pub citizens: u32,
    /// Services given since the start.
    pub services: u32,
}

/// One share of the award and what releases it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrancheRule {
    /// `T1` to `T5`.
    pub id: String,
    /// Share of the award.
    pub share: Share,
    /// What releases it.
    pub trigger: Trigger,
}

/// What releases a tranche: `"approval"`, a milestone's id, or a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Trigger {
    /// A day.
    Day(#[serde(deserialize_with = "crate::time::day::read_stored")] Date),
    /// `"approval"`, or the id of a milestone.
    Named(String),
}

impl Trigger {
    /// How the approval of the application is named.
    pub const APPROVAL: &str = "approval";
}

/// The part of the money received that an item of expense may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpenseCap {
    /// The item, for example `training`.
    pub item: String,
    /// Its share of the contribution received.
    pub share: Share,
    /// Its share of what all projects together have received, where the measure caps it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure_share: Option<Share>,
}

/// A row of the plan's table by province.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Province {
    /// Code, for example `MI`.
    pub code: ProvinceCode,
    /// ISTAT code, three digits.
    pub istat: String,
    /// Name.
    pub name: String,
    /// Citizens to reach.
    pub citizens: u32,
    /// Money.
    pub award: Cents,
    /// Points to activate.
    pub points: u32,
    /// Services to give.
    pub services: u32,
    /// Citizens to reach in each semester, in order; `plan::semesters` says which the first is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub semester_citizens: Vec<u32>,
}
