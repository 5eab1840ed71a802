//! A programme (*programma, avviso*): a Region's agreement, its targets, milestones, tranche schedule and rules.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub mod change;
pub mod command;
mod decide;
pub mod definition;
mod event;
mod floor;
mod in_force;
pub mod plan;
mod redistribution;
pub mod rules;
mod validate;

pub use definition::Definition;
pub use event::{ProgrammeDefined, ProgrammeEvent, RedistributionAdopted, ReportingWindowSet, Reserve, RulesAdopted};
pub use floor::Floor;

use self::command::{AdoptRedistribution, AdoptRules, SetReportingWindow};
use crate::{
    aggregate::cqrs_aggregate,
    project::Project,
    refusal::{Code, Refuses},
    time::Month,
};

/// A programme's situation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Programme {
    /// Nothing has been said of it yet.
    #[default]
    Unknown,
    /// It was defined.
    Defined(Box<Defined>),
}

/// What decisions must know of a defined programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Defined {
    /// As it was defined.
    pub definition: Definition,
    /// Rules adopted later, in the order they were adopted.
    pub adopted: Vec<RulesAdopted>,
    /// Redistributions, in the order they were adopted, which is that of their effective dates.
    pub redistributions: Vec<RedistributionAdopted>,
    /// The reporting windows as they were last set, by month.
    pub windows: std::collections::BTreeMap<String, ReportingWindowSet>,
}

/// What can be asked of a programme.
#[derive(Clone, Debug, PartialEq)]
pub enum ProgrammeCommand {
    /// Define it.
    Define(Box<Definition>),
    /// Change its rules.
    AdoptRules(AdoptRules),
    /// Give projects new awards and targets.
    Redistribute(AdoptRedistribution),
    /// Set a month's window.
    SetWindow(SetReportingWindow),
}

/// What a programme must know to decide: of a redistribution, its projects in the order named.
#[derive(Clone, Debug, Default)]
pub struct ProgrammeFacts {
    /// The projects, `Unknown` where there is none.
    pub projects: Vec<Arc<Project>>,
    /// What nobody can take back from each of them any more.
    pub floors: Vec<Floor>,
}

/// Why a programme says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProgrammeRefusal {
    /// No such programme.
    #[error("no programme has this id")]
    Unknown,
    /// It is defined.
    #[error("this programme is already defined; change it with AdoptRules or SetReportingWindow")]
    AlreadyExists,
    /// No such project in this programme.
    #[error("the programme has no project of this id")]
    UnknownProject {
        /// Where it stands in the list.
        index: usize,
    },
    /// A project that has no award to redistribute.
    #[error("this project is {state}: only approved ones have something to redistribute")]
    NotApproved {
        /// Where it stands in the list.
        index: usize,
        /// Its state.
        state: &'static str,
    },
    /// The definition breaks a rule of form.
    #[error("{why}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: String,
        /// What is wrong.
        why: String,
    },
}

impl Refuses for ProgrammeRefusal {
    fn code(&self) -> Code {
        match self {
            ProgrammeRefusal::Unknown => Code::UnknownProgramme,
            ProgrammeRefusal::AlreadyExists => Code::AlreadyExists,
            ProgrammeRefusal::UnknownProject { .. } => Code::UnknownProject,
            ProgrammeRefusal::NotApproved { .. } => Code::WrongState,
            ProgrammeRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            ProgrammeRefusal::Invalid { pointer, .. } => Some(pointer.clone()),
            ProgrammeRefusal::Unknown => Some("/programme".to_owned()),
            ProgrammeRefusal::UnknownProject { index } | ProgrammeRefusal::NotApproved { index, .. } => {
                Some(format!("/projects/{index}/project"))
            }
            ProgrammeRefusal::AlreadyExists => None,
        }
    }
}

impl Programme {
    /// What is known of it, once it is defined.
    #[must_use]
    pub fn defined(&self) -> Option<&Defined> {
        match self {
            Programme::Unknown => None,
            Programme::Defined(defined) => Some(defined),
        }
    }

    /// The last day on which facts dated in a month may be recorded, where there is one.
    #[must_use]
    pub fn window(&self, month: Month) -> Option<Date> {
        self.defined()?.windows.get(&month.to_string()).map(|window| window.until)
    }
}

cqrs_aggregate!(Programme, "programme");

#[cfg(test)]
pub(crate) mod tests;
