//! `/accesso` and `/uscita`: a browser keeps a bearer token, and gives it up.
//!
//! The token is the same that programs use; it is pasted once and kept in a cookie that no script and no other site can
//! read or send. Pages alone take the cookie: the API asks for its header, so no form of another site can reach it.

pub(crate) mod cookie;
pub(crate) mod own_site;

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use traccia_application::token::{self, InvalidToken};

use super::frame::{Asked, Frame, Visitor, Wrong, answer, rendered};
use crate::App;

#[derive(Template)]
#[template(path = "access.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// Where to go on.
    then: String,
    /// What was wrong with the token that was pasted.
    wrong: Option<&'static str>,
}

/// Where a token is pasted.
#[utoipa::path(
    get, path = "/accesso", tag = "Pagine", operation_id = "sign_in_page",
    params(("poi" = Option<String>, Query, description = "The page to go on to")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
)]
pub(crate) async fn page(Visitor { frame, .. }: Visitor, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["poi"])?;
        Ok(Page { frame: &frame, then: here(asked.text("poi")), wrong: None })
    })
    .await
}

/// The longest token a browser keeps: a cookie has 4,096 bytes, its name and attributes among them.
const LONGEST: usize = 3_900;

/// What the form sends. It holds a token: it never prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pasted {
    token: String,
    #[serde(default)]
    poi: String,
}

/// `POST /accesso`: keeps the token in the browser, when it is one of ours.
pub(crate) async fn sign_in(
    State(app): State<App>,
    own_site::OwnSite: own_site::OwnSite,
    headers: HeaderMap,
    pasted: Result<Form<Pasted>, FormRejection>,
) -> Response {
    let frame = Frame::default();
    let Ok(Form(Pasted { token, poi })) = pasted else {
        return Wrong::request("Il modulo di accesso ha un solo campo: il token.").into_response();
    };
    let (token, then) = (token.trim(), here(Some(&poi)));
    let wrong = match token::verify(&app.tokens, token) {
        Ok(_) if token.len() > LONGEST => {
            "Il token è troppo lungo per un browser: ne serve uno con meno punti o progetti."
        }
        Ok(_) => return ([(header::SET_COOKIE, cookie::keep(&headers, token))], Redirect::to(&then)).into_response(),
        Err(InvalidToken::Expired) => "Il token è scaduto: serve uno nuovo.",
        Err(InvalidToken::Foreign | InvalidToken::Subject) => {
            "Il token non è di questa installazione, o non è stato copiato per intero."
        }
    };
    let mut response = rendered(&Page { frame: &frame, then, wrong: Some(wrong) });
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// `POST /uscita`: the browser forgets the token. The token itself stays valid until its end.
pub(crate) async fn sign_out(own_site::OwnSite: own_site::OwnSite, headers: HeaderMap) -> Response {
    ([(header::SET_COOKIE, cookie::forget(&headers))], Redirect::to("/")).into_response()
}

/// A page of ours to go on to; anything else is the first one.
fn here(path: Option<&str>) -> String {
    let path = path.unwrap_or_default();
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_a_page_of_ours() {
        assert_eq!(here(Some("/progetti/x?known_at=3")), "/progetti/x?known_at=3");
        for path in ["", "//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/x\r\ny"] {
            assert_eq!(here(Some(path)), "/", "{path:?}");
        }
    }
}
