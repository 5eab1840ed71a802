//! `POST /v1/impact`: what a command would change, before anybody sends it.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;
use traccia_application::{
    Bearer,
    permission::{Read, reach},
};
use traccia_domain::{Command, Position};
use traccia_projections::{
    answer::{Answer, KnownAt, Paging, Reader},
    impact::{Impact, Readers, Seen},
};
use traccia_projector::NoFork;
use utoipa::{IntoParams, ToSchema};

use super::{WAIT, within};
use crate::{
    App, Problem,
    bearer::Who,
    request::{
        Params, Whole,
        form::{read_command, read_json},
    },
};

/// How long to wait for those who ask the same, and for the fold to know what the log knows.
const PATIENCE: Duration = Duration::from_secs(5);

/// How an impact is asked for. It is about now: what would have been at another time is no impact.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Units that are listed, 1 to 1,000; 100 unless told. All are counted.
    limit: Option<u32>,
    /// Wait, up to 5 s, until the read models have reached this position. What the log has when it is asked is waited for
    /// anyway.
    min_position: Option<u64>,
}

/// A command that is not sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// Its name, for example `ConfirmLink`.
    command: String,
    /// Its fields, as they would be sent.
    #[schema(value_type = Object)]
    data: Box<RawValue>,
}

/// What a command would change if it were sent now: in every project the persons counted and at risk, the services, active
/// points and targets, what milestones would count, what of claims would hold, and, for who may read tranches, what is planned
/// and payable and the exposures that would be opened, changed or closed, each before and after; and the units that would come
/// and go. Nothing is written.
///
/// The command is refused as if it were sent. What takes two persons is answered to its end: `ProposeLink` and `BreakLink`
/// as if they were confirmed too, and a decision as if another person made it, so that who proposes may ask as well.
///
/// It takes no `known_at`: it speaks of now, the only time at which a command can be sent.
#[utoipa::path(
    post, path = "/v1/impact", tag = "Leggere", operation_id = "impact", params(Wanted),
    request_body(content = Question, description = "`{\"command\", \"data\"}`, as a line of a batch"),
    responses(
        (status = 200, description = "What would change", body = Answer<Seen>),
        (status = 503, description = "`NotProjecting`: another process follows the log and can answer; `NotYet`: others ask the same", body = crate::problem::Document, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(crate) async fn ask(
    State(app): State<App>,
    Who(who): Who,
    Params(wanted): Params<Wanted>,
    Whole(body): Whole,
) -> Result<Json<Answer<Seen>>, Problem> {
    let question: Question = read_json(&body)?;
    let command =
        read_command(&question.command, question.data.get().as_bytes()).map_err(|wrong| wrong.under("/data"))?;
    // The list has the same bounds as a page.
    Paging::new(None, wanted.limit)?;
    let most = wanted.limit.unwrap_or(Paging::USUAL) as usize;
    of(&app, &who, command, wanted.min_position, most).await.map(Json)
}

/// What a command would change, as far as its bearer may see it.
pub(crate) async fn of(
    app: &App,
    who: &Bearer,
    command: Command,
    min_position: Option<u64>,
    most: usize,
) -> Result<Answer<Seen>, Problem> {
    let foreseen = app.application.foresee(who, command).await;
    let foreseen = foreseen.map_err(|failure| Problem::from(failure).under("/data"))?;
    let events = foreseen.commits.iter().flat_map(|commit| &commit.events).map(|event| event.kind().name).collect();
    // The fold has to know all that was decided by.
    let known = foreseen.known.max(Position(min_position.unwrap_or_default()));
    let mut fork = app.forks.fork(known, PATIENCE).await?;
    // Rules judge the whole history, which takes its time: those who serve requests do not spend it.
    let compared = tokio::task::spawn_blocking(move || {
        let position = fork.position();
        (Impact::of(&mut fork, &foreseen.commits), position)
    });
    let (impact, position) = compared.await.map_err(|error| Problem::internal(&error))?;
    let limits = |read| reach(who, read).map(within);
    let readers = Readers {
        figures: limits(Read::Targets),
        units: limits(Read::Units),
        milestones: limits(Read::Milestones),
        tranches: limits(Read::Tranches),
    };
    let figures = readers.figures.clone().unwrap_or_else(nothing);
    let reader = Reader::open(&app.tables, KnownAt::Position(position), Some(position), WAIT, figures).await?;
    Ok(impact.seen(events, &reader, &readers, most))
}

/// No project at all.
fn nothing() -> traccia_projections::answer::Within {
    traccia_projections::answer::Within { projects: Some(Vec::new()), ..Default::default() }
}

impl From<NoFork> for Problem {
    fn from(none: NoFork) -> Problem {
        let code = match none {
            NoFork::Elsewhere => "NotProjecting",
            NoFork::NotYet => "NotYet",
        };
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, none.to_string())
    }
}
