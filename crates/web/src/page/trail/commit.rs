//! `GET /registro/{position}`: a commit as the log has it.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{Commit, Event, Position, Recorded, tranche::MoneyEvent};
use traccia_log::Log as _;

use super::thing;
use crate::{
    App, Problem, log,
    page::{
        frame::{self, Asked, Frame, Sight, SignedIn, Wrong, answer, open},
        shown::{Cell, happened, italian},
    },
    read::{right, within},
    request::Named,
};

#[derive(Template)]
#[template(path = "commit.html")]
struct Page<'a> {
    frame: &'a Frame,
    position: String,
    facts: Vec<(&'static str, Cell)>,
    /// The text that is stored and hashed, with accounts as pages show them.
    text: String,
    ways: Vec<Cell>,
    proof: String,
}

/// A commit, for those who may read the log.
#[utoipa::path(
    get, path = "/registro/{position}", tag = "Pagine", operation_id = "commit_page",
    params(("position" = u64, Path, description = "Its position")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    position: Result<Named<u64>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let sight = Sight::Exact(within(right(&who, Read::Log)?));
        let unknown = || Wrong::unknown("La posizione");
        let Named(position) = position.map_err(|_| unknown())?;
        let (reader, truth) = open(&app, sight, &asked, &format!("/registro/{position}")).await?;
        if truth.past() && Position(position) > reader.position() {
            return Err(unknown());
        }
        let (_, text) = log::stored(&app, Position(position)).await?.ok_or_else(unknown)?;
        let found = app.application.log().at(Position(position)).await?.ok_or_else(unknown)?;
        let last = app.application.log().head().await?.0;
        let stream = thing::opened(&who, &truth, found.commit.stream.as_str());
        let around = [(position - 1, "il precedente"), (position + 1, "il successivo")];
        let around = around.into_iter().filter(|(other, _)| (1..=last).contains(other));
        let all = format!("/registro?entity={}", found.commit.stream);
        let ways = around.map(|(other, text)| Cell::link(text, format!("/registro/{other}")));
        Ok(Page {
            frame: &frame,
            position: italian::number(position),
            facts: facts(&found, stream),
            text: masked(text, &found.commit.events),
            ways: ways.chain([Cell::link("tutto su questo oggetto", all)]).collect(),
            proof: format!("/v1/log/{position}/proof"),
        })
    })
    .await
}

/// A text with the last four characters of each account: whole ones are for who pays.
fn masked(text: String, events: &[Event]) -> String {
    events.iter().fold(text, |text, event| {
        let Event::Money(MoneyEvent::PaymentOrdered(said)) = event else { return text };
        text.replace(said.iban.whole(), &format!("…{}", said.iban.last_four()))
    })
}

fn facts(Recorded { commit, hash, .. }: &Recorded, stream: Cell) -> Vec<(&'static str, Cell)> {
    let Commit { recorded_at, actor, events, .. } = commit;
    let events: Vec<&str> = events.iter().map(|event| happened(event.kind().name)).collect();
    vec![
        ("Che cosa", Cell::plain(events.join(", "))),
        ("A che cosa", stream),
        ("Chi", Cell::plain(format!("{} ({})", actor.subject, frame::role(actor.role)))),
        ("Quando il registro l'ha saputo", Cell::plain(italian::instant(*recorded_at))),
        ("Impronta SHA-256 del testo", Cell::plain(hash.to_string())),
    ]
}
