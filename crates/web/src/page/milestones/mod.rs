//! `/milestone`: what each milestone needs, how far the project is, what was claimed, certified and looked at; and the forms
//! of who takes the next step.

mod drawn;
pub(crate) mod send;
mod steps;
pub(crate) mod units;

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projections::{
    milestones::queries,
    points::queries::{References, missing},
};

use self::drawn::{Drawn, Seen};
use super::frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open, today};
use crate::{
    App,
    read::{right, within},
};

/// Milestones on a page.
const MILESTONES: u32 = 30;

#[derive(Template)]
#[template(path = "milestones.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    /// The business day, as the form takes it.
    on: Date,
    milestones: Vec<Drawn>,
    more: Option<String>,
}

/// The milestones of a programme, a project, or all that may be seen.
#[utoipa::path(
    get, path = "/milestone", tag = "Pagine", operation_id = "milestones_page",
    params(
        ("programme" = Option<String>, Query, description = "Those of a programme"), ("project" = Option<String>, Query, description = "Those of a project"),
        ("on" = Option<String>, Query, description = "The business day: whether a cut-off has passed, and the pace; today, or the day of `known_at`, unless told"),
        ("after" = Option<String>, Query, description = "Begin after this cursor"), ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme", "project", "on", "after"])?;
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let on: Option<Date> = asked.read("on", "è un giorno, per esempio 2024-06-30")?;
        let sight = Sight::Exact(within(right(&who, Read::Milestones)?));
        let (reader, truth) = open(&app, sight, &asked, "/milestone").await?;
        let today = today(&app);
        let day = truth.about(on, today);
        let reader = reader.about(Some(day));
        // What somebody does is done today.
        let acts = !truth.past() && day == today;
        let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
        if missing(&reader, &references).await?.is_some() {
            return Err(Wrong::unknown("Il programma o il progetto"));
        }
        let paging = asked.paging(MILESTONES)?;
        let seen = Seen { who: &who, truth: &truth, day, asked: on, acts };
        let found = queries::milestones(&reader, programme.as_ref(), project.as_ref(), &paging).await?.body;
        Ok(Page {
            frame: &frame,
            more: found.next.map(|next| truth.after(&next)),
            milestones: found.items.iter().map(|found| seen.drawn(found)).collect(),
            on: day,
            truth,
        })
    })
    .await
}

/// How a milestone stands, in words.
pub(crate) fn state_in_italian(state: &str) -> &'static str {
    match state {
        "projected" => "in corso",
        "reached" => "raggiunta, da richiedere",
        "missed" => "non raggiunta entro i termini",
        "claimed" => "richiesta, da certificare",
        "certified" => "certificata",
        "partially_met" => "certificata in parte",
        "cured" => "sanata",
        "failed" => "non sanata",
        "restated" => "certificata; oggi vale altro",
        _ => "",
    }
}
