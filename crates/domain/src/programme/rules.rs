//! The rules a Region may choose. What a programme file leaves out takes its default.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Cents, service::ServiceKind};

/// What a point must have to be active, and to be opened at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PointRules {
    /// Opening hours a week; fewer only with a recorded reason.
    pub weekly_hours: u16,
    /// Opening days a week, where the plan states them: advice, not a gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_per_week: Option<u8>,
    /// Workstations.
    pub workstations: u16,
    /// Connection, Mbit/s.
    pub megabits_per_second: u32,
    /// Services every point must offer.
    pub must_offer: Vec<ServiceKind>,
    /// Hours of synchronous training a year: recommended, not binding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synchronous_training_hours_per_year: Option<u16>,
    /// The most a point may cost, where the plan limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub award_limit: Option<Cents>,
}

impl Default for PointRules {
    fn default() -> Self {
        PointRules {
            weekly_hours: 24,
            days_per_week: None,
            workstations: 2,
            megabits_per_second: 30,
            must_offer: vec![ServiceKind::IndividualFacilitation],
            synchronous_training_hours_per_year: None,
            award_limit: None,
        }
    }
}

/// What makes a service, hence a citizen, count; and how milestones read the count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CountingRules {
    /// Youngest age that counts, in whole years on the day of the service.
    pub minimum_age: u8,
    /// Kinds of service that count.
    pub qualifying_services: Vec<ServiceKind>,
    /// Whether a point counts while active or for ever once it was.
    pub points_basis: PointsBasis,
    /// Whose count a milestone looks at: `project`, and nothing else is adopted.
    pub milestone_scope: MilestoneScope,
    /// What becomes of the money when a milestone is met in part.
    pub reduction: Reduction,
    /// Days after the deadline by which the Region's act of acceptance must be dated.
    pub acceptance_cutoff_days: u16,
    /// Days after the cut-off within which a partly met milestone may be cured.
    pub cure_days: u16,
    /// How a redistribution treats what is still to be paid.
    pub redistribution: RedistributionRule,
}

impl Default for CountingRules {
    fn default() -> Self {
        CountingRules {
            minimum_age: 0,
            qualifying_services: vec![
                ServiceKind::IndividualFacilitation,
                ServiceKind::GroupFacilitation,
                ServiceKind::ClassroomTraining,
                ServiceKind::OnlineTraining,
            ],
            points_basis: PointsBasis::ActiveOnDate,
            milestone_scope: MilestoneScope::Project,
            reduction: Reduction::WeakestLink,
            acceptance_cutoff_days: 30,
            cure_days: 0,
            redistribution: RedistributionRule::ReSplit,
        }
    }
}

/// Which points a threshold on points counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointsBasis {
    /// Those active on the date.
    ActiveOnDate,
    /// Those that have ever been active.
    EverActivated,
}

/// Whose count a milestone looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneScope {
    /// Each project's own.
    Project,
    /// The programme's: refused, for nothing applies it; only events of older programs have it.
    Programme,
}

/// How a milestone met in part reduces its tranche.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// By the smaller of the two ratios.
    WeakestLink,
    /// Nothing unless everything is reached.
    AllOrNothing,
    /// By the mean of the two ratios, each at most one.
    Mean,
}

/// How a redistribution treats the tranches still to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RedistributionRule {
    /// The residual is split anew by the remaining shares.
    ReSplit,
    /// The difference is netted from the next tranche first.
    NetFirst,
}
