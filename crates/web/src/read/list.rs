//! Answers: one thing, or a list as JSON or CSV.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use traccia_domain::Position;
use traccia_projections::answer::{Answer, Page};

use super::csv::{self, BoxError};
use crate::{Problem, request::Shape};

/// The position an answer in CSV was computed at.
const POSITION: HeaderName = HeaderName::from_static("traccia-position");
/// The cursor of the page after an answer in CSV.
const NEXT: HeaderName = HeaderName::from_static("traccia-next");

/// Answers a list in the form that is asked for. CSV has no room for position and cursor: headers carry them.
pub(super) fn list<T: Serialize>(shape: Shape, answer: &Answer<Page<T>>) -> Result<Response, Problem> {
    with(shape, answer, csv::of)
}

/// The same, with a table of its own.
pub(super) fn with<T: Serialize>(
    shape: Shape,
    answer: &Answer<Page<T>>,
    table: impl FnOnce(&[T]) -> Result<Vec<u8>, BoxError>,
) -> Result<Response, Problem> {
    if shape == Shape::Json {
        return Ok(Json(answer).into_response());
    }
    let text = table(&answer.body.items).map_err(|error| Problem::internal(&*error))?;
    let mut response = file("text/csv; charset=utf-8", text, answer.position);
    let next = answer.body.next.as_deref().and_then(|next| HeaderValue::from_str(next).ok());
    next.map(|next| response.headers_mut().insert(NEXT, next));
    Ok(response)
}

/// Answers what a list is a part of: whole as JSON, the list alone as CSV.
pub(super) fn within<T: Serialize, I: Serialize>(
    shape: Shape,
    answer: Answer<T>,
    page: impl FnOnce(T) -> Page<I>,
) -> Result<Response, Problem> {
    match shape {
        Shape::Json => Ok(Json(answer).into_response()),
        Shape::Csv => list(shape, &answer.map(page)),
    }
}

/// A file, and the position it was computed at, for which it has no room.
pub(super) fn file(kind: &'static str, text: impl IntoResponse, position: Position) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (POSITION, position.0.into())], text).into_response()
}

/// Answers one thing, or that there is none.
pub(super) fn found<T>(
    answer: Option<Answer<T>>,
    code: &'static str,
    detail: &str,
) -> Result<Json<Answer<T>>, Problem> {
    answer.map(Json).ok_or_else(|| Problem::not_found(code, detail))
}
