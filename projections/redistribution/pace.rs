//! What slow projects will not reach, to fast ones that would exceed theirs. Arithmetic alone.

use serde::Serialize;
use traccia_domain::{Cents, money::apportion};
use utoipa::ToSchema;

/// What a project is awarded and has committed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Committed {
    /// Its award.
    #[schema(value_type = String)]
    pub award: Cents,
    /// Points to activate.
    pub points: u64,
    /// Unique citizens to reach.
    pub citizens: u64,
    /// Services to give: recommended.
    pub services: u64,
}

/// A project as the rule looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runner {
    /// What it has now.
    pub holds: Committed,
    /// Citizens it will have reached, at its pace.
    pub reach: u64,
    /// Citizens certified: its target is not below them.
    pub certified: u64,
    /// Money released: its award is not below it.
    pub released: Cents,
}

impl Runner {
    /// The citizens it can give: those it will not reach, as far as their money is still there.
    fn spare(&self) -> u64 {
        let short = self.holds.citizens.saturating_sub(self.reach.max(self.certified));
        let free = (self.holds.award - self.released).0.max(0).unsigned_abs();
        match self.holds.award.0.unsigned_abs() {
            0 => short,
            award => short.min(part(self.holds.citizens, free, award)),
        }
    }

    /// The citizens it would reach beyond its target.
    fn excess(&self) -> u64 {
        self.reach.saturating_sub(self.holds.citizens)
    }
}

/// What each project would have, in their order. Citizens, cents and services sum to what they did; points stay.
#[must_use]
pub fn redistributed(projects: &[Runner]) -> Vec<Committed> {
    let spare: Vec<u64> = projects.iter().map(Runner::spare).collect();
    let excess: Vec<u64> = projects.iter().map(Runner::excess).collect();
    let moved = spare.iter().sum::<u64>().min(excess.iter().sum());
    let given = counted(apportion(moved.cast_signed(), &spare));
    let taken = counted(apportion(moved.cast_signed(), &excess));
    // Money and services go along with the citizens they were meant for, downwards: what is left stays where it is.
    let along = |whole: fn(&Committed) -> u64| {
        let leaves = |(project, given): (&Runner, &u64)| part(whole(&project.holds), *given, project.holds.citizens);
        let leaves: Vec<u64> = projects.iter().zip(&given).map(leaves).collect();
        let comes = counted(apportion(leaves.iter().sum::<u64>().cast_signed(), &taken));
        leaves.into_iter().zip(comes)
    };
    let award = along(|holds| holds.award.0.unsigned_abs());
    let services = along(|holds| holds.services);
    let mut after = Vec::with_capacity(projects.len());
    for (index, (award, services)) in award.zip(services).enumerate() {
        let Committed { award: cents, points, citizens, services: acts } = projects[index].holds;
        after.push(Committed {
            award: cents + Cents(award.1.cast_signed()) - Cents(award.0.cast_signed()),
            points,
            citizens: citizens + taken[index] - given[index],
            services: acts + services.1 - services.0,
        });
    }
    after
}

/// The share of a whole that some of its parts are, downwards; nothing of a whole without parts.
fn part(whole: u64, some: u64, parts: u64) -> u64 {
    let exact = (u128::from(whole) * u128::from(some)).checked_div(parts.into()).unwrap_or(0);
    u64::try_from(exact).expect("some are not more than all the parts")
}

fn counted(parts: Vec<i64>) -> Vec<u64> {
    parts.into_iter().map(i64::unsigned_abs).collect()
}
