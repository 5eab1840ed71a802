//! Forms are taken from our own pages only. The cookie is not sent with another site's requests (`SameSite=Strict`); this
//! holds where a browser would not keep to that, and keeps others from signing a browser in.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse as _, Response},
};

use crate::page::frame::Wrong;

/// The form was on a page of ours.
pub(crate) struct OwnSite;

impl<S: Send + Sync> FromRequestParts<S> for OwnSite {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<OwnSite, Response> {
        if own(&parts.headers) {
            return Ok(OwnSite);
        }
        let what = "Il modulo non viene da una pagina di questo sito: non è stato fatto nulla.";
        Err(Wrong::forbidden(what).into_response())
    }
}

/// What the browser says of where the form was. Every browser says at least one of the two; who says nothing is refused.
fn own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let origin = text("origin").and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
            origin.is_some() && origin == text(header::HOST.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_form_of_another_site_is_not_taken() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().chain(&[("host", "traccia.example")]);
            own(&pairs.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect())
        };
        assert!(with(&[("sec-fetch-site", "same-origin")]));
        assert!(with(&[("origin", "https://traccia.example")]));
        assert!(!with(&[("sec-fetch-site", "cross-site"), ("origin", "https://traccia.example")]));
        assert!(!with(&[("sec-fetch-site", "same-site")]), "a neighbouring host is another site");
        assert!(!with(&[("origin", "https://traccia.example.evil.example")]));
        assert!(!with(&[("origin", "null")]));
        assert!(!with(&[]));
    }
}
