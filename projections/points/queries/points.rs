//! Points: where they are, their state, and what happened to them.

use serde::Serialize;
use serde_json::Value;
use traccia_domain::{PointId, ProjectId, ProvinceCode, StreamId, StreamKind};
use traccia_projector::held;
use utoipa::ToSchema;

use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    trail::queries::{Entry, of_stream},
};

/// A point.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Point {
    /// Its id.
    pub id: String,
    /// Its programme.
    pub programme: String,
    /// Its project.
    pub project: String,
    /// Its province.
    pub province: String,
    /// Its name.
    pub name: String,
    /// Its state: open, active (open, and it has given a service), suspended, closed or voided.
    pub state: String,
    /// First day it received citizens.
    pub opened_on: String,
    /// First day it no longer did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<String>,
    /// The opening, as it was recorded.
    #[schema(value_type = Object)]
    pub opening: Value,
}

/// A point and what happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PointWithHistory {
    /// The point.
    #[serde(flatten)]
    pub point: Point,
    /// The days on which it is active: what targets on points count.
    pub active: Vec<ActiveSpan>,
    /// Its commits, newest first.
    pub history: Vec<Entry>,
}

/// Days on which a point is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActiveSpan {
    /// First day it is.
    pub from: String,
    /// First day it no longer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// The states of a point.
pub const STATES: [&str; 5] = ["open", "active", "suspended", "closed", "voided"];

/// Which points are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointFilter {
    /// Those of a project.
    pub project: Option<ProjectId>,
    /// Those in a province.
    pub province: Option<ProvinceCode>,
    /// Those in a state.
    pub state: Option<String>,
}

const COLUMNS: &str =
    "p.id, p.programme, p.project, p.province, p.name, p.state, p.opened_on, p.closed_on, p.detail, p.key";

/// `GET /v1/points?project=&province=&state=`
///
/// # Errors
/// When the tables cannot be read.
pub async fn points(reader: &Reader, filter: &PointFilter, paging: &Paging) -> Result<Answer<Page<Point>>, ReadError> {
    let mut sql = Sql::from(format!("select {COLUMNS} from point p where {}", held("p")));
    sql.equals("p.project", filter.project.as_ref().map(ProjectId::as_str))
        .equals("p.province", filter.province.as_ref().map(ProvinceCode::as_str))
        .equals("p.state", filter.state.as_deref());
    reader.within().points_of(&mut sql);
    if let Some(after) = paging.after() {
        sql.push(" and p.id > ").arg(after.to_owned());
    }
    sql.push(" order by p.id limit ").arg(paging.rows());
    let items = reader.rows(sql).await?.iter().map(read).collect::<Result<_, _>>()?;
    Ok(reader.answer(paging.page(items, |item: &Point| item.id.clone())))
}

/// `GET /v1/points/{id}`; none where there is no such point within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn point(reader: &Reader, id: &PointId) -> Result<Option<Answer<PointWithHistory>>, ReadError> {
    let mut sql = Sql::from(format!("select {COLUMNS} from point p where {} and p.id = ", held("p")));
    sql.arg(id.to_string());
    reader.within().points_of(&mut sql);
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(reader.answer(PointWithHistory {
        point: read(row)?,
        active: active(reader, row.integer(9)).await?,
        history: of_stream(reader, &StreamId::new(StreamKind::Point, id)).await?,
    })))
}

fn read(row: &Line) -> Result<Point, ReadError> {
    Ok(Point {
        id: row.text(0),
        programme: row.text(1),
        project: row.text(2),
        province: row.text(3),
        name: row.text(4),
        state: row.text(5),
        opened_on: row.text(6),
        closed_on: row.text_or_null(7),
        opening: row.json(8)?,
    })
}

/// The spans of a point's key are numbered within it.
async fn active(reader: &Reader, key: i64) -> Result<Vec<ActiveSpan>, ReadError> {
    let mut sql = Sql::from(format!("select a.from_on, a.until_on from point_active a where {}", held("a")));
    sql.push(" and a.key >= ").arg(key * 4096).push(" and a.key < ").arg((key + 1) * 4096).push(" order by a.from_on");
    let rows = reader.rows(sql).await?;
    Ok(rows.iter().map(|row| ActiveSpan { from: row.text(0), until: row.text_or_null(1) }).collect())
}
