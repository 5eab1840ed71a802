//! The names of points, for rows of an upload whose id is not ours.

use std::time::Duration;

use traccia_domain::PointId;
use traccia_import::PointNames;
use traccia_projections::{
    answer::{KnownAt, Paging, ReadError, Reader, Within},
    points::queries::{PointFilter, points},
};
use traccia_projector::Tables;

/// The names of the points within, as far as the read models know. One that is not there yet is still found by its id.
///
/// # Errors
/// When the read models cannot be read.
pub async fn point_names(tables: &Tables, within: Within) -> Result<PointNames, ReadError> {
    if tables.checkpoint().await?.is_none() {
        return Ok(PointNames::default());
    }
    let reader = Reader::open(tables, KnownAt::Now, None, Duration::ZERO, within).await?;
    let mut names: Vec<(String, PointId)> = Vec::new();
    let mut after = None;
    loop {
        let paging = Paging::new(after.as_deref(), Some(Paging::MOST))?;
        let page = points(&reader, &PointFilter::default(), &paging).await?.body;
        names.extend(page.items.into_iter().filter_map(|point| Some((point.name, point.id.parse().ok()?))));
        after = page.next;
        if after.is_none() {
            return Ok(PointNames::new(names));
        }
    }
}
