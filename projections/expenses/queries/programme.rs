//! A programme's expenses, without their lines: what each project's caps and the measure's let through.

use serde::Serialize;
use traccia_domain::{Cents, ProgrammeId};
use utoipa::ToSchema;

use super::reach;
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader},
    expenses::caps::{self, Cap, OfProject},
};

/// A programme's expenses: how far the caps of its projects and of the measure reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgrammeExpenses {
    /// The items of each project, by project, then by item.
    #[serde(flatten)]
    pub page: Page<ProjectCap>,
    /// The programme.
    pub programme: String,
    /// The contribution that all projects together have received.
    #[schema(value_type = String)]
    pub received: Cents,
    /// The items that are capped over all projects together.
    pub measure: Vec<Cap>,
}

/// An item of a project's expenses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectCap {
    /// The project.
    pub project: String,
    /// The contribution that it has received.
    #[schema(value_type = String)]
    pub received: Cents,
    /// How far its cap reaches.
    #[serde(flatten)]
    pub cap: Cap,
}

/// `GET /v1/expenses?programme=`; none where the whole of the programme may not be seen.
///
/// # Errors
/// When the tables cannot be read.
pub async fn expenses_of_programme(
    reader: &Reader,
    programme: &ProgrammeId,
    paging: &Paging,
) -> Result<Option<Answer<ProgrammeExpenses>>, ReadError> {
    if !reader.within().whole_programme(programme.as_str()) {
        return Ok(None);
    }
    let Some(caps) = reach::caps_of(reader, programme.as_str()).await? else { return Ok(None) };
    let projects = reach::projects(reader, &caps, programme.as_str(), None).await?;
    let (received, measure) = (projects.iter().map(|one| one.received).sum(), caps::of_measure(&caps, &projects));
    let items = projects.into_iter().flat_map(|OfProject { project, received, caps }| {
        caps.into_iter().map(move |cap| ProjectCap { project: project.clone(), received, cap })
    });
    let mut items: Vec<ProjectCap> =
        items.filter(|item| paging.after().is_none_or(|after| *after < *key(item))).collect();
    items.sort_by_key(key);
    Ok(Some(reader.answer(ProgrammeExpenses {
        page: paging.page(items, key),
        programme: programme.to_string(),
        received,
        measure,
    })))
}

fn key(item: &ProjectCap) -> String {
    format!("{} {}", item.project, item.cap.item)
}
