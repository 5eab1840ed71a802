//! Whether what a question names is there, within, and part of one another. An answer about nothing would look like an
//! answer of nought.

use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode, programme::Definition};
use traccia_projector::held;

use crate::answer::{ReadError, Reader, Sql};

/// What a question names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// A programme.
    pub programme: Option<ProgrammeId>,
    /// A project; of that programme, where both are named.
    pub project: Option<ProjectId>,
    /// A province; of the programme's plan or the project, where they are named.
    pub province: Option<ProvinceCode>,
    /// A point; of that programme, project and province, where they are named.
    pub point: Option<PointId>,
}

/// What of it is not there, or not within: the two look the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The programme.
    Programme,
    /// The project, or it is another programme's.
    Project,
    /// The province, or it is another's.
    Province,
    /// The point, or it stands elsewhere.
    Point,
}

/// The first thing named that is missing.
///
/// # Errors
/// When the tables cannot be read.
pub async fn missing(reader: &Reader, named: &References) -> Result<Option<Missing>, ReadError> {
    let missing = if named.programme.is_some() && plans(reader, named).await?.is_empty() {
        Missing::Programme
    } else if named.project.is_some() && provinces_of_project(reader, named).await?.is_empty() {
        Missing::Project
    } else if named.province.is_some() && !province(reader, named).await? {
        Missing::Province
    } else if named.point.is_some() && !point(reader, named, named.point.as_ref()).await? {
        Missing::Point
    } else {
        return Ok(None);
    };
    Ok(Some(missing))
}

/// The definitions of the programme, or of all.
async fn plans(reader: &Reader, named: &References) -> Result<Vec<Definition>, ReadError> {
    let mut sql = Sql::from(format!("select g.definition from programme g where {}", held("g")));
    sql.equals("g.id", named.programme.as_ref().map(ProgrammeId::as_str));
    reader.within().definitions_of(&mut sql);
    reader.rows(sql).await?.iter().map(|row| row.json(0)).collect()
}

/// Where the project works; nothing where it is missing, for a project works somewhere.
async fn provinces_of_project(reader: &Reader, named: &References) -> Result<Vec<String>, ReadError> {
    let mut sql = Sql::from(format!("select j.provinces from project j where {}", held("j")));
    sql.equals("j.programme", named.programme.as_ref().map(ProgrammeId::as_str))
        .equals("j.id", named.project.as_ref().map(ProjectId::as_str));
    reader.within().parts_of_projects(&mut sql);
    let rows = reader.rows(sql).await?;
    Ok(rows.iter().flat_map(|row| row.text(0).split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect())
}

/// A province is of the plan, or of the project where one is named; or a point stands in it.
async fn province(reader: &Reader, named: &References) -> Result<bool, ReadError> {
    let Some(province) = &named.province else { return Ok(true) };
    let planned = match named.project {
        Some(_) => provinces_of_project(reader, named).await?.iter().any(|code| code == province.as_str()),
        None => plans(reader, named).await?.iter().any(|plan| plan.provinces.iter().any(|row| row.code == *province)),
    };
    Ok(planned || point(reader, named, None).await?)
}

/// Whether there is a point of the programme, project and province: the one named, or any.
async fn point(reader: &Reader, named: &References, only: Option<&PointId>) -> Result<bool, ReadError> {
    let mut sql = Sql::from(format!("select p.id from point p where {}", held("p")));
    sql.equals("p.programme", named.programme.as_ref().map(ProgrammeId::as_str))
        .equals("p.project", named.project.as_ref().map(ProjectId::as_str))
        .equals("p.province", named.province.as_ref().map(ProvinceCode::as_str))
        .equals("p.id", only.map(PointId::as_str));
    reader.within().points_of(&mut sql);
    sql.push(" limit 1");
    Ok(!reader.rows(sql).await?.is_empty())
}
