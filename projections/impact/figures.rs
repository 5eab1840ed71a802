//! What is said of a project: each figure before and after.

use serde::Serialize;
use traccia_domain::Cents;
use utoipa::ToSchema;

/// A figure before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figure {
    /// As it is.
    pub before: i64,
    /// As it would be.
    pub after: i64,
}

impl Figure {
    /// Whether it would change.
    #[must_use]
    pub fn moves(self) -> bool {
        self.before != self.after
    }
}

/// An amount of money before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    /// As it is.
    #[schema(value_type = String)]
    pub before: Cents,
    /// As it would be.
    #[schema(value_type = String)]
    pub after: Cents,
}

impl Amount {
    /// Whether it would change.
    #[must_use]
    pub fn moves(self) -> bool {
        self.before != self.after
    }
}

/// How something stands before and after; absent where it is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stands {
    /// As it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<&'static str>,
    /// As it would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<&'static str>,
}

impl Stands {
    /// Whether it would change.
    #[must_use]
    pub fn moves(self) -> bool {
        self.before != self.after
    }
}

/// Services before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Services {
    /// Recorded at the project's points.
    pub recorded: Figure,
    /// Those with no reason against them.
    pub qualifying: Figure,
}

/// A project's targets before and after, once every act that is known has taken effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImpactTargets)]
pub struct Targets {
    /// Points.
    pub points: Figure,
    /// Unique citizens.
    pub citizens: Figure,
    /// Services: recommended.
    pub services: Figure,
}

/// What would change in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImpactProject)]
pub struct Project {
    /// The project.
    pub project: String,
    /// Its programme.
    pub programme: String,
    /// Persons whose 1 is in the project.
    pub counted: Figure,
    /// Those who would not be counted if every dispute ended in a void and every proposal were confirmed.
    pub at_risk: Figure,
    /// Services.
    pub services: Services,
    /// Points that count as active on the day of the answer.
    pub active_points: Figure,
    /// What it has committed to.
    pub targets: Targets,
    /// Its milestones.
    pub milestones: Vec<Milestone>,
    /// What was claimed.
    pub claims: Vec<Claim>,
    /// Its money; absent for who may not read tranches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
}

/// A milestone, by the rules and targets that hold on its deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImpactMilestone)]
pub struct Milestone {
    /// The milestone: `M1`.
    pub milestone: String,
    /// Points that count for it.
    pub points: Figure,
    /// Points it needs; absent where points do not gate it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_needed: Option<Figure>,
    /// Citizens it needs; absent where citizens do not gate it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citizens_needed: Option<Figure>,
}

/// A claim, and what of it would still hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImpactClaim)]
pub struct Claim {
    /// The milestone and the position at which it was claimed: `M1-4711`.
    pub claim: String,
    /// Units that hold.
    pub units: Figure,
    /// Points that do.
    pub points: Figure,
    /// How the milestone stands by it; absent while it is not the milestone's last claim.
    pub standing: Stands,
}

/// A project's money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImpactMoney)]
pub struct Money {
    /// The award, once every act that is known has taken effect.
    pub award: Amount,
    /// Its tranches, in the order of the schedule.
    pub tranches: Vec<Tranche>,
    /// Exposures that would be opened, changed or closed.
    pub exposures: Vec<Exposure>,
}

/// A tranche.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImpactTranche)]
pub struct Tranche {
    /// The tranche.
    pub tranche: String,
    /// What it is planned to be.
    pub planned: Amount,
    /// What of it is payable by its certificate.
    pub payable: Amount,
    /// What was authorised, or would be.
    pub amount: Amount,
    /// How it stands.
    pub state: Stands,
}

/// An exposure that would be opened, changed or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImpactExposure)]
pub struct Exposure {
    /// Its name: of one that would be opened, if nothing else were written before.
    pub exposure: String,
    /// The tranche.
    pub tranche: String,
    /// How much.
    pub amount: Amount,
    /// What of it came back.
    pub settled: Amount,
    /// How it stands; nothing before it is opened.
    pub state: Stands,
}

impl Project {
    /// Whether anything said of it would change.
    pub(super) fn moves(&self) -> bool {
        let Project { counted, at_risk, services, active_points, targets, milestones, claims, money, .. } = self;
        let Targets { points, citizens, services: recommended } = targets;
        let figures = [counted, at_risk, &services.recorded, &services.qualifying, active_points];
        let figures = figures.into_iter().chain([points, citizens, recommended]);
        figures.into_iter().any(|figure| figure.moves())
            || milestones.iter().any(Milestone::moves)
            || claims.iter().any(Claim::moves)
            || money.as_ref().is_some_and(Money::moves)
    }
}

impl Milestone {
    /// Whether anything said of it would change.
    #[must_use]
    pub fn moves(&self) -> bool {
        let needed = [self.points_needed, self.citizens_needed];
        self.points.moves() || needed.into_iter().flatten().any(Figure::moves)
    }
}

impl Claim {
    /// Whether anything said of it would change.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.units.moves() || self.points.moves() || self.standing.moves()
    }
}

impl Money {
    fn moves(&self) -> bool {
        self.award.moves() || !self.exposures.is_empty() || self.tranches.iter().any(Tranche::moves)
    }
}

impl Tranche {
    /// Whether anything said of it would change.
    #[must_use]
    pub fn moves(&self) -> bool {
        [self.planned, self.payable, self.amount].into_iter().any(Amount::moves) || self.state.moves()
    }
}
