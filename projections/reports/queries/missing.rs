//! Months that money waits for.

use jiff::civil::Date;
use traccia_domain::{ProjectId, report::months, time::Month};

use super::{
    ReportFilter,
    list::{Told, reporting},
};
use crate::answer::{ReadError, Reader};

/// The months of a project, up to that of a day, whose report is not accepted at the reader's position; none where the
/// project is not within or not approved.
///
/// # Errors
/// When the tables cannot be read.
pub async fn missing(reader: &Reader, project: &ProjectId, until: Date) -> Result<Vec<Month>, ReadError> {
    let filter = ReportFilter { project: Some(project.clone()), ..ReportFilter::default() };
    let Some(project) = reporting(reader, &filter).await?.pop() else { return Ok(Vec::new()) };
    let told = Told::of(reader).await?;
    let mut waited = Vec::new();
    for month in months(project.starts, until.min(project.ends)) {
        if told.report(&project, month, until).state != "accepted" {
            waited.push(month);
        }
    }
    Ok(waited)
}
