//! Why a service is refused.

use jiff::civil::Date;

use crate::refusal::{Code, Refuses};

/// Why a service is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ServiceRefusal {
    /// No such service.
    #[error("no service has this id")]
    Unknown,
    /// No such record.
    #[error("no record has this id; register the citizen first")]
    UnknownCitizen,
    /// No such point.
    #[error("no point has this id")]
    UnknownPoint,
    /// No such facilitator.
    #[error("no facilitator has this id")]
    UnknownFacilitator {
        /// `/facilitator` or `/supported_by`.
        pointer: &'static str,
    },
    /// The service to take the place of does not exist.
    #[error("no service has the id it refers to")]
    UnknownReplaced,
    /// The service to take the place of still stands.
    #[error("the service it refers to is not voided; void it first, or leave refers_to out")]
    ReplacedNotVoided,
    /// The same service is recorded.
    #[error("the same service is already recorded; a second one on the same day needs its own start_time")]
    Duplicate,
    /// The same service was recorded and voided, and this one does not say that it takes its place.
    #[error("the same service was recorded and voided; one that takes its place names it in refers_to")]
    DuplicateOfVoided,
    /// A day that has not come.
    #[error("the day has not come yet")]
    InTheFuture,
    /// The month's window is over.
    #[error("facts of {month} could be recorded until {until}")]
    WindowClosed {
        /// The month.
        month: String,
        /// The last day.
        until: Date,
    },
    /// Outside the project's dates, or the project was not approved.
    #[error("{why}")]
    OutsideProject {
        /// What is outside, and what would be inside.
        why: String,
    },
    /// The point did not receive citizens that day.
    #[error("the point was {state} on that day")]
    PointNotOpen {
        /// `not yet open`, `suspended`, `closed`, `voided`.
        state: &'static str,
    },
    /// Who gave it, or who was beside, was not valid there that day.
    #[error("{why}")]
    FacilitatorNotValid {
        /// `/facilitator` or `/supported_by`.
        pointer: &'static str,
        /// What is missing.
        why: &'static str,
    },
    /// It is in a final or another state.
    #[error("the service is {state}. Now it can be {next}")]
    WrongState {
        /// The state it is in.
        state: &'static str,
        /// What is possible in the state it is in.
        next: &'static str,
    },
    /// One citizen of a group session.
    #[error("{refusal}")]
    OfSession {
        /// Where the citizen stands in the list.
        index: usize,
        /// Why their service is refused.
        refusal: Box<ServiceRefusal>,
    },
    /// A value breaks a rule of its own.
    #[error("{why}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is wrong.
        why: &'static str,
    },
}

impl ServiceRefusal {
    /// The same of one citizen of a group session, where it is about the citizen and not about what all have in common.
    #[must_use]
    pub fn of_session(self, index: usize) -> ServiceRefusal {
        if matches!(self, ServiceRefusal::UnknownCitizen | ServiceRefusal::Duplicate) {
            ServiceRefusal::OfSession { index, refusal: Box::new(self) }
        } else {
            self
        }
    }
}

impl Refuses for ServiceRefusal {
    fn code(&self) -> Code {
        match self {
            ServiceRefusal::Unknown | ServiceRefusal::UnknownReplaced => Code::UnknownService,
            ServiceRefusal::UnknownCitizen => Code::UnknownCitizen,
            ServiceRefusal::UnknownPoint => Code::UnknownPoint,
            ServiceRefusal::UnknownFacilitator { .. } => Code::UnknownFacilitator,
            ServiceRefusal::Duplicate | ServiceRefusal::DuplicateOfVoided => Code::DuplicateService,
            ServiceRefusal::InTheFuture => Code::InTheFuture,
            ServiceRefusal::WindowClosed { .. } => Code::WindowClosed,
            ServiceRefusal::OutsideProject { .. } => Code::OutsideProject,
            ServiceRefusal::PointNotOpen { .. } => Code::PointNotOpen,
            ServiceRefusal::FacilitatorNotValid { .. } => Code::FacilitatorNotValid,
            ServiceRefusal::ReplacedNotVoided | ServiceRefusal::WrongState { .. } => Code::WrongState,
            ServiceRefusal::OfSession { refusal, .. } => refusal.code(),
            ServiceRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        let pointer = match self {
            ServiceRefusal::OfSession { index, .. } => return Some(format!("/citizens/{index}")),
            ServiceRefusal::Unknown => "/service",
            ServiceRefusal::UnknownCitizen => "/citizen",
            ServiceRefusal::UnknownPoint | ServiceRefusal::PointNotOpen { .. } => "/point",
            ServiceRefusal::UnknownReplaced | ServiceRefusal::ReplacedNotVoided | ServiceRefusal::DuplicateOfVoided => {
                "/refers_to"
            }
            ServiceRefusal::InTheFuture
            | ServiceRefusal::WindowClosed { .. }
            | ServiceRefusal::OutsideProject { .. } => "/occurred_on",
            ServiceRefusal::UnknownFacilitator { pointer }
            | ServiceRefusal::FacilitatorNotValid { pointer, .. }
            | ServiceRefusal::Invalid { pointer, .. } => pointer,
            ServiceRefusal::Duplicate | ServiceRefusal::WrongState { .. } => return None,
        };
        Some(pointer.to_owned())
    }
}
