//! `GET /v1/projects`, `GET /v1/projects/{id}`

use axum::{Json, extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::{self, Project, References},
};

use super::{
    list, named,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Named, Params, Shape},
};

params! {
    /// Which projects.
    list Which {
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// The business day whose awards and targets are shown; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

params! {
    /// What of a project.
    One {
        /// The business day whose award and targets are shown; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// Projects: awards, targets, state.
#[utoipa::path(
    get, path = "/v1/projects", tag = "Leggere", operation_id = "list_projects", params(Which),
    responses((status = 200, description = "Projects", content((Answer<Page<Project>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Projects, &which).await?.about(which.on);
    let paging = which.paging()?;
    named::check(&reader, References { programme: which.programme.clone(), ..References::default() }).await?;
    list::list(shape, &queries::projects(&reader, which.programme.as_ref(), &paging).await?)
}

/// A project.
#[utoipa::path(
    get, path = "/v1/projects/{id}", tag = "Leggere", operation_id = "project",
    params(("id" = String, Path, description = "Its id"), One),
    responses((status = 200, description = "The project", body = Answer<Project>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<ProjectId>,
    Params(one): Params<One>,
) -> Result<Json<Answer<Project>>, Problem> {
    let reader = super::open(&app, &who, Read::Projects, &one).await?.about(one.on);
    list::found(queries::project(&reader, &id).await?, "UnknownProject", "there is no such project")
}
