//! `GET /v1/trail`

use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_projections::{
    answer::{Answer, Page},
    trail::queries,
};

use super::{
    commits::{self, Dated},
    list,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// Whose trail.
    list Which {
        /// A stream's name or an id: `point.mi-0042`, `mi-0042`, a record's id.
        entity: Option<String>,
    }
}

/// Who did what to something, and why, newest first.
#[utoipa::path(
    get, path = "/v1/trail", tag = "Leggere", operation_id = "trail", params(Which),
    responses((status = 200, description = "Commits", content((Answer<Page<Dated>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Trail, &which).await?;
    let Some(entity) = which.entity.as_deref() else {
        return Err(Problem::malformed("this needs an entity: a stream's name or an id"));
    };
    let Answer { position, rules, body: Page { items, next } } =
        queries::trail(&reader, entity, &which.paging()?).await?;
    let items = commits::dated(&app, items).await?;
    list::list(shape, &Answer { position, rules, body: Page { items, next } })
}
