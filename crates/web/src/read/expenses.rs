//! `GET /v1/expenses`

use axum::{extract::State, response::Response};
use serde::Serialize;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projections::{
    answer::Answer,
    expenses::queries::{self, Expenses, ProgrammeExpenses},
};
use utoipa::ToSchema;

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
    /// Whose expenses: a project's or a programme's.
    list Which {
        /// The project's.
        project: Option<ProjectId>,
        /// Those of a programme's projects together, without their lines.
        programme: Option<ProgrammeId>,
    }
}

/// What was asked for, as the description has it.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "each is answered as it is")]
enum ExpensesOf {
    /// Of a project: lines, caps, headroom.
    Project(Answer<Expenses>),
    /// Of a programme: the caps of its projects and of the measure.
    Programme(Answer<ProgrammeExpenses>),
}

/// A project's expenses, each the share of an invoice that it claims; how far the caps of its items reach over what it has
/// received, and what is left of them; in CSV, the lines alone. Of a programme, the caps of each of its projects, and those of
/// the measure over all of them: what is eligible, and what is accepted and not; in CSV, the projects' alone.
#[utoipa::path(
    get, path = "/v1/expenses", tag = "Leggere", operation_id = "expenses", params(Which),
    responses((status = 200, description = "Lines, caps, headroom", content((ExpensesOf = "application/json"), (String = "text/csv")))),
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
    match (which.project, which.programme) {
        (Some(project), None) => {
            let missing = "there is no such project, or it is outside what your token may see";
            let found = queries::expenses(&reader, &project, &paging).await?;
            list::within(shape, found.ok_or_else(|| Problem::not_found("UnknownProject", missing))?, |body| body.page)
        }
        (None, Some(programme)) => {
            let missing = "there is no such programme, or your token may not see the whole of it";
            let found = queries::expenses_of_programme(&reader, &programme, &paging).await?;
            list::within(shape, found.ok_or_else(|| Problem::not_found("UnknownProgramme", missing))?, |body| body.page)
        }
        (None, None) | (Some(_), Some(_)) => Err(Problem::malformed("this needs a project or a programme, by its id")),
    }
}
