//! Projects: awards, targets, state.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use traccia_domain::{Cents, ProgrammeId, ProjectId};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{Redistributed, commitments::Commitments};
use crate::answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql};

/// A project.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its programme.
    pub programme: String,
    /// Its name.
    pub name: String,
    /// Its state: submitted, approved or rejected.
    pub state: String,
    /// The money awarded on the day of the answer, or asked for until it was.
    #[schema(value_type = String)]
    pub award: Cents,
    /// What it has committed to on that day.
    pub targets: ProjectTargets,
    /// What redistributions said of it, in the order they were adopted.
    pub redistributed: Vec<Redistributed>,
    /// Where it works.
    pub provinces: Vec<String>,
    /// First day, inclusive.
    pub starts: String,
    /// Last day, inclusive.
    pub ends: String,
    /// The application, with the tranches once approved.
    #[schema(value_type = Object)]
    pub application: Value,
}

/// What a project has committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectTargets {
    /// Points to activate.
    pub points: u64,
    /// Unique citizens to reach.
    pub citizens: u64,
    /// Services to give: recommended.
    pub services: u64,
}

const COLUMNS: &str = "j.id, j.programme, j.name, j.state, j.award, j.points, j.citizens, j.services, j.provinces, j.starts, \
                       j.ends, j.detail";

/// `GET /v1/projects?programme=`
///
/// # Errors
/// When the tables cannot be read.
pub async fn projects(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    paging: &Paging,
) -> Result<Answer<Page<Project>>, ReadError> {
    let mut sql = Sql::from(format!("select {COLUMNS} from project j where {}", held("j")));
    sql.equals("j.programme", programme.map(ProgrammeId::as_str));
    reader.within().whole_projects_of(&mut sql);
    if let Some(after) = paging.after() {
        sql.push(" and j.id > ").arg(after.to_owned());
    }
    sql.push(" order by j.id limit ").arg(paging.rows());
    let (rows, commitments) = (reader.rows(sql).await?, Commitments::of(reader).await?);
    let items = rows.iter().map(|row| read(row, &commitments, reader.on())).collect::<Result<_, _>>()?;
    Ok(reader.answer(paging.page(items, |item: &Project| item.id.clone())))
}

/// `GET /v1/projects/{id}`; none where there is no such project within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn project(reader: &Reader, id: &ProjectId) -> Result<Option<Answer<Project>>, ReadError> {
    let mut sql = Sql::from(format!("select {COLUMNS} from project j where {} and j.id = ", held("j")));
    sql.arg(id.to_string());
    reader.within().whole_projects_of(&mut sql);
    let (rows, commitments) = (reader.rows(sql).await?, Commitments::of(reader).await?);
    let project = rows.first().map(|row| read(row, &commitments, reader.on())).transpose()?;
    Ok(project.map(|project| reader.answer(project)))
}

fn read(row: &Line, commitments: &Commitments, on: Date) -> Result<Project, ReadError> {
    let id = row.text(0);
    let applied = ProjectTargets { points: row.count(5)?, citizens: row.count(6)?, services: row.count(7)? };
    let holds = commitments.on(&id, on);
    Ok(Project {
        redistributed: commitments.all(&id).to_vec(),
        id,
        programme: row.text(1),
        name: row.text(2),
        state: row.text(3),
        award: holds.map_or(Cents(row.integer(4)), |holds| holds.award),
        targets: holds.map_or(applied, |holds| holds.targets),
        provinces: row.text(8).split_whitespace().map(ToOwned::to_owned).collect(),
        starts: row.text(9),
        ends: row.text(10),
        application: row.json(11)?,
    })
}
