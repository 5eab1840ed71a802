//! What a redistribution cannot take from a project any more: money that was released to it, and what was certified. And
//! what it cannot give: money that no tranche is left to pay.

use super::{
    ProgrammeRefusal,
    command::AdoptRedistribution,
    redistribution::{NAMES, Sums},
};
use crate::{Cents, milestone::Milestone, project::Project, tranche::Money};

/// The least that an act may leave a project, from what was released to it and certified of it, and whether it may give more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// What was paid, or authorised to be.
    pub award: Cents,
    /// Whether it has tranches, and all of them were ordered or revoked: nothing is left that would pay more.
    pub spent: bool,
    /// Points: the most that a certificate states.
    pub points: u32,
    /// Citizens: the most units that a certificate states.
    pub citizens: u32,
}

impl Floor {
    /// As a project's money and milestones say.
    #[must_use]
    pub fn of(money: &Money, milestones: &Milestone, project: &Project) -> Floor {
        let schedule = project.application().map_or(&[][..], |application| &application.tranches);
        let points = milestones.certified().filter_map(|said| said.points).map(|gate| gate.reached);
        Floor {
            award: money.committed(),
            spent: !schedule.is_empty() && schedule.iter().all(|tranche| money.is_spent(&tranche.id)),
            points: points.max().unwrap_or_default(),
            citizens: milestones.certified().map(|said| said.count).max().unwrap_or_default(),
        }
    }

    fn sums(self) -> Sums {
        [self.award.0, self.points.into(), self.citizens.into(), 0]
    }
}

/// Refuses what lowers a project's award or targets below their floors, or raises an award that nothing is left to pay. A project that was certified above its target keeps
/// it: only what is taken away is judged.
pub(super) fn check(command: &AdoptRedistribution, before: &[Sums], floors: &[Floor]) -> Result<(), ProgrammeRefusal> {
    for (index, ((new, before), floor)) in command.projects.iter().zip(before).zip(floors).enumerate() {
        if floor.spent && new.award.0 > before[0] {
            let why =
                "every tranche of this project was ordered or revoked: none is left that would pay more".to_owned();
            return Err(ProgrammeRefusal::Invalid { pointer: format!("/projects/{index}/award"), why });
        }
        let (new, floor) = (new.sums(), floor.sums());
        let Some(n) = (0..4).find(|n| new[*n] < floor[*n] && new[*n] < before[*n]) else { continue };
        let why = match n {
            0 => format!("{} was paid to this project or authorised: an award is not below it", Cents(floor[n])),
            _ => format!("{} are certified of this project: a target is not below them", floor[n]),
        };
        return Err(ProgrammeRefusal::Invalid { pointer: format!("/projects/{index}/{}", NAMES[n]), why });
    }
    Ok(())
}
