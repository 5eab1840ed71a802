//! `GET /v1/reports`, `GET /v1/reports/{project}/{month}`

use axum::{Json, extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId, time::Month};
use traccia_projections::{
    answer::{Answer, Page},
    points::queries::References,
    reports::queries::{self, Report, ReportFilter, ReportInFull, STATES},
};

use super::{
    list, named,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Both, Params, Shape},
};

params! {
    /// Which reports.
    list Which {
        /// Those of a programme's projects.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those that stand so: open, submitted, returned, reopened or accepted.
        state: Option<String>,
        /// `true`: only those that are overdue.
        overdue: Option<bool>,
        /// The business day up to whose month reports are listed, and on which they are due or overdue; the day of
        /// `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

params! {
    /// What of a report.
    One {
        /// The business day on which it is due or overdue; the day of `known_at` unless told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
    }
}

/// Monthly reports: every month of every approved project from its start, also those nobody has submitted, with when each is
/// due.
#[utoipa::path(
    get, path = "/v1/reports", tag = "Leggere", operation_id = "reports", params(Which),
    responses((status = 200, description = "Reports", content((Answer<Page<Report>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn all(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Reports, &which).await?.about(which.on);
    let paging = which.paging()?;
    let Which { programme, project, state, overdue, .. } = which;
    let wrong = || Problem::malformed(format!("state is one of {}", STATES.join(", "))).at("/state");
    let state = state.map(|name| state_named(&name).ok_or_else(wrong)).transpose()?;
    let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
    named::check(&reader, references).await?;
    let filter = ReportFilter { programme, project, state, overdue: overdue.unwrap_or(false) };
    list::list(shape, &queries::reports(&reader, &filter, &paging).await?)
}

/// How a report stands, by its name.
pub(crate) fn state_named(name: &str) -> Option<&'static str> {
    STATES.into_iter().find(|state| *state == name)
}

/// A month's report: how it stands, and what it says. Of one that is submitted or accepted, `content` is what the log knew
/// when it was submitted, at `content.position`; else what it knows now. What each figure means is in
/// `projections/reports/README.md`.
#[utoipa::path(
    get, path = "/v1/reports/{project}/{month}", tag = "Leggere", operation_id = "report",
    params(("project" = String, Path, description = "The project"), ("month" = String, Path, description = "The month, for example 2024-03"), One),
    responses((status = 200, description = "The report", body = Answer<ReportInFull>)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Both(project, month): Both<ProjectId, Month>,
    Params(one): Params<One>,
) -> Result<Json<Answer<ReportInFull>>, Problem> {
    let reader = super::open(&app, &who, Read::Reports, &one).await?.about(one.on);
    let found = queries::report(&reader, &project, month).await?;
    list::found(
        found,
        "UnknownReport",
        "no approved project of this id reports on this month, or it is outside what your token may see",
    )
}
