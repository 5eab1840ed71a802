//! `GET /v1/targets`

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::References,
    targets::queries::{self, InvalidScope, TargetRow, TargetsFilter},
};

use super::{
    list, named,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// Which targets.
    list Which {
        /// Those of a programme; of all unless told.
        programme: Option<ProgrammeId>,
        /// Only rows of this project: itself, or its points.
        project: Option<ProjectId>,
        /// What the rows are: programme (unless told), province, project, point, semester or month.
        by: Option<String>,
        /// The business day; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// Targets, and what has been reached of them. Gates release money; monitoring targets are only looked at.
#[utoipa::path(
    get, path = "/v1/targets", tag = "Leggere", operation_id = "targets", params(Which),
    responses((status = 200, description = "Targets", content((Answer<Page<TargetRow>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let by = which.by.as_deref().unwrap_or("programme");
    let by = by.parse().map_err(|error: InvalidScope| Problem::malformed(error.to_string()))?;
    let reader = super::open(&app, &who, Read::Targets, &which).await?;
    let paging = which.paging()?;
    let Which { programme, project, on, .. } = which;
    let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
    named::check(&reader, references).await?;
    let filter = TargetsFilter { programme, project, by, on };
    list::list(shape, &queries::targets_page(&reader, &filter, &paging).await?)
}
