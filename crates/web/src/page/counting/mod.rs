//! `GET /conteggio`: why a number is what it is. From the services recorded to the citizens counted, line by line.

pub(crate) mod citizen;
pub(crate) mod difference;
pub(crate) mod erase;
pub(crate) mod lists;
pub(crate) mod place;
pub(crate) mod service;
pub(crate) mod steps;
pub(crate) mod void;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_projections::counting::queries::waterfall;

use self::{
    place::{NAMES, Place},
    steps::{Look, Step, steps},
};
use super::{
    frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
    shown::Cell,
};
use crate::{
    App,
    read::{right, within},
};

#[derive(Template)]
#[template(path = "counting.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    name: Cell,
    difference: String,
    steps: Vec<Step>,
}

/// The waterfall of a programme, a province of it, a project or a point.
#[utoipa::path(
    get, path = "/conteggio", tag = "Pagine", operation_id = "counting_page",
    params(
        ("programme" = Option<String>, Query, description = "A programme, or"), ("province" = Option<String>, Query, description = "a province of it, or"),
        ("project" = Option<String>, Query, description = "a project, or"), ("point" = Option<String>, Query, description = "a point"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&NAMES)?;
        let place = Place::of(&asked)?;
        let sight = Sight::Exact(within(right(&who, Read::Counting)?));
        let (reader, truth) = open(&app, sight, &asked, "/conteggio").await?;
        let name = place.name(&reader, &truth).await?;
        let found = waterfall(&reader, &place.scope()).await?.ok_or_else(|| Wrong::unknown("Il conteggio"))?.body;
        let to = |behind| place.behind(&truth, behind);
        let steps = steps(&found, &Look::Exact(&to));
        let difference = place.difference(&truth);
        Ok(Page { frame: &frame, truth, name, difference, steps })
    })
    .await
}
