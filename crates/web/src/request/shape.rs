//! In which form a list is answered.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

/// In which form a list is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// JSON, unless told otherwise.
    Json,
    /// CSV, for spreadsheets.
    Csv,
}

impl<S: Send + Sync> FromRequestParts<S> for Shape {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Shape, Infallible> {
        let accepted = parts.headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let kinds = accepted.flat_map(|value| value.split(',')).map(|kind| kind.split(';').next().unwrap_or("").trim());
        // The first of the two that is named.
        let first = kinds.filter_map(|kind| match kind {
            "text/csv" => Some(Shape::Csv),
            "application/json" => Some(Shape::Json),
            _ => None,
        });
        Ok({ first }.next().unwrap_or(Shape::Json))
    }
}
