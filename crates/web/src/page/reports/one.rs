//! `GET /rendicontazione/{project}/{month}`: one report, and the steps that somebody may take.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::{
    Bearer,
    permission::{Extent, Read, extent},
};
use traccia_domain::{CommandKind, ProjectId, time::Month};
use traccia_projections::reports::queries::{Report, report};

use super::{
    path,
    said::{Opens, Said},
};
use crate::{
    App, Problem,
    page::{
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open, today},
        shown::{Cell, italian},
    },
    read::{right, within},
    request::Both,
};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    said: Said,
    project: Cell,
    all: String,
    print: String,
    facts: Vec<(&'static str, String)>,
    reason: Option<String>,
    action: String,
    /// The latest submission, 0 where there is none: a decision is on the report that the page shows.
    submitted: u64,
    steps: Steps,
}

/// Which steps the visitor may take now.
#[derive(Default)]
struct Steps {
    submit: bool,
    decide: bool,
    reopen: bool,
}

/// A month's report: what it says, how it stands, and the forms for who may go on with it.
#[utoipa::path(
    get, path = "/rendicontazione/{project}/{month}", tag = "Pagine", operation_id = "report_page",
    params(
        ("project" = String, Path, description = "The project"),
        ("month" = String, Path, description = "The month, for example 2024-03"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    of: Result<Both<ProjectId, Month>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let Both(project, month) = of.map_err(|_| Wrong::unknown("Il report"))?;
        let sight = Sight::Exact(within(right(&who, Read::Reports)?));
        let action = path(project.as_str(), month);
        let (reader, truth) = open(&app, sight, &asked, &action).await?;
        let reader = reader.about(Some(truth.about(None, today(&app))));
        let full = report(&reader, &project, month).await?.ok_or_else(|| Wrong::unknown("Il report"))?.body;
        let may = |read| right(&who, read).is_ok();
        let opens = Opens { persons: may(Read::Units), services: may(Read::Service), points: may(Read::Points) };
        let steps = if truth.past() { Steps::default() } else { Steps::of(&full.report, &who) };
        Ok(Page {
            frame: &frame,
            said: Said::of(&full, opens),
            project: Cell::link(project.as_str(), truth.link(&format!("/progetti/{project}"))),
            all: truth.link(&format!("/rendicontazione?project={project}")),
            print: truth.link(&format!("/report/{project}/{month}/stampa")),
            facts: facts(&full.report),
            submitted: full.report.submitted.unwrap_or(0),
            reason: full.report.reason,
            action,
            steps,
            truth,
        })
    })
    .await
}

impl Steps {
    fn of(report: &Report, who: &Bearer) -> Steps {
        let may = |command| extent(who.actor.role, command) != Extent::Nowhere;
        let state = report.state.as_str();
        Steps {
            submit: may(CommandKind::SubmitReport) && matches!(state, "open" | "returned" | "reopened"),
            decide: may(CommandKind::AcceptReport) && state == "submitted",
            reopen: may(CommandKind::ReopenReport) && state == "accepted",
        }
    }
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let overdue = if report.overdue { ", in ritardo" } else { "" };
    let due = match report.window {
        true => format!("{}: l'ultimo giorno della finestra di rendicontazione del mese", italian::day(report.due_on)),
        false => format!(
            "{}: il 15 del mese seguente, perché per questo mese non è stata fissata una finestra di rendicontazione",
            italian::day(report.due_on)
        ),
    };
    let submitted = report.submitted.map_or("mai".to_owned(), |at| format!("alla posizione {}", italian::number(at)));
    vec![
        ("Stato", format!("{}{overdue}", super::state(&report.state))),
        ("Da presentare entro il", due),
        ("Presentato l'ultima volta", submitted),
    ]
}
