//! Who asks: the bearer token of a request.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};
use traccia_application::{Bearer, token};

use crate::{App, Problem};

/// The bearer of a valid token; without one the request ends here.
pub(crate) struct Who(pub(crate) Bearer);

impl FromRequestParts<App> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Who, Problem> {
        bearer(parts, app)?.map(Who).ok_or_else(Problem::unauthorized)
    }
}

/// The bearer of a valid token, or nobody: for pages that show less to the public.
pub(crate) struct MaybeWho(pub(crate) Option<Bearer>);

impl FromRequestParts<App> for MaybeWho {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<MaybeWho, Problem> {
        bearer(parts, app).map(MaybeWho)
    }
}

/// The bearer a request names in its header; none where it names none.
pub(crate) fn bearer(parts: &Parts, app: &App) -> Result<Option<Bearer>, Problem> {
    let invalid = |detail: &str| Problem::new(StatusCode::UNAUTHORIZED, "Unauthorized", detail);
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(invalid("the Authorization header is given once"));
    }
    let token = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| invalid("the Authorization header is written: Bearer TOKEN"))?;
    token::verify(&app.tokens, token).map(Some).map_err(|error| invalid(&error.to_string()))
}
