//! Why a point says no.

use jiff::civil::Date;

use crate::refusal::{Code, Refuses};

/// Why a point says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PointRefusal {
    /// No such point.
    #[error("no point has this id")]
    Unknown,
    /// No such project.
    #[error("no project has this id")]
    UnknownProject,
    /// It exists.
    #[error("a point with this id was already opened")]
    AlreadyExists,
    /// The point or its project is not in a state that allows it.
    #[error("{what} is {state}; this needs it {needed}. Now it can be {next}")]
    WrongState {
        /// `the point` or `the project`.
        what: &'static str,
        /// The state it is in.
        state: &'static str,
        /// The state that is needed.
        needed: &'static str,
        /// What is possible in the state it is in.
        next: &'static str,
    },
    /// It lacks what the programme asks for.
    #[error("the programme asks for {needed}")]
    RequirementsNotMet {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What it asks for.
        needed: String,
    },
    /// A day or a province outside the project.
    #[error("{why}")]
    OutsideProject {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is outside, and what would be inside.
        why: String,
    },
    /// A day that has not come.
    #[error("the day has not come yet")]
    InTheFuture {
        /// The field, as a JSON pointer.
        pointer: &'static str,
    },
    /// A day before what it follows.
    #[error("the day has to be {since} or later: {why}")]
    TooEarly {
        /// The first day it can be.
        since: Date,
        /// What it follows.
        why: &'static str,
    },
    /// A value breaks a rule of its own.
    #[error("{why}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl Refuses for PointRefusal {
    fn code(&self) -> Code {
        match self {
            PointRefusal::Unknown => Code::UnknownPoint,
            PointRefusal::UnknownProject => Code::UnknownProject,
            PointRefusal::AlreadyExists => Code::AlreadyExists,
            PointRefusal::WrongState { .. } => Code::WrongState,
            PointRefusal::RequirementsNotMet { .. } => Code::PointRequirementsNotMet,
            PointRefusal::OutsideProject { .. } => Code::OutsideProject,
            PointRefusal::InTheFuture { .. } => Code::InTheFuture,
            PointRefusal::TooEarly { .. } | PointRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        let pointer = match self {
            PointRefusal::Unknown => "/point",
            PointRefusal::UnknownProject => "/project",
            PointRefusal::RequirementsNotMet { pointer, .. }
            | PointRefusal::OutsideProject { pointer, .. }
            | PointRefusal::InTheFuture { pointer }
            | PointRefusal::Invalid { pointer, .. } => pointer,
            PointRefusal::TooEarly { .. } => "/on",
            PointRefusal::AlreadyExists | PointRefusal::WrongState { .. } => return None,
        };
        Some(pointer.to_owned())
    }
}
