//! `/regis`: our numbers beside those of the plan's register, and what an audit takes away as a file.

pub(crate) mod compare;
pub(crate) mod files;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::{self, Read};
use traccia_domain::ProgrammeId;
use traccia_projections::{answer::Paging, points::queries::programmes};

use super::frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open};
use crate::{
    App,
    read::{right, within},
};

#[derive(Template)]
#[template(path = "regis.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    programmes: Vec<Files>,
}

/// A programme, and where its files are.
struct Files {
    id: String,
    name: String,
    values: String,
    /// The register of controls, for those who may read it.
    controls: Option<String>,
    ocds: String,
}

/// The programmes whose files one may have, and where to put the register's beside our numbers.
#[utoipa::path(
    get, path = "/regis", tag = "Pagine", operation_id = "regis_page",
    params(("programme" = Option<String>, Query, description = "This one alone"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme"])?;
        let wanted: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let sight = Sight::Exact(within(right(&who, Read::Exports)?));
        let (reader, truth) = open(&app, sight, &asked, "/regis").await?;
        let all = Paging::new(None, Some(Paging::MOST)).map_err(Wrong::from)?;
        let mut found = programmes(&reader, &all).await?.body.items;
        if let Some(wanted) = wanted {
            found.retain(|programme| programme.id == wanted.as_str());
            if found.is_empty() {
                return Err(Wrong::unknown("Il programma"));
            }
        }
        let controls = permission::reach(&who, Read::Controls).is_some();
        let files = |found: traccia_projections::points::queries::ProgrammeSummary| Files {
            values: truth.link(&format!("/regis/indicatori?programme={}", found.id)),
            controls: controls.then(|| truth.link(&format!("/regis/controlli?programme={}", found.id))),
            ocds: truth.link(&format!("/regis/ocds?programme={}", found.id)),
            id: found.id,
            name: found.name,
        };
        Ok(Page { frame: &frame, programmes: found.into_iter().map(files).collect(), truth })
    })
    .await
}
