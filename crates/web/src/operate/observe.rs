//! A span and the metrics of every request: method and matched path, never the query or the body, which may name people.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

/// Observes a request.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let method = match request.method().as_str() {
        // A client may invent methods; metrics must not grow with them.
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let span = tracing::info_span!("request", %method, %path);
    let since = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, seconds) = (response.status().as_u16(), since.elapsed().as_secs_f64());
    span.in_scope(|| tracing::debug!(status, ms = seconds * 1_000.0, "answered"));
    metrics::histogram!("traccia_http_seconds", "method" => method.clone(), "path" => path.clone()).record(seconds);
    let labels = [("method", method), ("path", path), ("status", status.to_string())];
    metrics::counter!("traccia_http_requests_total", &labels).increment(1);
    response
}
