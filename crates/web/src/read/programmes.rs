//! `GET /v1/programmes`, `GET /v1/programmes/{id}`

use axum::{Json, extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::{self, Read};
use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::{self, Programme, ProgrammeSummary},
};

use super::{
    list,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Named, Params, Shape},
};

params! {
    /// Which programmes.
    list Which {
        /// The business day whose rules are shown; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

params! {
    /// What of a programme.
    One {
        /// The business day whose rules are shown; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// Programmes, with the version of the rules in force on the day.
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
    let reader = super::open(&app, &who, Read::Programmes, &which).await?.about(which.on);
    list::list(shape, &queries::programmes(&reader, &which.paging()?).await?)
}

/// A programme: the definition with the rules in force on the day, the versions of its rules, and where the plan's tables, or
/// its projects, do not add up to it.
#[utoipa::path(
    get, path = "/v1/programmes/{id}", tag = "Leggere", operation_id = "programme",
    params(("id" = String, Path, description = "Its id"), One),
    responses((status = 200, description = "The programme", body = Answer<Programme>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<ProgrammeId>,
    Params(which): Params<One>,
) -> Result<Json<Answer<Programme>>, Problem> {
    let reader = super::open(&app, &who, Read::Programmes, &which).await?.about(which.on);
    let mut found = queries::programme(&reader, &id).await?;
    // Everybody reads the plan; what projects have together is for those who may see each of them.
    if let (Some(found), Some(reach)) = (&mut found, permission::reach(&who, Read::Projects)) {
        let of_projects = queries::differences_of_projects(&reader, &found.body, &super::within(reach)).await?;
        found.body.differences.extend(of_projects);
    }
    list::found(found, "UnknownProgramme", "there is no such programme")
}
