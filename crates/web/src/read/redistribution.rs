//! `GET /v1/redistributions/proposal`

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::Answer,
    redistribution::queries::{self, Proposal},
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
    /// Of which programme, and at which pace.
    list Which {
        /// The programme's. Needed: what is redistributed is one programme's.
        programme: Option<ProgrammeId>,
        /// The business day that the last four weeks end with; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// A redistribution by pace, proposed and written nowhere: what slow projects will not reach by the last milestone goes to
/// fast ones that would exceed theirs, in proportion, and its money with it. Sums are conserved; nothing falls below what
/// was certified or released. `proposal` is the body of an `AdoptRedistribution` but for its act and day. In CSV, the
/// projects alone.
#[utoipa::path(
    get, path = "/v1/redistributions/proposal", tag = "Leggere", operation_id = "redistribution_proposal", params(Which),
    responses((status = 200, description = "Each project's pace, and what it would have", content((Answer<Proposal> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn proposal(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Redistribution, &which).await?.about(which.on);
    let paging = which.paging()?;
    let programme = which.programme.ok_or_else(|| Problem::malformed("this needs a programme, by its id"))?;
    let missing = "there is no such programme, or it is outside what your token may see";
    let found = queries::proposal(&reader, &programme, &paging).await?;
    let found = found.ok_or_else(|| Problem::not_found("UnknownProgramme", missing))?;
    list::within(shape, found, |body| body.page)
}
