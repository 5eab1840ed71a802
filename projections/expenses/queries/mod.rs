//! A project's expenses, line by line, and how far its caps reach.

mod lines;
mod programme;
mod reach;
mod received;

#[cfg(test)]
mod tests;

use serde::Serialize;
use traccia_domain::{Cents, ProjectId};
use traccia_projector::held;
use utoipa::ToSchema;

pub use self::{
    lines::Line,
    programme::{ProgrammeExpenses, ProjectCap, expenses_of_programme},
};
use super::caps::{self, Cap};
use crate::answer::{Answer, Page, Paging, ReadError, Reader, Sql};

/// A project's expenses: lines, caps, headroom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Expenses {
    /// The lines, in the order in which they were declared.
    #[serde(flatten)]
    pub page: Page<Line>,
    /// The project.
    pub project: String,
    /// The contribution received: what was paid to it, less what was recovered.
    #[schema(value_type = String)]
    pub received: Cents,
    /// Its items, over all lines whatever the page.
    pub caps: Vec<Cap>,
    /// The items that are capped over all projects of the programme together; only for those who see the whole of it.
    pub measure: Vec<Cap>,
}

/// `GET /v1/expenses?project=`; none where there is no such project within.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn expenses(
    reader: &Reader,
    project: &ProjectId,
    paging: &Paging,
) -> Result<Option<Answer<Expenses>>, ReadError> {
    let mut sql = Sql::from(format!("select j.programme from project j where {} and j.id = ", held("j")));
    sql.arg(project.to_string());
    reader.within().whole_projects_of(&mut sql);
    let rows = reader.rows(sql).await?;
    let Some(programme) = rows.first().map(|row| row.text(0)) else { return Ok(None) };
    let Some(caps) = reach::caps_of(reader, &programme).await? else { return Ok(None) };
    let whole = reader.within().whole_programme(&programme);
    let projects = reach::projects(reader, &caps, &programme, (!whole).then_some(project)).await?;
    let measure = if whole { caps::of_measure(&caps, &projects) } else { Vec::new() };
    let own = projects.into_iter().find(|one| one.project == project.as_str()).unwrap_or_default();
    Ok(Some(reader.answer(Expenses {
        page: lines::of_project(reader, project, paging).await?,
        project: project.to_string(),
        received: own.received,
        caps: own.caps,
        measure,
    })))
}
