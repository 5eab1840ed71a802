//! The milestones of one project: claimed, certified, looked at. What is reached is computed by the fold.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod command;
mod decide;
mod event;
mod refusal;
mod root;
pub mod sample;
mod terms;
#[cfg(test)]
mod tests;

pub use command::MilestoneCommand;
pub use event::{FindingRecorded, MilestoneCertified, MilestoneClaimed, MilestoneEvent, SampleDrawn, Terms};
pub use refusal::MilestoneRefusal;
pub use root::root;
pub use terms::curable;

use crate::{
    Hash, Position, RecordId,
    aggregate::{Decide, cqrs_aggregate},
    programme::{Defined, Programme, definition},
    project::Project,
};

/// What was said of a project's milestones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// The claims of each, in their order: one, and perhaps a cure.
    claims: BTreeMap<String, Vec<Claim>>,
}

/// A claim and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What was claimed.
    pub claimed: MilestoneClaimed,
    /// The certificate.
    pub certified: Option<MilestoneCertified>,
    /// The units drawn.
    pub sample: Option<SampleDrawn>,
    /// The units looked at.
    pub found: Vec<RecordId>,
}

/// What must be known to decide on a milestone.
#[derive(Clone, Debug, Default)]
pub struct MilestoneFacts {
    /// The day it is decided.
    pub today: Date,
    /// The project.
    pub project: Arc<Project>,
    /// Its programme.
    pub programme: Arc<Programme>,
    /// Who made the latest claim.
    pub claimant: Option<String>,
    /// For a claim: what would be frozen now. Nothing of it is looked at where there is nothing to claim.
    pub standing: Standing,
    /// For what follows a claim: what was frozen.
    pub frozen: Option<Frozen>,
    /// Of a drawing: the serials at the places drawn.
    pub drawn: Vec<RecordId>,
}

/// How far a project is on a milestone's terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Points.
    pub points: u32,
    /// Citizens: units of the project with a service that counts by the terms.
    pub citizens: u32,
}

/// What a claim froze, as the fold keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The position of the claim.
    pub position: Position,
    /// Points.
    pub points: u32,
    /// How many units.
    pub count: u32,
    /// Their root hash.
    pub root: Hash,
}

impl Milestone {
    /// The claims of a milestone, in their order.
    #[must_use]
    pub fn claims(&self, milestone: &str) -> &[Claim] {
        self.claims.get(milestone).map_or(&[], Vec::as_slice)
    }

    /// The certificates of a milestone, in their order: one, and perhaps that of a cure.
    pub fn certificates(&self, milestone: &str) -> impl Iterator<Item = &MilestoneCertified> {
        self.claims(milestone).iter().filter_map(|claim| claim.certified.as_ref())
    }

    /// The certificates of all milestones.
    pub fn certified(&self) -> impl Iterator<Item = &MilestoneCertified> {
        self.claims.values().flatten().filter_map(|claim| claim.certified.as_ref())
    }

    /// The milestones of a programme that a cure may still pay more of, on a day.
    #[must_use]
    pub fn curable(&self, programme: &Defined, today: Date) -> BTreeSet<String> {
        let open = |which: &&definition::Milestone| {
            let claims = self.claims(&which.id);
            let met = claims.last().and_then(|claim| claim.certified.as_ref()).map(MilestoneCertified::met);
            terms::curable(programme.rules_on(which.deadline), which, (claims.len(), met), today)
        };
        programme.definition.milestones.iter().filter(open).map(|which| which.id.clone()).collect()
    }

    fn latest(&mut self, milestone: &str) -> Option<&mut Claim> {
        self.claims.get_mut(milestone)?.last_mut()
    }
}

impl Decide for Milestone {
    type Command = MilestoneCommand;
    type Event = MilestoneEvent;
    type Refusal = MilestoneRefusal;
    type Facts = MilestoneFacts;

    fn decide(
        &self,
        command: &MilestoneCommand,
        facts: &MilestoneFacts,
    ) -> Result<Vec<MilestoneEvent>, MilestoneRefusal> {
        match command {
            MilestoneCommand::Claim(command) => self.claim(command, facts),
            MilestoneCommand::Certify { said, by } => self.certify(said, by, facts),
            MilestoneCommand::Draw(command) => self.draw(command, facts),
            MilestoneCommand::Find(command) => self.find(command, facts),
        }
    }

    fn evolve(&mut self, event: &MilestoneEvent) {
        match event {
            MilestoneEvent::MilestoneClaimed(claimed) => {
                let claim = Claim { claimed: claimed.clone(), certified: None, sample: None, found: Vec::new() };
                self.claims.entry(claimed.milestone.clone()).or_default().push(claim);
            }
            MilestoneEvent::MilestoneCertified(certified) => {
                if let Some(claim) = self.latest(&certified.milestone) {
                    claim.certified = Some(certified.clone());
                }
            }
            MilestoneEvent::SampleDrawn(drawn) => {
                if let Some(claim) = self.latest(&drawn.milestone) {
                    claim.sample = Some(drawn.clone());
                }
            }
            MilestoneEvent::FindingRecorded(recorded) => {
                if let Some(claim) = self.latest(&recorded.milestone) {
                    claim.found.push(recorded.unit);
                }
            }
        }
    }
}

cqrs_aggregate!(Milestone, "milestone");
