//! One month's report in full.

use serde::Serialize;
use traccia_domain::{Hash, Position, ProjectId, time::Month};
use utoipa::ToSchema;

use super::{
    Acceptance, Content, Report, ReportFilter,
    acceptances::Acceptances,
    content,
    list::{Told, reporting},
};
use crate::answer::{Answer, ReadError, Reader};

/// A month's report: how it stands and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportInFull {
    /// How it stands.
    #[serde(flatten)]
    pub report: Report,
    /// Every acceptance of it, in the order of the log: a reopening takes none back.
    pub acceptances: Vec<Acceptance>,
    /// What it says: of a submitted or accepted one what the log knew when it was submitted, else what it knows now.
    pub content: Content,
    /// SHA-256 of `content`, as it is written here without spaces.
    #[schema(value_type = String)]
    pub content_hash: Hash,
}

/// `GET /v1/reports/{project}/{month}`; none where the project is not within, is not approved, or has no such month.
///
/// # Errors
/// When the tables cannot be read.
pub async fn report(
    reader: &Reader,
    project: &ProjectId,
    month: Month,
) -> Result<Option<Answer<ReportInFull>>, ReadError> {
    let filter = ReportFilter { project: Some(project.clone()), ..ReportFilter::default() };
    let Some(project) = reporting(reader, &filter).await?.pop() else { return Ok(None) };
    if !project.has(month) {
        return Ok(None);
    }
    let report = Told::of(reader).await?.report(&project, month, reader.on());
    let said_at = said_at(&report).unwrap_or(reader.position());
    let content = content::at(&reader.back_to(said_at).await?, &project, month).await?;
    let text = serde_json::to_string(&content).map_err(ReadError::damaged)?;
    Ok(Some(reader.answer(ReportInFull {
        acceptances: Acceptances::of(reader, &project.id).await?.of_month(month),
        content_hash: Hash::of(text.as_bytes()),
        content,
        report,
    })))
}

/// The position that a report speaks of: of its latest submission, as long as that stands; else it speaks of now.
pub(super) fn said_at(report: &Report) -> Option<Position> {
    matches!(report.state.as_str(), "submitted" | "accepted").then_some(Position(report.submitted?))
}
