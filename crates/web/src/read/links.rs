//! `GET /v1/links`

use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_projections::{
    answer::{Answer, Page},
    counting::queries::{self, Link, STATES},
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
    /// Which links.
    list Which {
        /// Those that stand so: proposed, linked, distinct, break_proposed or unlinked. All, unless told.
        state: Option<String>,
    }
}

/// Pairs of records of which something was said: proposals that wait for a decision, and what was decided. Each with
/// both sides, who proposed and when.
#[utoipa::path(
    get, path = "/v1/links", tag = "Leggere", operation_id = "links", params(Which),
    responses((status = 200, description = "Pairs of records", content((Answer<Page<Link>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Links, &which).await?;
    let paging = which.paging()?;
    let state = which.state.as_deref();
    if state.is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::malformed(format!("state is one of {}", STATES.join(", "))));
    }
    list::list(shape, &queries::links(&reader, state, &paging).await?)
}
