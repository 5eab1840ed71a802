//! What stands on every answer, and the answers for what is not there.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{
    App, Problem,
    page::frame::{Visitor, Wrong},
};

/// Pages have no scripts, and nothing from elsewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Within this site only: without any, browsers send forms as from nowhere, and those are refused.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
];

/// Says since when the log has not answered, on what is read meanwhile: nothing newer can be known.
pub(crate) const LOG_AWAY: HeaderName = HeaderName::from_static("traccia-log-away-since");

/// Puts the headers of every answer. What was asked for is nobody else's to keep, the style sheet apart.
pub(crate) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.extend(ALWAYS);
    let away = app.status.borrow().log_away_since.map(|since| HeaderValue::from_str(&since.to_string()));
    if let Some(Ok(since)) = away {
        headers.insert(LOG_AWAY, since);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Who takes no answer as it stands gets it so all the same, as RFC 9110 allows (12.5.3): a refusal would come after the
/// command was carried out, and say nothing of that.
pub(crate) async fn as_it_stands(mut request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    if asked.is_some_and(|asked| asked.contains("q=0")) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}

/// A path that is not there: for a browser a page, for a program a problem.
pub(crate) async fn unknown_path(visitor: Result<Visitor, Response>, headers: HeaderMap) -> Response {
    let problem = Problem::not_found("UnknownPath", "there is nothing at this path; /docs lists what there is");
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return problem.into_response();
    }
    let frame = visitor.map(|visitor| visitor.frame).unwrap_or_default();
    Wrong::from(problem).under(&frame)
}

/// A path that is there for other methods.
pub(crate) async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        "this path does not take this method; /docs says which",
    )
}

/// A bug: the client learns that there is one, the log learned where when it happened.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response<Body> {
    tracing::error!("a handler panicked");
    let detail = "something failed here; nothing of it is the request's fault";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal", detail).into_response()
}
