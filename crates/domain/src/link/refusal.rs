//! Why a pair says no.

use crate::refusal::{Code, Refuses};

/// Why a pair says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LinkRefusal {
    /// No such record.
    #[error("no record has this id")]
    UnknownCitizen {
        /// Where it stands in the pair.
        index: usize,
    },
    /// What was known of a record's person was erased.
    #[error("this record was erased: there is nothing left to compare")]
    Erased {
        /// Where it stands in the pair.
        index: usize,
    },
    /// A record cannot be linked to itself.
    #[error("the two records are the same")]
    SamePerson,
    /// Who proposed does not decide.
    #[error("who proposed it does not decide on it: it takes two persons")]
    SameActor,
    /// What it asks for is there.
    #[error("{what}")]
    AlreadyExists {
        /// What is there.
        what: &'static str,
    },
    /// It was decided.
    #[error("{decided}")]
    AlreadyDecided {
        /// How.
        decided: &'static str,
    },
    /// There is nothing to decide on, or to break.
    #[error("{state}")]
    WrongState {
        /// How things stand, and what can be done.
        state: &'static str,
    },
    /// Nothing says why.
    #[error("what is said of two records has a reason")]
    NoReason,
}

impl Refuses for LinkRefusal {
    fn code(&self) -> Code {
        match self {
            LinkRefusal::UnknownCitizen { .. } => Code::UnknownCitizen,
            LinkRefusal::SamePerson => Code::SamePerson,
            LinkRefusal::SameActor => Code::SameActor,
            LinkRefusal::AlreadyExists { .. } => Code::AlreadyExists,
            LinkRefusal::AlreadyDecided { .. } => Code::AlreadyDecided,
            LinkRefusal::Erased { .. } | LinkRefusal::WrongState { .. } => Code::WrongState,
            LinkRefusal::NoReason => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            LinkRefusal::UnknownCitizen { index } | LinkRefusal::Erased { index } => Some(format!("/citizens/{index}")),
            LinkRefusal::SamePerson => Some("/citizens".to_owned()),
            LinkRefusal::NoReason => Some("/reason".to_owned()),
            LinkRefusal::SameActor
            | LinkRefusal::AlreadyExists { .. }
            | LinkRefusal::AlreadyDecided { .. }
            | LinkRefusal::WrongState { .. } => None,
        }
    }
}
