//! `/rendicontazione`: monthly reports, what is due and what is overdue; each opens into the report.

pub(crate) mod one;
pub(crate) mod print;
mod said;
pub(crate) mod step;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::time::Month;
use traccia_projections::reports::queries::{Acceptance, Report, ReportFilter, STATES, reports};

use super::{
    frame::{Asked, Field, Frame, Sight, SignedIn, Truth, Wrong, answer, open, today},
    shown::{Cell, italian},
};
use crate::{
    App,
    read::{reports::state_named, right, within},
};

/// Months on a page.
const MONTHS: u32 = 100;

#[derive(Template)]
#[template(path = "reports.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    others: Vec<Cell>,
    lines: Vec<Line>,
    more: Option<String>,
}

/// A month's report as it is listed.
struct Line {
    month: Cell,
    project: Cell,
    state: &'static str,
    due: String,
    overdue: bool,
    accepted: String,
}

/// The reports of a project, or of all; all months, only those that are overdue, or those that stand in one way.
#[utoipa::path(
    get, path = "/rendicontazione", tag = "Pagine", operation_id = "reports_page",
    params(
        ("project" = Option<String>, Query, description = "Those of a project"),
        ("state" = Option<String>, Query, description = "Those that stand so: open, submitted, returned, reopened or accepted"),
        ("overdue" = Option<bool>, Query, description = "`true`: only those that are overdue"),
        ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["project", "state", "overdue", "after"])?;
        let filter = ReportFilter {
            programme: None,
            project: asked.read("project", "è il nome di un progetto, per esempio lombardia-mi")?,
            state: asked.text("state").map(standing).transpose()?,
            overdue: asked.read("overdue", "è true o false")?.unwrap_or(false),
        };
        let sight = Sight::Exact(within(right(&who, Read::Reports)?));
        let (reader, truth) = open(&app, sight, &asked, "/rendicontazione").await?;
        let reader = reader.about(Some(truth.about(None, today(&app))));
        let found = reports(&reader, &filter, &asked.paging(MONTHS)?).await?.body;
        let other = |text: &str, which: Option<String>| {
            let project = filter.project.iter().map(|project| format!("project={project}"));
            let fields: Vec<_> = project.chain(which).collect();
            let mark = if fields.is_empty() { "" } else { "?" };
            Cell::link(text, truth.link(&format!("/rendicontazione{mark}{}", fields.join("&"))))
        };
        let standing = STATES.map(|state| other(self::state(state), Some(format!("state={state}"))));
        let all = [other("tutti i mesi", None), other("in ritardo", Some("overdue=true".to_owned()))];
        Ok(Page {
            frame: &frame,
            others: all.into_iter().chain(standing).collect(),
            more: found.next.map(|next| truth.after(&next)),
            lines: found.items.iter().map(|report| line(report, &truth)).collect(),
            truth,
        })
    })
    .await
}

fn standing(name: &str) -> Result<&'static str, Wrong> {
    state_named(name).ok_or_else(|| Wrong::field(Field("state"), &format!("è uno di {}", STATES.join(", "))))
}

fn line(report: &Report, truth: &Truth) -> Line {
    Line {
        month: Cell::link(italian::month(report.month), truth.link(&path(&report.project, report.month))),
        project: Cell::link(&report.project, truth.link(&format!("/progetti/{}", report.project))),
        state: state(&report.state),
        due: italian::day(report.due_on),
        overdue: report.overdue,
        accepted: report.acceptance.as_ref().map(act).unwrap_or_default(),
    }
}

/// The path of a report.
pub(crate) fn path(project: &str, month: Month) -> String {
    format!("/rendicontazione/{project}/{month}")
}

/// An acceptance in a line.
fn act(acceptance: &Acceptance) -> String {
    format!("{}, {}", italian::day(acceptance.on), acceptance.act)
}

/// A state as pages call it.
fn state(state: &str) -> &'static str {
    match state {
        "submitted" => "presentato, attende la Regione",
        "returned" => "restituito, da ripresentare",
        "accepted" => "accettato",
        "reopened" => "riaperto, da ripresentare",
        _ => "da presentare",
    }
}
