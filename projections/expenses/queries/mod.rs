//! A project's expenses, line by line, and how far its caps reach.

mod lines;
mod received;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{Cents, ProjectId, programme::Definition};
use traccia_projector::held;
use utoipa::ToSchema;

pub use self::lines::Line;
use super::caps::{self, Cap, Spent};
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
    let Some((programme, mut definition)) = programme_of(reader, project).await? else { return Ok(None) };
    reader.adopted().put_in_force(&mut definition, reader.on())?;
    let received = received::by_project(reader, project).await?;
    let measure = if reader.within().whole_programme(&programme) {
        let received = received::by_programme(reader, &programme).await?;
        let spent = spent(reader, "j.programme", &programme).await?;
        caps::of_measure(&definition.expense_caps, received, &spent)
    } else {
        Vec::new()
    };
    let spent = spent(reader, "e.project", project.as_str()).await?;
    Ok(Some(reader.answer(Expenses {
        page: lines::of_project(reader, project, paging).await?,
        project: project.to_string(),
        received,
        caps: caps::of_project(&definition.expense_caps, received, &spent),
        measure,
    })))
}

/// A project's programme and its definition; none where the project is not within.
async fn programme_of(reader: &Reader, project: &ProjectId) -> Result<Option<(String, Definition)>, ReadError> {
    let mut sql = Sql::from(format!(
        "select g.id, g.definition from project j join programme g on g.id = j.programme where {} and {} and j.id = ",
        held("j"),
        held("g"),
    ));
    sql.arg(project.to_string());
    reader.within().whole_projects_of(&mut sql);
    reader.rows(sql).await?.first().map(|row| Ok((row.text(0), row.json(1)?))).transpose()
}

/// What was claimed for each item, by a column's value.
async fn spent(reader: &Reader, column: &str, value: &str) -> Result<BTreeMap<String, Spent>, ReadError> {
    let mut sql = Sql::from(format!(
        "select e.item, cast(sum(case when e.state = 'declared' then e.claimed else 0 end) as bigint),
        cast(sum(case when e.state = 'accepted' then e.claimed else 0 end) as bigint)
        from expense e join project j on j.id = e.project where {} and {} and e.state <> 'rejected' and {column} = ",
        held("e"),
        held("j"),
    ));
    sql.arg(value.to_owned()).push(" group by e.item order by e.item");
    let rows = reader.rows(sql).await?;
    let spent = |row: &crate::answer::Line| {
        (row.text(0), Spent { declared: Cents(row.integer(1)), accepted: Cents(row.integer(2)) })
    };
    Ok(rows.iter().map(spent).collect())
}
