//! `GET /v1/trail`

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::StreamKind;
use traccia_projections::{
    answer::{Answer, Page},
    trail::queries::{self, TrailFilter},
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
        /// A stream's name or an id: `point.mi-0042`, `mi-0042`, a record's id. Without it the whole log, for those whose
        /// right reaches all of it.
        entity: Option<String>,
        /// What it happened to: log, programme, project, report, milestone, point, facilitator, record, number, link, money,
        /// payments, service, invoice or expense.
        kind: Option<String>,
        /// Who did it: an account's name.
        subject: Option<String>,
        /// Learned on this day in Italy, or later.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        from: Option<Date>,
        /// Learned on this day in Italy, or earlier.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        to: Option<Date>,
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
    if which.entity.is_none() && !reader.within().unlimited() {
        let why = "this needs an entity, a stream's name or an id: your token does not reach the whole log";
        return Err(Problem::malformed(why));
    }
    let paging = which.paging()?;
    let kind = which.kind.as_deref().map(|kind| named(kind).ok_or_else(not_named)).transpose()?;
    let Which { entity, subject, from, to, .. } = which;
    let filter = TrailFilter { entity, kind, subject, from, to };
    let mut answer = queries::trail(&reader, &filter, &paging).await?;
    let items = commits::dated(&app, std::mem::take(&mut answer.body.items)).await?;
    list::list(shape, &answer.map(|page| Page { items, next: page.next }))
}

/// A kind of stream by its name.
pub(crate) fn named(kind: &str) -> Option<StreamKind> {
    StreamKind::ALL.into_iter().find(|known| known.as_str() == kind)
}

fn not_named() -> Problem {
    Problem::malformed(format!("kind is one of {}", StreamKind::ALL.map(StreamKind::as_str).join(", ")))
}
