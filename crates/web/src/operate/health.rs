//! Liveness and readiness.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use tokio::time;
use traccia_domain::Position;
use traccia_ledger::State as Signing;
use traccia_log::{Log as _, LogError};
use traccia_projections::Projections;
use traccia_projector::{
    Checkpoint, Projection as _, ProjectorError as Apart, ReadError, Reading, State as Projecting,
};
use utoipa::ToSchema;

use crate::{App, operate::room, problem::tell};

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "Esercizio", operation_id = "healthz", responses((status = 200, description = "The process runs", body = String)))]
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// Whether the process can do its work.
#[derive(Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Whether commands and reads are answered.
    ready: bool,
    /// The log's last position; absent when the log cannot be reached.
    head: Option<u64>,
    /// How far the read models have come; absent when they cannot be reached.
    position: Option<u64>,
    /// How many commits the read models are behind.
    lag: Option<u64>,
    /// The signed log, where this process signs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<Signed>,
    /// Why not, where it is not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// How far the signed log has come. It never keeps the process from being ready, unless history has changed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Signed {
    /// How many commits are signed.
    size: u64,
    /// How many are not yet.
    lag: Option<u64>,
}

/// How many commits the read models may be behind and still be called ready.
const READY_LAG: u64 = 100_000;

/// How long the log may take to say where it ends: whoever probes gives up within seconds, and would not learn why.
const LOG_WITHIN: Duration = Duration::from_secs(2);

/// What is told of a log that does not answer.
const AWAY: &str = "the log cannot be read";

/// Log and read models can be reached, and the models are not far behind.
#[utoipa::path(
    get, path = "/readyz", tag = "Esercizio", operation_id = "readyz",
    responses((status = 200, description = "Ready", body = Readiness), (status = 503, description = "Not ready, and why", body = Readiness)),
)]
pub(crate) async fn ready(State(app): State<App>) -> Response {
    // First: both may move on meanwhile.
    let reached = app.tables.checkpoint().await;
    let away = |_| Err(LogError::Unavailable("it has not answered in time".into()));
    let head = time::timeout(LOG_WITHIN, app.application.log().head()).await.unwrap_or_else(away);
    let position = reached.as_ref().ok().and_then(|reached| reached.as_ref().map(|reached| reached.position));
    let lag = head.as_ref().ok().zip(position).map(|(head, position)| head.0.saturating_sub(position.0));
    // The whole chain of causes is in the traces: this is public.
    let why = match (&head, &reached, lag) {
        (Err(_), _, _) => Some(AWAY.to_owned()),
        (_, Err(_), _) => Some("the read models cannot be read".to_owned()),
        (Ok(_), Ok(None), _) => Some("the read models are being built".to_owned()),
        (Ok(_), Ok(Some(_)), Some(lag)) if lag > READY_LAG => Some(format!("the read models are {lag} commits behind")),
        (Ok(head), Ok(Some(reached)), _) => match every_table(&app).await {
            Ok(()) => match changed(&app).or_else(|| stopped(&app, position)) {
                Some(why) => Some(why),
                None => apart(&app, reached, *head).await.or_else(|| refusing(&app)),
            },
            Err(error) => {
                tell(&error);
                let why = "a table of the read models cannot be read: the traces say why; where it is missing, `traccia rebuild` \
                           builds them anew";
                Some(why.to_owned())
            }
        },
    };
    let signing = app.ledger.as_ref().map(|ledger| ledger.status()).filter(|ledger| ledger.state != Signing::Idle);
    let ledger = signing.map(|ledger| ledger.size);
    let ledger = ledger.map(|size| Signed { size, lag: head.as_ref().ok().map(|head| head.0.saturating_sub(size)) });
    let status = if why.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    // Without a checkpoint they are being built, and stand at the beginning.
    let position = reached.is_ok().then_some(position.unwrap_or(Position::START).0);
    let head = head.ok().map(|head| head.0);
    (status, Json(Readiness { ready: why.is_none(), head, position, lag, ledger, why })).into_response()
}

/// That the log is no longer the one that was signed, if so. Then nothing this process says can be relied on.
fn changed(app: &App) -> Option<String> {
    match app.ledger.as_ref()?.status().state {
        Signing::Stopped { why, history_changed: true, .. } => Some(why),
        Signing::Idle | Signing::Following | Signing::Waiting { .. } | Signing::Stopped { .. } => None,
    }
}

/// Looks into every table: one that somebody has dropped is missed before a question needs it.
async fn every_table(app: &App) -> Result<(), ReadError> {
    let view = app.tables.view_at(Reading::default()).await?;
    for table in Projections::tables() {
        view.rows(format!("select 1 from {} where $1 >= 0 limit 1", table.name), &[]).await?;
    }
    Ok(())
}

/// That log and read models do not belong together, if so: an older copy of the log took its place, or somebody replaced the
/// read models by another log's while this process ran. What it answers would be another installation's.
async fn apart(app: &App, reached: &Checkpoint, head: Position) -> Option<String> {
    match time::timeout(LOG_WITHIN, traccia_log::epoch(&**app.application.log())).await {
        Ok(Ok(Some(log))) if log != reached.epoch => Some(Apart::OtherLog { tables: reached.epoch, log }.to_string()),
        Ok(Ok(_)) if reached.position > head => {
            Some(Apart::LogShorter { tables: reached.position, log: head }.to_string())
        }
        Ok(Ok(_)) => None,
        Ok(Err(error)) => {
            tell(&error);
            Some(AWAY.to_owned())
        }
        Err(_) => Some(AWAY.to_owned()),
    }
}

/// That no new command is taken, if so.
fn refusing(app: &App) -> Option<String> {
    let log =
        app.application.log().trouble().map(|_| "nothing may be written to the log: the traces say why".to_owned());
    log.or_else(|| room::refused(app).map(|why| format!("new commands are refused: {why}")))
}

/// Since when the read models stand still, and where, if they do.
fn stopped(app: &App, position: Option<Position>) -> Option<String> {
    match &app.status.borrow().state {
        Projecting::CatchingUp | Projecting::Following | Projecting::StandingBy | Projecting::Elsewhere => None,
        Projecting::Waiting { since, .. } => Some(format!("the read models cannot be written since {since}")),
        Projecting::Stopped { since, .. } => {
            let at = position.unwrap_or(Position::START);
            Some(format!("the read models stand still at position {at} since {since}: the traces say why"))
        }
    }
}
