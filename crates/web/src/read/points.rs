//! `GET /v1/points`, `GET /v1/points/{id}`

use axum::{Json, extract::State, response::Response};
use serde::Serialize;
use traccia_application::permission::Read;
use traccia_domain::{PointId, ProjectId, ProvinceCode};
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::{self, ActiveSpan, Point, PointFilter, PointWithHistory, References, STATES},
};
use utoipa::ToSchema;

use super::{
    commits::{self, Dated},
    list, named,
    params::{Listed as _, Moment, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Named, Params, Shape},
};

params! {
    /// Which points.
    list Which {
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those in a province, by its code.
        province: Option<ProvinceCode>,
        /// Those in a state: open, active, suspended, closed or voided.
        state: Option<String>,
    }
}

/// Points, with their state.
#[utoipa::path(
    get, path = "/v1/points", tag = "Leggere", operation_id = "list_points", params(Which),
    responses((status = 200, description = "Points", content((Answer<Page<Point>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Points, &which).await?;
    let paging = which.paging()?;
    if which.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::malformed(format!("state is one of {}", STATES.join(", "))));
    }
    let filter = PointFilter { project: which.project, province: which.province, state: which.state };
    let references =
        References { project: filter.project.clone(), province: filter.province.clone(), ..References::default() };
    named::check(&reader, references).await?;
    list::list(shape, &queries::points(&reader, &filter, &paging).await?)
}

/// A point and what happened to it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PointInFull {
    /// The point.
    #[serde(flatten)]
    point: Point,
    /// The days on which it is active: what targets on points count.
    active: Vec<ActiveSpan>,
    /// Its commits, newest first, each with its day.
    history: Vec<Dated>,
}

/// A point and what happened to it.
#[utoipa::path(
    get, path = "/v1/points/{id}", tag = "Leggere", operation_id = "point",
    params(("id" = String, Path, description = "Its id"), Moment),
    responses((status = 200, description = "The point", body = Answer<PointInFull>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<PointId>,
    Params(known): Params<Moment>,
) -> Result<Json<Answer<PointInFull>>, Problem> {
    let reader = super::open(&app, &who, Read::Points, &known).await?;
    let found = match queries::point(&reader, &id).await? {
        Some(mut found) => {
            let history = commits::dated(&app, std::mem::take(&mut found.body.history)).await?;
            Some(found.map(|PointWithHistory { point, active, .. }| PointInFull { point, active, history }))
        }
        None => None,
    };
    list::found(found, "UnknownPoint", "there is no such point")
}
