//! Programmes, projects and points: what was promised, what has been reached, and the way to what is behind each figure.

pub(crate) mod figures;
pub(crate) mod plan;
pub(crate) mod point;
pub(crate) mod points;
pub(crate) mod programme;
pub(crate) mod project;

use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::{ReadError, Reader},
    targets::queries::{Scope, TargetRow, TargetsFilter, targets},
};

/// A programme's rows of a scope.
pub(crate) async fn rows_of(reader: &Reader, programme: &ProgrammeId, by: Scope) -> Result<Vec<TargetRow>, ReadError> {
    let filter = TargetsFilter { programme: Some(programme.clone()), by, ..TargetsFilter::default() };
    Ok(targets(reader, &filter).await?.body.items)
}
