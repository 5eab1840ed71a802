//! `GET /v1/log`: the log itself, commit by commit, exactly as it is stored.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::{Stream, StreamExt as _, future, stream};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use traccia_application::permission::Read;
use traccia_domain::{Position, StreamId};
use traccia_log::{Chunk, Log as _, LogError};
use utoipa::IntoParams;

use crate::{
    App, Problem,
    bearer::Who,
    read::right,
    request::{Named, Params},
};

/// Which part of the log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Begin after this position.
    #[serde(default)]
    after: u64,
    /// At most so many commits: 100 unless told, 1,000 at most; without bound when following.
    limit: Option<usize>,
    /// One stream only, for example `point.mi-0042`.
    #[param(value_type = Option<String>)]
    stream: Option<StreamId>,
    /// Keep the connection open and send what is appended.
    #[serde(default)]
    follow: bool,
}

/// Commits in order, one JSON line each: `{"position", "commit"}`, the commit's text exactly as it is stored and hashed.
///
/// Following breaks off when the log cannot be read; whoever follows goes on `after` the last position they have.
#[utoipa::path(
    get, path = "/v1/log", tag = "Registro", operation_id = "log", params(Which),
    responses((status = 200, description = "Commits", content_type = "application/x-ndjson", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn read(
    State(app): State<App>,
    Who(who): Who,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    right(&who, Read::Log)?;
    if which.limit == Some(0) || (!which.follow && which.limit.is_some_and(|limit| limit > 1_000)) {
        return Err(Problem::malformed("limit is from 1 to 1,000; `after` goes on"));
    }
    let (log, after) = (app.application.log(), Position(which.after));
    let only = which.stream.map(|stream| format!("{{\"stream\":\"{stream}\","));
    let lines = if which.follow {
        let place = place(app.followers())?;
        let mut closing = app.closing();
        let let_go = async move {
            // Without a sender nobody says when: then it is now.
            let _ = closing.wait_for(|closing| *closing).await;
        };
        let limit = which.limit.unwrap_or(usize::MAX);
        lines(log.read(after), only, Position(u64::MAX))
            .take(limit)
            .take_until(let_go)
            .map(holding(place))
            .left_stream()
    } else {
        let head = log.head().await?;
        let chunks = if after < head { log.read(after) } else { stream::empty().boxed() };
        lines(chunks, only, head).take(which.limit.unwrap_or(100)).right_stream()
    };
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

/// A place among those who follow.
fn place(followers: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    followers.try_acquire_owned().map_err(|_| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyFollowers",
            "too many follow the log; read it without `follow`",
        )
    })
}

/// Holds a place for as long as the stream is there.
fn holding<T>(place: OwnedSemaphorePermit) -> impl FnMut(T) -> T {
    move |item| {
        let _held = &place;
        item
    }
}

/// The lines of commits up to a position, of one stream where its start is given.
fn lines(
    chunks: impl Stream<Item = Result<Chunk, LogError>> + Send + 'static,
    only: Option<String>,
    last: Position,
) -> impl Stream<Item = Result<String, LogError>> + Send + 'static {
    chunks
        .flat_map(move |chunk| {
            let texts = chunk.map(|chunk| chosen(&chunk, only.as_deref(), last));
            let (lines, over) = match texts {
                Ok((lines, over)) => (lines.into_iter().map(Ok).collect(), over),
                Err(error) => (vec![Err(error)], true),
            };
            // The end travels with the last line, or alone: the next chunk may be a day away.
            stream::iter(lines.into_iter().map(Some).chain(over.then_some(None)))
        })
        .take_while(|line| future::ready(line.is_some()))
        .filter_map(future::ready)
}

/// The lines of a chunk that are wanted, and whether it reaches the last position.
fn chosen(chunk: &Chunk, only: Option<&str>, last: Position) -> (Vec<String>, bool) {
    let mut over = false;
    let mut lines = Vec::new();
    for (position, text) in chunk.texts().take_while(|(position, _)| *position <= last) {
        over = position == last;
        if only.is_none_or(|start| text.starts_with(start)) {
            lines.push(line(position, text));
        }
    }
    (lines, over)
}

fn line(position: Position, text: &str) -> String {
    format!("{{\"position\":{position},\"commit\":{text}}}\n")
}

/// One commit, exactly as it is stored.
#[utoipa::path(
    get, path = "/v1/log/{position}", tag = "Registro", operation_id = "commit",
    params(("position" = u64, Path, description = "Its position")),
    responses((status = 200, description = "The commit", body = Object)),
    security(("token" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Who(who): Who,
    Named(position): Named<u64>,
) -> Result<Response, Problem> {
    right(&who, Read::Log)?;
    let unknown = || Problem::not_found("UnknownPosition", "the log has no commit at this position");
    let (position, text) = stored(&app, Position(position)).await?.ok_or_else(unknown)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], line(position, &text)).into_response())
}

/// The text of a commit, exactly as it is stored; `None` where the log has none.
pub(crate) async fn stored(app: &App, position: Position) -> Result<Option<(Position, String)>, LogError> {
    let log = app.application.log();
    if position == Position::START || position > log.head().await? {
        return Ok(None);
    }
    let chunk = log.read(Position(position.0 - 1)).next().await.transpose()?;
    let first = chunk.as_ref().and_then(|chunk| chunk.texts().next());
    Ok(first.map(|(position, text)| (position, text.to_owned())))
}
