//! `GET /segnalazioni/servizi`: the services that hang on a finding.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_projections::findings::queries::{FindingId, services};

use super::{LINES, meaning, name};
use crate::{
    App,
    page::{
        counting::lists::{ServiceLine, service_line},
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        shown::Cell,
    },
    read::{right, within},
};

#[derive(Template)]
#[template(path = "finding.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    title: String,
    what: &'static str,
    others: Cell,
    rows: Vec<ServiceLine>,
    more: Option<String>,
}

/// The services of a finding, by its name.
#[utoipa::path(
    get, path = "/segnalazioni/servizi", tag = "Pagine", operation_id = "finding_page",
    params(
        ("finding" = String, Query, description = "Its id"), ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["finding", "after"])?;
        let id: Option<FindingId> = asked.read("finding", "è il nome di una segnalazione, come lo scrive l'elenco")?;
        let id = id.ok_or_else(|| Wrong::request("Serve una segnalazione (finding=…)."))?;
        let sight = Sight::Exact(within(right(&who, Read::Findings)?));
        let (reader, truth) = open(&app, sight, &asked, "/segnalazioni/servizi").await?;
        let found = services(&reader, &id, &asked.paging(LINES)?).await?.body;
        Ok(Page {
            frame: &frame,
            title: format!("Da guardare: {}", name(id.kind())),
            what: meaning(id.kind()),
            others: Cell::link("tutte le segnalazioni", truth.link("/segnalazioni")),
            rows: found.items.into_iter().map(|service| service_line(service, &truth)).collect(),
            more: found.next.map(|next| truth.after(&next)),
            truth,
        })
    })
    .await
}
