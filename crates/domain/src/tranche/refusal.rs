//! Why a project's money says no.

use super::iban::InvalidIban;
use crate::{
    refusal::{Code, Refuses},
    time::Month,
};

/// Why a project's money says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MoneyRefusal {
    /// No such project.
    #[error("no project has this id")]
    UnknownProject,
    /// A project that has no tranches.
    #[error("the project is {state}: only an approved one has tranches")]
    NotApproved {
        /// Its state.
        state: &'static str,
    },
    /// No such tranche.
    #[error("the project has no tranche of this name")]
    UnknownTranche,
    /// No such exposure.
    #[error("the project has no open exposure of this name")]
    UnknownExposure,
    /// It was authorised.
    #[error("the tranche is authorised, and nothing was certified since")]
    AlreadyAuthorised,
    /// It was paid.
    #[error("the tranche is paid")]
    AlreadyPaid,
    /// Its milestone has no certificate.
    #[error("the milestone {milestone} has no certificate")]
    NotCertified {
        /// The milestone.
        milestone: String,
    },
    /// A month that counts for it has no accepted report.
    #[error("the report of {first} is not accepted, nor are {others} later ones, up to the milestone's deadline")]
    ReportsMissing {
        /// The first month.
        first: Month,
        /// How many more.
        others: usize,
    },
    /// It is the last tranche, and a cure may still earn more of an earlier one.
    #[error("a cure of {milestone} may still release money: the last tranche waits for it, or nothing would pay it")]
    CurePending {
        /// The milestone.
        milestone: String,
    },
    /// Nobody has decided on an exposure of the project.
    #[error("nobody has decided on the exposure {exposure}")]
    ExposureUndecided {
        /// The exposure.
        exposure: String,
    },
    /// Who authorised neither orders nor waives.
    #[error("who authorised it neither orders nor waives it: it takes two persons")]
    SameActor,
    /// Something else was looked at than what stands now.
    #[error("{what}: look again, then decide")]
    Outdated {
        /// The field that says what was looked at.
        pointer: &'static str,
        /// What differs.
        what: &'static str,
    },
    /// It was decided.
    #[error("it was decided what becomes of this exposure")]
    AlreadyDecided,
    /// The state does not allow it.
    #[error("{state}")]
    WrongState {
        /// How things stand, and what can be done.
        state: &'static str,
    },
    /// Not an account that can be paid.
    #[error("{invalid}")]
    InvalidIban {
        /// What is wrong with it.
        invalid: InvalidIban,
    },
    /// A day that has not come.
    #[error("the day has not come yet")]
    InTheFuture {
        /// The field, as a JSON pointer.
        pointer: &'static str,
    },
    /// A value breaks a rule.
    #[error("{why}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is wrong.
        why: &'static str,
    },
}

impl MoneyRefusal {
    pub(super) const fn wrong(state: &'static str) -> MoneyRefusal {
        MoneyRefusal::WrongState { state }
    }
}

impl Refuses for MoneyRefusal {
    fn code(&self) -> Code {
        match self {
            MoneyRefusal::UnknownProject => Code::UnknownProject,
            MoneyRefusal::UnknownTranche => Code::UnknownTranche,
            MoneyRefusal::UnknownExposure => Code::UnknownExposure,
            MoneyRefusal::AlreadyAuthorised => Code::AlreadyAuthorised,
            MoneyRefusal::AlreadyPaid => Code::AlreadyPaid,
            MoneyRefusal::NotCertified { .. } => Code::NotCertified,
            MoneyRefusal::ReportsMissing { .. } => Code::ReportsMissing,
            MoneyRefusal::ExposureUndecided { .. } => Code::ExposureUndecided,
            MoneyRefusal::CurePending { .. } => Code::CurePending,
            MoneyRefusal::SameActor => Code::SameActor,
            MoneyRefusal::AlreadyDecided => Code::AlreadyDecided,
            MoneyRefusal::Outdated { .. } => Code::Outdated,
            MoneyRefusal::NotApproved { .. } | MoneyRefusal::WrongState { .. } => Code::WrongState,
            MoneyRefusal::InvalidIban { .. } => Code::InvalidIban,
            MoneyRefusal::InTheFuture { .. } => Code::InTheFuture,
            MoneyRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            MoneyRefusal::UnknownProject => Some("/project".to_owned()),
            MoneyRefusal::UnknownTranche => Some("/tranche".to_owned()),
            MoneyRefusal::UnknownExposure => Some("/exposure".to_owned()),
            MoneyRefusal::InvalidIban { .. } => Some("/iban".to_owned()),
            MoneyRefusal::InTheFuture { pointer }
            | MoneyRefusal::Outdated { pointer, .. }
            | MoneyRefusal::Invalid { pointer, .. } => Some((*pointer).to_owned()),
            MoneyRefusal::NotApproved { .. }
            | MoneyRefusal::AlreadyAuthorised
            | MoneyRefusal::AlreadyPaid
            | MoneyRefusal::NotCertified { .. }
            | MoneyRefusal::ReportsMissing { .. }
            | MoneyRefusal::ExposureUndecided { .. }
            | MoneyRefusal::CurePending { .. }
            | MoneyRefusal::SameActor
            | MoneyRefusal::AlreadyDecided
            | MoneyRefusal::WrongState { .. } => None,
        }
    }
}
