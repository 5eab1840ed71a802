//! `POST /v1/commands/{Command}` and batches of commands.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use serde::Serialize;
use traccia_application::{Bearer, Done, IdempotencyKey};
use traccia_domain::Command;
use utoipa::ToSchema;

use crate::{
    App, Problem,
    bearer::Who,
    operate::room,
    request::{
        Key, Named, Whole,
        form::{read_command, read_line},
        lines::{self, Bounds},
    },
};

/// Carries out one command.
///
/// The same `Idempotency-Key` with the same body returns the first answer with `"replayed": true`. A body has at most 1 MiB.
#[utoipa::path(
    post, path = "/v1/commands/{command}", tag = "Scrivere",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible characters; drawn by the server where absent, and returned")),
    request_body(content = Object, description = "The command's fields"),
    responses(
        (status = 200, description = "Carried out, or already there (`events` is empty), or repeated (`replayed`)", body = Carried),
        (status = 503, description = "The log is away, or its disk nearly full; nothing was written", body = crate::problem::Document, content_type = "application/problem+json"),
        (status = 504, description = "`OutcomeUnknown`: repeat with the same key", body = crate::problem::Document, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(name): Named<String>,
    Key(key): Key,
    Whole(body): Whole,
) -> Result<Json<Done>, Problem> {
    carry_out(&app, &who, key, read_command(&name, &body)?).await.map(Json)
}

/// What a command did.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes `Done`, which knows nothing of this crate's description")]
pub(crate) struct Carried {
    /// The last position it wrote, or where its effect was already.
    position: u64,
    /// The stream; of several, the first.
    stream: String,
    /// The stream's version since.
    revision: u64,
    /// What happened; nothing where the effect was already there.
    events: Vec<String>,
    /// Whether this is the answer of an earlier request under the same key.
    replayed: bool,
    /// What it made or touched.
    id: String,
    /// The key to repeat it with.
    idempotency_key: String,
}

async fn carry_out(app: &App, who: &Bearer, key: Option<IdempotencyKey>, command: Command) -> Result<Done, Problem> {
    room::admit(app).inspect_err(|_| {
        metrics::counter!("traccia_commands_total", "command" => command.name(), "outcome" => "no_room").increment(1);
    })?;
    Ok(app.application.carry_out(who, key, command).await?)
}

/// One line of a batch's answer: what a single command would have answered.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Done(Done),
    Problem(Problem),
}

/// Carries out a batch of commands, one JSON line each, and streams back one result line each, in order.
///
/// Commands are independent: a refused one does not stop those after it. A line has at most 1 MiB, all of them 64 MiB: the
/// answer is 200 all the same, and its last line the problem `TooLarge` (413). What came before was carried out and answered;
/// nothing behind it was read. A line has its own `idempotency_key`: the header `Idempotency-Key` is refused here.
#[utoipa::path(
    post, path = "/v1/commands", tag = "Scrivere", operation_id = "commands",
    request_body(content = String, content_type = "application/x-ndjson", description = "Lines `{\"command\", \"idempotency_key\"?, \"data\"}`"),
    responses((status = 200, description = "One line for each command: its answer or its problem", content_type = "application/x-ndjson", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn batch(
    State(app): State<App>,
    Who(who): Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    // Whoever sends it counts on a retry that is safe.
    if headers.contains_key("idempotency-key") {
        return Err(Problem::malformed(
            "the Idempotency-Key header is of a single command: in a batch each line has an idempotency_key of its own",
        ));
    }
    let bounds = Bounds { line: app.limits.command, body: app.limits.batch };
    let lines = lines::of(body.into_data_stream(), bounds);
    let answers = lines.then(move |line| {
        let (app, who) = (app.clone(), who.clone());
        async move {
            // A client that goes away ends this at a line: what was committed stays, the rest was never asked.
            let outcome = match line {
                Ok(line) => carry_out_line(&app, &who, &line).await,
                Err(problem) => Err(problem),
            };
            let outcome = outcome.map_or_else(Outcome::Problem, Outcome::Done);
            let mut text = serde_json::to_vec(&outcome)?;
            text.push(b'\n');
            Ok::<_, serde_json::Error>(text)
        }
    });
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(answers)).into_response())
}

async fn carry_out_line(app: &App, who: &Bearer, line: &[u8]) -> Result<Done, Problem> {
    let (key, command) = read_line(line)?;
    carry_out(app, who, key, command).await
}
