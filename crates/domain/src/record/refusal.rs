//! Why a record says no.

use crate::refusal::{Code, Refuses};

/// Why a record says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordRefusal {
    /// No such record.
    #[error("no record has this id")]
    Unknown,
    /// Nothing says on which ground.
    #[error("an erasure has a legal basis")]
    NoLegalBasis,
}

impl Refuses for RecordRefusal {
    fn code(&self) -> Code {
        match self {
            RecordRefusal::Unknown => Code::UnknownCitizen,
            RecordRefusal::NoLegalBasis => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        Some(match self {
            RecordRefusal::Unknown => "/citizen".to_owned(),
            RecordRefusal::NoLegalBasis => "/legal_basis".to_owned(),
        })
    }
}
