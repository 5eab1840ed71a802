//! Pages, in Italian, for people: they work without scripts.
//!
//! The public sees `/`: totals of a programme without small figures, at published positions. Whoever signs in with a
//! token sees within its right: exact figures, what is behind each, and the uploads.

pub(crate) mod access;
pub(crate) mod counting;
pub(crate) mod docs;
pub(crate) mod expenses;
pub(crate) mod findings;
pub(crate) mod frame;
pub(crate) mod home;
pub(crate) mod impact;
pub(crate) mod links;
pub(crate) mod milestones;
pub(crate) mod network;
pub(crate) mod redistribution;
pub(crate) mod regis;
pub(crate) mod release;
pub(crate) mod reports;
pub(crate) mod shown;
pub(crate) mod trail;
pub(crate) mod uploads;

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};

/// The style sheet of the pages.
#[utoipa::path(
    get, path = "/style.css", tag = "Pagine", operation_id = "style",
    responses((status = 200, description = "CSS", content_type = "text/css", body = String)),
)]
pub(crate) async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, include_str!("../../templates/style.css")).into_response()
}
