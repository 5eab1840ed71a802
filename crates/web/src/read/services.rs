//! `GET /v1/services/{id}`

use axum::{Json, extract::State};
use serde::Serialize;
use traccia_application::permission::Read;
use traccia_domain::ServiceId;
use traccia_projections::{
    answer::Answer,
    counting::queries::{self, Service},
    reports::queries::{Reported, of_service},
};
use utoipa::ToSchema;

use super::{commits, list, params::Moment};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Named, Params},
};

/// A service: how it is judged, and what was recorded.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceInFull {
    /// How it is judged.
    #[serde(flatten)]
    service: Service,
    /// How it stands in the monthly reports of its project.
    #[serde(flatten)]
    reported: Reported,
    /// What was recorded.
    #[serde(flatten)]
    details: commits::Details,
}

/// A service: how it is judged, and why.
#[utoipa::path(
    get, path = "/v1/services/{id}", tag = "Leggere", operation_id = "service",
    params(("id" = String, Path, description = "Its id"), Moment),
    responses((status = 200, description = "The service", body = Answer<ServiceInFull>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<ServiceId>,
    Params(known): Params<Moment>,
) -> Result<Json<Answer<ServiceInFull>>, Problem> {
    let reader = super::open(&app, &who, Read::Service, &known).await?;
    let found = match queries::service(&reader, id).await? {
        Some(found) => {
            let details = commits::of_service(&app, id).await?;
            let reported = of_service(&reader, &found.body).await?;
            Some(found.map(|service| ServiceInFull { service, reported, details }))
        }
        None => None,
    };
    list::found(found, "UnknownService", "there is no such service")
}
