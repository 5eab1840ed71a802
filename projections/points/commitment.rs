//! What redistributions gave to projects.

use traccia_domain::{
    ProgrammeId,
    programme::{RedistributionAdopted, command::NewCommitment},
};
use traccia_projector::Row;

/// A row for each project named, in the order named.
pub(super) fn rows(programme: &ProgrammeId, adopted: &RedistributionAdopted) -> impl Iterator<Item = Row> {
    adopted.projects.iter().map(|NewCommitment { project, award, points, citizens, services }| {
        vec![
            programme.to_string().into(),
            project.to_string().into(),
            adopted.act.clone().into(),
            adopted.effective_on.to_string().into(),
            award.0.into(),
            (*points).into(),
            (*citizens).into(),
            (*services).into(),
        ]
    })
}
