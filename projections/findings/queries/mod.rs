//! Reading findings: computed from services as they stand at a position, when somebody asks.

mod acts;
mod behind;
mod finding;
mod groups;
mod id;
mod limits;
mod runs;
mod sql;

#[cfg(test)]
mod tests;

pub use behind::services;
pub use finding::{Finding, Kind, Measure, Subject};
pub use id::{FindingId, InvalidFinding};

use traccia_domain::{ProgrammeId, ProjectId};

use crate::answer::{Answer, Page, Paging, ReadError, Reader};

/// Which findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Those of a programme.
    pub programme: Option<ProgrammeId>,
    /// Those of a project.
    pub project: Option<ProjectId>,
    /// Those of a kind.
    pub kind: Option<Kind>,
}

/// `GET /v1/findings?programme=&project=&kind=`: by kind, then by whom or where, then by day.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn findings(
    reader: &Reader,
    filter: &FindingFilter,
    paging: &Paging,
) -> Result<Answer<Page<Finding>>, ReadError> {
    let after = paging.after().unwrap_or_default();
    let wanted = usize::try_from(paging.rows()).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    // Names begin with the kind: a kind that lies before the page or after it need not be asked for, and each takes seconds.
    for kind in Kind::ALL.into_iter().filter(|kind| filter.kind.is_none_or(|only| only == *kind)) {
        if found.len() >= wanted || (!after.starts_with(kind.as_str()) && kind.as_str() < after) {
            continue;
        }
        let mut of_kind = match kind {
            Kind::ConsecutiveDocuments => runs::findings(reader, filter).await?,
            Kind::EarlyAct => acts::findings(reader, filter).await?,
            Kind::MinutesOfADay | Kind::OutsideHours | Kind::SameMinute | Kind::MonthEnd => {
                let mut of_kind = Vec::new();
                for group in groups::of(kind) {
                    of_kind.extend(group.findings(reader, filter).await?);
                }
                of_kind
            }
        };
        of_kind.retain(|finding: &Finding| finding.id.as_str() > after);
        of_kind.sort_by(|a, b| a.id.cmp(&b.id));
        found.extend(of_kind);
    }
    found.truncate(wanted);
    Ok(reader.answer(paging.page(found, |finding: &Finding| finding.id.clone())))
}
