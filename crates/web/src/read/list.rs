//! Answers: one thing, or a list as JSON or CSV.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use traccia_projections::answer::{Answer, Page};

use super::csv;
use crate::{Problem, request::Shape};

/// The position an answer in CSV was computed at.
pub(super) const POSITION: HeaderName = HeaderName::from_static("traccia-position");
/// The cursor of the page after an answer in CSV.
const NEXT: HeaderName = HeaderName::from_static("traccia-next");

/// Answers a list in the form that is asked for. CSV has no room for position and cursor: headers carry them.
pub(super) fn list<T: Serialize>(shape: Shape, answer: &Answer<Page<T>>) -> Result<Response, Problem> {
    if shape == Shape::Json {
        return Ok(Json(answer).into_response());
    }
    let text = csv::of(&answer.body.items).map_err(|error| Problem::internal(&*error))?;
    let mut response = ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response();
    response.headers_mut().insert(POSITION, answer.position.0.into());
    let next = answer.body.next.as_deref().and_then(|next| HeaderValue::from_str(next).ok());
    next.map(|next| response.headers_mut().insert(NEXT, next));
    Ok(response)
}

/// Answers one thing, or that there is none.
pub(super) fn found<T>(
    answer: Option<Answer<T>>,
    code: &'static str,
    detail: &str,
) -> Result<Json<Answer<T>>, Problem> {
    answer.map(Json).ok_or_else(|| Problem::not_found(code, detail))
}
