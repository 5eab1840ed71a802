//! Why a facilitator is refused.

use crate::{
    PointId,
    refusal::{Code, Refuses},
};

/// Why a facilitator is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FacilitatorRefusal {
    /// No such facilitator.
    #[error("no facilitator has this id")]
    Unknown,
    /// No such project.
    #[error("no project has this id")]
    UnknownProject,
    /// No such point.
    #[error("no point has the id {point}")]
    UnknownPoint {
        /// The id.
        point: PointId,
        /// Where it stands in the list.
        index: usize,
    },
    /// A point of another project.
    #[error("the point {point} belongs to another project")]
    ForeignPoint {
        /// The id.
        point: PointId,
        /// Where it stands in the list.
        index: usize,
    },
    /// A case manager of the GOL programme cannot be a facilitator.
    #[error("a GOL case manager cannot be a facilitator")]
    GolCaseManager,
    /// A value breaks a rule of its own.
    #[error("{why}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl Refuses for FacilitatorRefusal {
    fn code(&self) -> Code {
        match self {
            FacilitatorRefusal::Unknown => Code::UnknownFacilitator,
            FacilitatorRefusal::UnknownProject => Code::UnknownProject,
            FacilitatorRefusal::UnknownPoint { .. } => Code::UnknownPoint,
            FacilitatorRefusal::ForeignPoint { .. } => Code::OutsideProject,
            FacilitatorRefusal::GolCaseManager => Code::FacilitatorNotValid,
            FacilitatorRefusal::Invalid { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        Some(match self {
            FacilitatorRefusal::Unknown => "/facilitator".to_owned(),
            FacilitatorRefusal::UnknownProject => "/project".to_owned(),
            FacilitatorRefusal::UnknownPoint { index, .. } | FacilitatorRefusal::ForeignPoint { index, .. } => {
                format!("/points/{index}")
            }
            FacilitatorRefusal::GolCaseManager => "/gol_case_manager".to_owned(),
            FacilitatorRefusal::Invalid { pointer, .. } => (*pointer).to_owned(),
        })
    }
}
