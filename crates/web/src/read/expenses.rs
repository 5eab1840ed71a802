//! `GET /v1/expenses`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use traccia_application::permission::Read;
use traccia_domain::ProjectId;
use traccia_projections::{
    answer::Answer,
    expenses::queries::{self, Expenses},
};

use super::{
    list,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// Whose expenses.
    list Which {
        /// The project's. Needed: caps are of a project.
        project: Option<ProjectId>,
    }
}

/// A project's expenses, each the share of an invoice that it claims; how far the caps of its items reach over what it has
/// received, and what is left of them. In CSV, the lines alone.
#[utoipa::path(
    get, path = "/v1/expenses", tag = "Leggere", operation_id = "expenses", params(Which),
    responses((status = 200, description = "Lines, caps, headroom", content((Answer<Expenses> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Expenses, &which).await?;
    let paging = which.paging()?;
    let project = which.project.ok_or_else(|| Problem::malformed("this needs a project, by its id"))?;
    let missing = "there is no such project, or it is outside what your token may see";
    let found = queries::expenses(&reader, &project, &paging).await?;
    let found = found.ok_or_else(|| Problem::not_found("UnknownProject", missing))?;
    match shape {
        Shape::Json => Ok(Json(found).into_response()),
        Shape::Csv => {
            let Answer { position, rules, body } = found;
            list::list(shape, &Answer { position, rules, body: body.page })
        }
    }
}
