//! Why a monthly report says no.

use jiff::civil::Date;

use crate::refusal::{Code, Refuses};

/// Why a monthly report says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReportRefusal {
    /// No such project.
    #[error("no project has this id")]
    UnknownProject,
    /// A project that has nothing to report on.
    #[error("the project is {state}: only an approved one reports")]
    NotApproved {
        /// Its state.
        state: &'static str,
    },
    /// Not one of the project's months.
    #[error("the project runs from {starts} to {ends}, and reports on the months of these days")]
    OutsideProject {
        /// Its first day.
        starts: Date,
        /// Its last.
        ends: Date,
    },
    /// The month still goes on.
    #[error("the month can be reported on once its last day in the project, {last}, is over")]
    NotOver {
        /// The last day that the report is about.
        last: Date,
    },
    /// An act of a day that has not come.
    #[error("the day has not come yet")]
    InTheFuture,
    /// Who submitted does not accept.
    #[error("who submitted the report does not accept it: it takes two persons")]
    SameActor,
    /// It is not in a state that allows it.
    #[error("the report is {state}; now it can be {next}")]
    WrongState {
        /// The state it is in.
        state: &'static str,
        /// What is possible in the state it is in.
        next: &'static str,
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

impl Refuses for ReportRefusal {
    fn code(&self) -> Code {
        match self {
            ReportRefusal::UnknownProject => Code::UnknownProject,
            ReportRefusal::OutsideProject { .. } => Code::OutsideProject,
            ReportRefusal::NotOver { .. } | ReportRefusal::InTheFuture => Code::InTheFuture,
            ReportRefusal::SameActor => Code::SameActor,
            ReportRefusal::NotApproved { .. } | ReportRefusal::WrongState { .. } => Code::WrongState,
            ReportRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        let pointer = match self {
            ReportRefusal::UnknownProject => "/project",
            ReportRefusal::OutsideProject { .. } | ReportRefusal::NotOver { .. } => "/month",
            ReportRefusal::InTheFuture => "/on",
            ReportRefusal::Invalid { pointer, .. } => pointer,
            ReportRefusal::NotApproved { .. } | ReportRefusal::SameActor | ReportRefusal::WrongState { .. } => {
                return None;
            }
        };
        Some(pointer.to_owned())
    }
}
