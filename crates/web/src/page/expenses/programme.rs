//! `/spese?programme=`: how far the caps of a programme's projects and of the measure reach.

use askama::Template;
use axum::response::Response;
use traccia_application::permission::Read;
use traccia_domain::ProgrammeId;
use traccia_projections::expenses::queries::{ProjectCap, expenses_of_programme};

use super::{LINES, Reach, reach};
use crate::{
    App,
    page::{
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        shown::{Cell, italian},
    },
    read::{right, within},
};

#[derive(Template)]
#[template(path = "expenses_programme.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    programme: Cell,
    received: String,
    measure: Vec<Reach>,
    /// Each with its project and what that has received.
    rows: Vec<(Cell, String, Reach)>,
    more: Option<String>,
}

/// A programme's expenses.
pub(super) async fn page(app: App, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme", "after"])?;
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let programme = programme.ok_or_else(|| Wrong::unknown("Il programma"))?;
        let sight = Sight::Exact(within(right(&who, Read::Expenses)?));
        let (reader, truth) = open(&app, sight, &asked, "/spese").await?;
        let found = expenses_of_programme(&reader, &programme, &asked.paging(LINES)?).await?;
        let found = found.ok_or_else(|| Wrong::unknown("Il programma"))?.body;
        Ok(Page {
            frame: &frame,
            programme: Cell::link(programme.as_str(), truth.link(&format!("/programmi/{programme}"))),
            received: italian::euro(found.received.0),
            measure: found.measure.iter().map(reach).collect(),
            rows: found.page.items.iter().map(|item| row(item, &truth)).collect(),
            more: found.page.next.map(|next| truth.after(&next)),
            truth,
        })
    })
    .await
}

fn row(item: &ProjectCap, truth: &Truth) -> (Cell, String, Reach) {
    let project = Cell::link(&item.project, truth.link(&format!("/spese?project={}", item.project)));
    (project, italian::euro(item.received.0), reach(&item.cap))
}
