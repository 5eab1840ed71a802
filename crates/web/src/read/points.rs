//! `GET /v1/points`, `GET /v1/points/{id}`

use axum::{Json, extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{PointId, ProjectId, ProvinceCode};
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::{self, Point, PointFilter, PointWithHistory},
};

use super::{
    list,
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
    let filter = PointFilter { project: which.project, province: which.province, state: which.state };
    list::list(shape, &queries::points(&reader, &filter, &paging).await?)
}

/// A point and what happened to it.
#[utoipa::path(
    get, path = "/v1/points/{id}", tag = "Leggere", operation_id = "point",
    params(("id" = String, Path, description = "Its id"), Moment),
    responses((status = 200, description = "The point", body = Answer<PointWithHistory>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<PointId>,
    Params(known): Params<Moment>,
) -> Result<Json<Answer<PointWithHistory>>, Problem> {
    let reader = super::open(&app, &who, Read::Points, &known).await?;
    list::found(queries::point(&reader, &id).await?, "UnknownPoint", "there is no such point")
}
