//! `/erogazioni`: what was awarded and paid, what is due, why, on what evidence, what blocks it; the steps of a tranche, and
//! the batches that are taken to the bank.

pub(crate) mod batches;
mod decided;
mod evidence;
pub(crate) mod exposures;
pub(crate) mod outcomes;
mod programmes;
pub(crate) mod send;
pub(crate) mod steps;
pub(crate) mod tasks;
mod tranche;
mod why;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{Cents, CommandKind, ProgrammeId, ProjectId, tranche::State as Standing};
use traccia_projections::{
    answer::{Paging, ReadError},
    points::queries::{References, missing},
    tranches::queries::{self, ExposureFilter, Figure, TrancheFilter, tranches},
};

use self::{decided::Decided, exposures::Exposed, programmes::Sums, tranche::Drawn};
use super::{
    frame::{Asked, Field, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
    shown::{Cell, italian},
};
use crate::{
    App,
    problem::codes::CODES,
    read::{right, within},
};

/// Tranches on a page.
const TRANCHES: u32 = 50;

#[derive(Template)]
#[template(path = "release.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    states: Vec<Cell>,
    sums: Vec<Sums>,
    tranches: Vec<Drawn>,
    exposures: Vec<Exposed>,
    owed: Vec<Exposed>,
    decided: Vec<Decided>,
    batches: Option<batches::Batches>,
    /// Whether who looks may say what the bank did.
    confirms: bool,
    more: Option<String>,
}

/// The tranches of a programme, a project, or all that may be seen; those that stand in one way where it is told.
#[utoipa::path(
    get, path = "/erogazioni", tag = "Pagine", operation_id = "tranches_page",
    params(
        ("programme" = Option<String>, Query, description = "Those of a programme"), ("project" = Option<String>, Query, description = "Those of a project"),
        ("state" = Option<String>, Query, description = "Those that stand so"),
        ("figure" = Option<String>, Query, description = "Those behind a figure: authorised, paid, recovered or exposed"), ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme", "project", "state", "figure", "after"])?;
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let state = asked.text("state").map(standing).transpose()?;
        let figure = asked.text("figure").map(figure).transpose()?;
        let sight = Sight::Exact(within(right(&who, Read::Tranches)?));
        let (reader, truth) = open(&app, sight, &asked, "/erogazioni").await?;
        let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
        if missing(&reader, &references).await?.is_some() {
            return Err(Wrong::unknown("Il programma o il progetto"));
        }
        let found = async |states: &[&str]| {
            let filter = ExposureFilter { programme: programme.as_ref(), project: project.as_ref(), states };
            Ok::<_, ReadError>(queries::exposures(&reader, &filter, &Paging::default()).await?.body.items)
        };
        let exposed = async |state, command| {
            let found = found(&[state]).await?;
            Ok::<Vec<_>, ReadError>(found.iter().map(|one| Exposed::drawn(one, &who, &truth, command)).collect())
        };
        let undecided = exposed("open", CommandKind::DecideExposure).await?;
        let owed = exposed("recovering", CommandKind::RecordRecovery).await?;
        let decided = found(&decided::STATES).await?;
        let sums = queries::totals(&reader, programme.as_ref(), project.as_ref()).await?.body;
        let batches = batches::seen(&reader, &who, &truth, programme.as_ref()).await?;
        let sums = programmes::drawn(&sums, project.as_ref(), &truth);
        let filter = TrancheFilter { programme, project, state, figure };
        let found = tranches(&reader, &filter, &asked.paging(TRANCHES)?).await?.body;
        let to = |state: &Standing| {
            Cell::link(standing_in_italian(*state), truth.link(&format!("/erogazioni?state={}", state.as_str())))
        };
        Ok(Page {
            frame: &frame,
            states: Standing::ALL.iter().map(to).collect(),
            batches,
            sums,
            confirms: !truth.past() && outcomes::confirms(&who),
            more: found.next.map(|next| truth.after(&next)),
            tranches: found.items.iter().map(|found| Drawn::of(found, &who, &truth)).collect(),
            exposures: undecided,
            owed,
            decided: decided.iter().map(|one| Decided::of(one, &who, &truth)).collect(),
            truth,
        })
    })
    .await
}

fn standing(name: &str) -> Result<Standing, Wrong> {
    let named = Standing::ALL.into_iter().find(|state| state.as_str() == name);
    named.ok_or_else(|| {
        Wrong::field(Field("state"), &format!("è uno di {}", Standing::ALL.map(Standing::as_str).join(", ")))
    })
}

fn figure(name: &str) -> Result<Figure, Wrong> {
    let named = Figure::ALL.into_iter().find(|figure| figure.as_str() == name);
    named.ok_or_else(|| {
        Wrong::field(Field("figure"), &format!("è uno di {}", Figure::ALL.map(Figure::as_str).join(", ")))
    })
}

/// How a tranche stands, in words.
pub(crate) fn standing_in_italian(state: Standing) -> &'static str {
    match state {
        Standing::Locked => "bloccata",
        Standing::Due => "esigibile",
        Standing::Authorised => "autorizzata",
        Standing::Ordered => "ordinata",
        Standing::Failed => "non riuscita",
        Standing::Paid => "pagata",
        Standing::Reconciled => "riconciliata",
        Standing::Suspended => "sospesa",
        Standing::Revoked => "revocata",
    }
}

fn euro(cents: Cents) -> String {
    italian::euro(cents.0)
}

/// What a code says in Italian.
fn explained(code: &str) -> &'static str {
    CODES.iter().find(|(name, ..)| *name == code).map_or("", |(_, _, what)| what)
}

/// Where a form leads back to.
fn back(project: &ProjectId) -> String {
    format!("/erogazioni?project={project}")
}
