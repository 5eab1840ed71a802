//! Why a programme's payments say no.

use crate::refusal::{Code, Refuses};

/// Why a programme's payments say no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentsRefusal {
    /// No such programme.
    #[error("no programme has this id")]
    UnknownProgramme,
    /// Nothing to take to the bank.
    #[error("no order waits for a batch: every one is in a batch already, or was answered by the bank")]
    NoOrders,
    /// Another batch than the one that was looked at.
    #[error("the batch would be another one than was looked at: look again, then close it")]
    Outdated,
}

impl Refuses for PaymentsRefusal {
    fn code(&self) -> Code {
        match self {
            PaymentsRefusal::UnknownProgramme => Code::UnknownProgramme,
            PaymentsRefusal::NoOrders => Code::NoOrders,
            PaymentsRefusal::Outdated => Code::Outdated,
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            PaymentsRefusal::UnknownProgramme => Some("/programme".to_owned()),
            PaymentsRefusal::NoOrders => None,
            PaymentsRefusal::Outdated => Some("/expected".to_owned()),
        }
    }
}
