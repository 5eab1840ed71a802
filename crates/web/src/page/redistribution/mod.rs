//! `/rimodulazione?programme=`: what a redistribution by pace would give each project. It writes nothing.

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::ProgrammeId;
use traccia_projections::{
    answer::Paging,
    redistribution::queries::{Pacing, Proposal, proposal},
};

use super::{
    frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open, today},
    shown::{Cell, italian},
};
use crate::{
    App, Problem,
    read::{right, within},
};

#[derive(Template)]
#[template(path = "redistribution.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    programme: Cell,
    /// The business day, as the form takes it.
    on: Date,
    until: String,
    rows: Vec<Row>,
    /// The body of the command, as it would be sent; none where nothing would move.
    body: Option<String>,
}

/// A project as it is drawn.
struct Row {
    project: Cell,
    counted: String,
    pace: String,
    reach: String,
    certified: String,
    released: String,
    /// Before, after, difference.
    citizens: [String; 3],
    award: [String; 3],
    services: [String; 2],
}

/// What a redistribution by pace would give each project of a programme.
#[utoipa::path(
    get, path = "/rimodulazione", tag = "Pagine", operation_id = "redistribution_page",
    params(
        ("programme" = String, Query, description = "The programme"),
        ("on" = Option<String>, Query, description = "The business day that the last four weeks end with; today, or the day of `known_at`, unless told"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme", "on"])?;
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let programme = programme
            .ok_or_else(|| Wrong::request("Una rimodulazione è di un programma: si apre dalla sua pagina."))?;
        let on: Option<Date> = asked.read("on", "è un giorno, per esempio 2024-06-30")?;
        let sight = Sight::Exact(within(right(&who, Read::Redistribution)?));
        let (reader, truth) = open(&app, sight, &asked, "/rimodulazione").await?;
        let on = truth.about(on, today(&app));
        let reader = reader.about(Some(on));
        let all = Paging::new(None, Some(Paging::MOST)).map_err(Wrong::from)?;
        let found = proposal(&reader, &programme, &all).await?.ok_or_else(|| Wrong::unknown("Il programma"))?.body;
        Ok(Page {
            frame: &frame,
            programme: Cell::link(programme.as_str(), truth.link(&format!("/programmi/{programme}"))),
            on,
            until: italian::day(found.until),
            body: body(&found)?,
            rows: found.page.items.iter().map(|project| row(project, &truth)).collect(),
            truth,
        })
    })
    .await
}

fn body(found: &Proposal) -> Result<Option<String>, Wrong> {
    let text = found.proposal.as_ref().map(serde_json::to_string_pretty).transpose();
    text.map_err(|error| Problem::internal(&error).into())
}

fn row(found: &Pacing, truth: &Truth) -> Row {
    let Pacing { holds, proposed, .. } = found;
    let difference = proposed.citizens.cast_signed() - holds.citizens.cast_signed();
    Row {
        project: Cell::link(&found.project, truth.link(&format!("/progetti/{}", found.project))),
        counted: italian::number(found.counted),
        pace: italian::number(found.last_four_weeks),
        reach: italian::number(found.reach),
        certified: italian::number(found.certified),
        released: italian::euro(found.released.0),
        citizens: [italian::number(holds.citizens), italian::number(proposed.citizens), italian::signed(difference)],
        award: [holds.award, proposed.award, proposed.award - holds.award].map(|cents| italian::euro(cents.0)),
        services: [holds.services, proposed.services].map(italian::number),
    }
}
