//! Pages, in Italian, for people: they work without scripts.

pub(crate) mod docs;
mod hidden;
pub(crate) mod home;
mod italian;

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

use crate::Problem;

/// The style sheet of the pages.
#[utoipa::path(
    get, path = "/style.css", tag = "Pagine", operation_id = "style",
    responses((status = 200, description = "CSS", content_type = "text/css", body = String)),
)]
pub(crate) async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, include_str!("../../templates/style.css")).into_response()
}

/// A page that says what is wrong.
#[derive(Template)]
#[template(path = "wrong.html")]
struct Wrong<'a> {
    title: &'a str,
    what: &'a str,
}

fn rendered(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// A problem as people read it.
fn wrong(problem: &Problem) -> Response {
    let explained = crate::problem::codes::CODES.iter().find(|(code, ..)| *code == problem.code());
    let (status, what) = explained.map_or((500, "Qualcosa non ha funzionato."), |(_, status, what)| (*status, *what));
    let title = if status >= 500 { "La pagina non è disponibile" } else { "La richiesta non va bene" };
    let mut response = rendered(&Wrong { title, what });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
