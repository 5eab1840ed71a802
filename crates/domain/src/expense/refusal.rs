//! Why an expense is refused.

use crate::{
    Share,
    invoice::InvalidTaxId,
    refusal::{Code, Refuses},
};

/// Why an expense is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExpenseRefusal {
    /// No such project.
    #[error("no project has this id")]
    UnknownProject,
    /// No such expense.
    #[error("no expense has this id")]
    UnknownExpense,
    /// The id is taken.
    #[error("an expense with this id was declared, or tried, before: choose another id")]
    AlreadyExists,
    /// The Region has decided on it.
    #[error("{decided}")]
    AlreadyDecided {
        /// How.
        decided: &'static str,
    },
    /// Who declared an expense does not decide on it.
    #[error("who declared it does not decide on it: it takes two persons")]
    SameActor,
    /// The project has no money to spend.
    #[error("the project is {state}: only approved ones have expenses")]
    NotApproved {
        /// The state it is in.
        state: &'static str,
    },
    /// More would be claimed of the invoice than there is.
    #[error("all that is claimed of this invoice would exceed it: a share of {left} is left")]
    OverClaimed {
        /// What can still be claimed.
        left: Share,
    },
    /// A day that has not come.
    #[error("the invoice's date has not come yet")]
    InTheFuture,
    /// The supplier's tax id is none.
    #[error(transparent)]
    TaxId(#[from] InvalidTaxId),
    /// A value breaks a rule.
    #[error("{why}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is wrong.
        why: &'static str,
    },
}

impl Refuses for ExpenseRefusal {
    fn code(&self) -> Code {
        match self {
            ExpenseRefusal::UnknownProject => Code::UnknownProject,
            ExpenseRefusal::UnknownExpense => Code::UnknownExpense,
            ExpenseRefusal::AlreadyExists => Code::AlreadyExists,
            ExpenseRefusal::AlreadyDecided { .. } => Code::AlreadyDecided,
            ExpenseRefusal::SameActor => Code::SameActor,
            ExpenseRefusal::NotApproved { .. } => Code::WrongState,
            ExpenseRefusal::OverClaimed { .. } => Code::OverClaimed,
            ExpenseRefusal::InTheFuture => Code::InTheFuture,
            ExpenseRefusal::TaxId(InvalidTaxId::FiscalCode(_)) => Code::InvalidFiscalCode,
            ExpenseRefusal::TaxId(InvalidTaxId::Form | InvalidTaxId::CheckDigit) | ExpenseRefusal::Invalid { .. } => {
                Code::Invalid
            }
        }
    }

    fn pointer(&self) -> Option<String> {
        let pointer = match self {
            ExpenseRefusal::UnknownProject => "/project",
            ExpenseRefusal::UnknownExpense | ExpenseRefusal::AlreadyExists => "/expense",
            ExpenseRefusal::OverClaimed { .. } => "/share",
            ExpenseRefusal::InTheFuture => "/date",
            ExpenseRefusal::TaxId(_) => "/supplier_tax_id",
            ExpenseRefusal::Invalid { pointer, .. } => pointer,
            ExpenseRefusal::AlreadyDecided { .. } | ExpenseRefusal::SameActor | ExpenseRefusal::NotApproved { .. } => {
                return None;
            }
        };
        Some(pointer.to_owned())
    }
}
