//! Why a project says no.

use crate::refusal::{Code, Refuses};

/// Why a project says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProjectRefusal {
    /// No such project.
    #[error("no project has this id")]
    Unknown,
    /// No such programme.
    #[error("no programme has this id; define it first with DefineProgramme")]
    UnknownProgramme,
    /// It exists.
    #[error("a project with this id has already applied")]
    AlreadyExists,
    /// It is not in a state that allows it.
    #[error("the project is {state}; this needs it {needed}. Now it can be {next}")]
    WrongState {
        /// The state it is in.
        state: &'static str,
        /// The state that is needed.
        needed: &'static str,
        /// What is possible in the state it is in.
        next: &'static str,
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
        /// The field, as a JSON pointer; of a list, the item.
        pointer: String,
        /// What is wrong.
        why: String,
    },
}

impl Refuses for ProjectRefusal {
    fn code(&self) -> Code {
        match self {
            ProjectRefusal::Unknown => Code::UnknownProject,
            ProjectRefusal::UnknownProgramme => Code::UnknownProgramme,
            ProjectRefusal::AlreadyExists => Code::AlreadyExists,
            ProjectRefusal::WrongState { .. } => Code::WrongState,
            ProjectRefusal::InTheFuture { .. } => Code::InTheFuture,
            ProjectRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            ProjectRefusal::InTheFuture { pointer } => Some((*pointer).to_owned()),
            ProjectRefusal::Invalid { pointer, .. } => Some(pointer.clone()),
            ProjectRefusal::Unknown => Some("/project".to_owned()),
            ProjectRefusal::UnknownProgramme => Some("/programme".to_owned()),
            ProjectRefusal::AlreadyExists | ProjectRefusal::WrongState { .. } => None,
        }
    }
}
