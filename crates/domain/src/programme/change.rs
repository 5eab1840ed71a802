//! A change of rules as it is asked for: only what is stated changes, the rest stays as it is in force.
//!
//! The event that follows holds the rules whole, so that it means the same for ever.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::rules::{CountingRules, MilestoneScope, PointRules, PointsBasis, RedistributionRule, Reduction};
use crate::{Cents, service::ServiceKind};

/// Requirements on points, as far as they change. What is left out stays as it is in force on the effective date.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PointsChange {
    /// Opening hours a week; fewer only with a recorded reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly_hours: Option<u16>,
    /// Opening days a week, or `null` to state none any more.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "stated")]
    pub days_per_week: Option<Option<u8>>,
    /// Workstations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workstations: Option<u16>,
    /// Connection, Mbit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub megabits_per_second: Option<u32>,
    /// Services every point must offer, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub must_offer: Option<Vec<ServiceKind>>,
    /// Hours of synchronous training a year, or `null` to recommend none any more.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "stated")]
    pub synchronous_training_hours_per_year: Option<Option<u16>>,
    /// The most a point may cost, or `null` for no limit any more.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "stated")]
    pub award_limit: Option<Option<Cents>>,
}

impl PointsChange {
    /// The whole rules: what is stated here, the rest as it is in force.
    #[must_use]
    pub fn onto(&self, in_force: &PointRules) -> PointRules {
        let change = self.clone();
        PointRules {
            weekly_hours: change.weekly_hours.unwrap_or(in_force.weekly_hours),
            days_per_week: change.days_per_week.unwrap_or(in_force.days_per_week),
            workstations: change.workstations.unwrap_or(in_force.workstations),
            megabits_per_second: change.megabits_per_second.unwrap_or(in_force.megabits_per_second),
            must_offer: change.must_offer.unwrap_or_else(|| in_force.must_offer.clone()),
            synchronous_training_hours_per_year: change
                .synchronous_training_hours_per_year
                .unwrap_or(in_force.synchronous_training_hours_per_year),
            award_limit: change.award_limit.unwrap_or(in_force.award_limit),
        }
    }
}

/// Counting rules, as far as they change. What is left out stays as it is in force on the effective date.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CountingChange {
    /// Youngest age that counts, in whole years on the day of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<u8>,
    /// Kinds of service that count, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifying_services: Option<Vec<ServiceKind>>,
    /// Whether a point counts while active or for ever once it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_basis: Option<PointsBasis>,
    /// Whose count a milestone looks at: `project`, and nothing else is adopted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milestone_scope: Option<MilestoneScope>,
    /// What becomes of the money when a milestone is met in part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reduction: Option<Reduction>,
    /// Days after the deadline by which the Region's act of acceptance must be dated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance_cutoff_days: Option<u16>,
    /// Days after the cut-off within which a partly met milestone may be cured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure_days: Option<u16>,
    /// How a redistribution treats what is still to be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redistribution: Option<RedistributionRule>,
}

impl CountingChange {
    /// The whole rules: what is stated here, the rest as it is in force.
    #[must_use]
    pub fn onto(&self, in_force: &CountingRules) -> CountingRules {
        let change = self.clone();
        CountingRules {
            minimum_age: change.minimum_age.unwrap_or(in_force.minimum_age),
            qualifying_services: change.qualifying_services.unwrap_or_else(|| in_force.qualifying_services.clone()),
            points_basis: change.points_basis.unwrap_or(in_force.points_basis),
            milestone_scope: change.milestone_scope.unwrap_or(in_force.milestone_scope),
            reduction: change.reduction.unwrap_or(in_force.reduction),
            acceptance_cutoff_days: change.acceptance_cutoff_days.unwrap_or(in_force.acceptance_cutoff_days),
            cure_days: change.cure_days.unwrap_or(in_force.cure_days),
            redistribution: change.redistribution.unwrap_or(in_force.redistribution),
        }
    }
}

/// A field that is there says something, though it be `null`; one that is not there says nothing.
fn stated<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(field).map(Some)
}
