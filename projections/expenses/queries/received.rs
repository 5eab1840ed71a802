//! The contribution received, which caps are a share of. Payments are the tranches'; until these have tables, nobody has
//! received anything.

use traccia_domain::{Cents, ProjectId};

use crate::answer::{ReadError, Reader};

/// What was paid to a project, less what was recovered from it.
#[expect(clippy::unused_async, reason = "it reads the tables of tranches as soon as there are any")]
pub(super) async fn by_project(_: &Reader, _: &ProjectId) -> Result<Cents, ReadError> {
    Ok(Cents::ZERO)
}

/// The same of all projects of a programme together.
#[expect(clippy::unused_async, reason = "it reads the tables of tranches as soon as there are any")]
pub(super) async fn by_programme(_: &Reader, _: &str) -> Result<Cents, ReadError> {
    Ok(Cents::ZERO)
}
