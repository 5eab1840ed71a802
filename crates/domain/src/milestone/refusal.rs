//! Why milestones say no.

use jiff::civil::Date;

use crate::refusal::{Code, Refuses};

/// Why a project's milestones say no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MilestoneRefusal {
    /// No such project.
    #[error("no project has this id")]
    UnknownProject,
    /// The programme has no such milestone.
    #[error("the programme has no milestone of this id; it has {has}")]
    UnknownMilestone {
        /// Those it has.
        has: String,
    },
    /// No such unit among those drawn.
    #[error("this unit was not drawn: findings are about the units of the sample")]
    NotDrawn,
    /// Only approved projects have milestones to claim.
    #[error("this project is {state}: milestones are claimed by approved ones")]
    NotApproved {
        /// Its state.
        state: &'static str,
    },
    /// There is a claim.
    #[error("{why}")]
    AlreadyClaimed {
        /// What became of it, and what can be done.
        why: &'static str,
    },
    /// Not enough is reached, and what there is can be claimed only once the cut-off has passed.
    #[error("{reached}: it can be claimed when all is reached, or as it stands after {cutoff}")]
    NotReached {
        /// How far it is.
        reached: String,
        /// The cut-off, the last day on which reports are accepted.
        cutoff: Date,
    },
    /// What is stated is not what was frozen.
    #[error("the claim froze {count} units with the root {root}: state these, or look at the claim again")]
    Mismatch {
        /// How many.
        count: u32,
        /// Their root.
        root: crate::Hash,
    },
    /// It is done.
    #[error("{what}")]
    AlreadyDecided {
        /// What is.
        what: &'static str,
    },
    /// There is no claim.
    #[error("{state}")]
    WrongState {
        /// How things stand, and what can be done.
        state: &'static str,
    },
    /// Who claimed does not certify.
    #[error("who claimed a milestone does not certify it: it takes two persons")]
    SameActor,
    /// A value breaks a rule of its own.
    #[error("{why}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is wrong.
        why: &'static str,
    },
}

impl Refuses for MilestoneRefusal {
    fn code(&self) -> Code {
        match self {
            MilestoneRefusal::UnknownProject => Code::UnknownProject,
            MilestoneRefusal::UnknownMilestone { .. } => Code::UnknownMilestone,
            MilestoneRefusal::NotDrawn => Code::UnknownCitizen,
            MilestoneRefusal::NotApproved { .. } | MilestoneRefusal::WrongState { .. } => Code::WrongState,
            MilestoneRefusal::AlreadyClaimed { .. } => Code::AlreadyClaimed,
            MilestoneRefusal::NotReached { .. } => Code::MilestoneNotReached,
            MilestoneRefusal::Mismatch { .. } => Code::CertificateMismatch,
            MilestoneRefusal::AlreadyDecided { .. } => Code::AlreadyDecided,
            MilestoneRefusal::SameActor => Code::SameActor,
            MilestoneRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            MilestoneRefusal::UnknownProject => Some("/project".to_owned()),
            MilestoneRefusal::UnknownMilestone { .. } => Some("/milestone".to_owned()),
            MilestoneRefusal::NotDrawn => Some("/unit".to_owned()),
            MilestoneRefusal::Invalid { pointer, .. } => Some((*pointer).to_owned()),
            MilestoneRefusal::NotApproved { .. }
            | MilestoneRefusal::AlreadyClaimed { .. }
            | MilestoneRefusal::NotReached { .. }
            | MilestoneRefusal::Mismatch { .. }
            | MilestoneRefusal::AlreadyDecided { .. }
            | MilestoneRefusal::WrongState { .. }
            | MilestoneRefusal::SameActor => None,
        }
    }
}
