//! `GET /progetti/{id}`: what a partnership has promised and reached, and its points.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::ProjectId;
use traccia_projections::{
    points::queries::{Redistributed, project},
    targets::queries::{Scope, TargetsFilter, targets},
};

use super::{
    figures::{Figure, Opens, RowMask, figures},
    plan::{Gate, gates},
    points::{Line, lines},
};
use crate::{
    App, Problem,
    page::{
        counting::place::Place,
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        shown::{Cell, italian, province},
    },
    read::{right, within},
    request::Named,
};

#[derive(Template)]
#[template(path = "project.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    name: String,
    programme: Cell,
    waterfall: String,
    reports: String,
    milestones: String,
    /// Where it says what was spent, for those who may see it.
    expenses: Option<String>,
    facts: Vec<(&'static str, String)>,
    figures: Vec<Figure>,
    gates: Vec<Gate>,
    points: Vec<Line>,
}

/// A project.
#[utoipa::path(
    get, path = "/progetti/{id}", tag = "Pagine", operation_id = "project_page",
    params(("id" = String, Path, description = "Its id"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    id: Result<Named<ProjectId>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let Named(id) = id.map_err(|_| Wrong::unknown("Il progetto"))?;
        let sight = Sight::Exact(within(right(&who, Read::Targets)?));
        let (reader, truth) = open(&app, sight, &asked, &format!("/progetti/{id}")).await?;
        let found = project(&reader, &id).await?.ok_or_else(|| Wrong::unknown("Il progetto"))?.body;
        let programme = found.programme.parse().ok();
        let filter = TargetsFilter { programme, project: Some(id.clone()), by: Scope::Project, on: None };
        let whole = targets(&reader, &filter).await?.body.items.pop().ok_or_else(|| Wrong::unknown("Il progetto"))?;
        let milestones = truth.link(&format!("/milestone?project={id}"));
        let reports = truth.link(&format!("/rendicontazione?project={id}"));
        let place = Place::Project(id.clone());
        Ok(Page {
            frame: &frame,
            programme: Cell::link(&found.programme, truth.link(&format!("/programmi/{}", found.programme))),
            waterfall: place.waterfall(&truth),
            reports,
            milestones,
            expenses: right(&who, Read::Expenses).ok().map(|_| truth.link(&format!("/spese?project={id}"))),
            figures: figures(&whole, RowMask::default(), Opens::of(&place, &truth)),
            gates: gates(&whole.gates, truth.day()),
            points: lines(&reader, &place, None, &truth).await?,
            facts: [
                ("Capofila", found.application["lead"]["name"].as_str().unwrap_or_default().to_owned()),
                ("Stato", state(&found.state).to_owned()),
                ("Assegnazione", italian::euro(found.award.0)),
                ("Province", found.provinces.iter().map(|code| province(code)).collect::<Vec<_>>().join(", ")),
                (
                    "Periodo",
                    format!("dal {} al {}, compresi", italian::day_of(&found.starts), italian::day_of(&found.ends)),
                ),
            ]
            .into_iter()
            .chain(found.redistributed.iter().map(redistributed))
            .collect(),
            name: found.name,
            truth,
        })
    })
    .await
}

/// A redistribution, in a line.
fn redistributed(said: &Redistributed) -> (&'static str, String) {
    let Redistributed { act, effective_on, award, targets, .. } = said;
    let (euro, from) = (italian::euro(award.0), italian::day(*effective_on));
    let (points, citizens) = (italian::number(targets.points), italian::number(targets.citizens));
    ("Rimodulazione", format!("{act}, dal {from}: {euro}, {points} punti, {citizens} cittadini"))
}

fn state(state: &str) -> &str {
    match state {
        "submitted" => "presentato",
        "approved" => "approvato",
        "rejected" => "respinto",
        other => other,
    }
}
