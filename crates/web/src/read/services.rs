//! `GET /v1/services/{id}`

use axum::{Json, extract::State};
use traccia_application::permission::Read;
use traccia_domain::ServiceId;
use traccia_projections::{
    answer::Answer,
    counting::queries::{self, Service},
};

use super::{list, params::Moment};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Named, Params},
};

/// A service: how it is judged, and why.
#[utoipa::path(
    get, path = "/v1/services/{id}", tag = "Leggere", operation_id = "service",
    params(("id" = String, Path, description = "Its id"), Moment),
    responses((status = 200, description = "The service", body = Answer<Service>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<ServiceId>,
    Params(known): Params<Moment>,
) -> Result<Json<Answer<Service>>, Problem> {
    let reader = super::open(&app, &who, Read::Service, &known).await?;
    list::found(queries::service(&reader, id).await?, "UnknownService", "there is no such service")
}
