//! `GET /v1/programmes`, `GET /v1/programmes/{id}`

use axum::{Json, extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::{self, Programme, ProgrammeSummary},
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
    /// Which programmes.
    list Which {}
}

/// Programmes, with the version of the rules in force.
#[utoipa::path(
    get, path = "/v1/programmes", tag = "Leggere", operation_id = "list_programmes", params(Which),
    responses((status = 200, description = "Programmes", content((Answer<Page<ProgrammeSummary>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Programmes, &which).await?;
    list::list(shape, &queries::programmes(&reader, &which.paging()?).await?)
}

/// A programme: the definition in force, the versions of its rules, and where the plan's tables do not add up.
#[utoipa::path(
    get, path = "/v1/programmes/{id}", tag = "Leggere", operation_id = "programme",
    params(("id" = String, Path, description = "Its id"), Moment),
    responses((status = 200, description = "The programme", body = Answer<Programme>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<ProgrammeId>,
    Params(known): Params<Moment>,
) -> Result<Json<Answer<Programme>>, Problem> {
    let reader = super::open(&app, &who, Read::Programmes, &known).await?;
    list::found(queries::programme(&reader, &id).await?, "UnknownProgramme", "there is no such programme")
}
