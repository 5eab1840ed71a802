//! `/spese`: what a project has spent, how far its caps reach, and what waits for the Region; or a programme's caps.

pub(crate) mod decide;
pub(crate) mod declare;
mod programme;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{Cents, ProjectId};
use traccia_projections::expenses::{
    caps::Cap,
    queries::{Line, expenses},
};

use super::{
    frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
    shown::{Cell, italian},
};
use crate::{
    App,
    read::{right, within},
};

/// Lines on a page.
const LINES: u32 = 100;

#[derive(Template)]
#[template(path = "expenses.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    project: Cell,
    received: String,
    caps: Vec<Reach>,
    measure: Vec<Reach>,
    rows: Vec<Row>,
    /// Whether who looks may decide on what waits.
    decides: bool,
    /// The items that who looks may declare an expense of, each with its words.
    declares: Vec<(String, String)>,
    more: Option<String>,
}

/// A cap as it is drawn.
struct Reach {
    item: String,
    share: String,
    cap: String,
    declared: String,
    accepted: String,
    eligible: String,
    not_eligible: String,
    headroom: String,
}

struct Row {
    expense: String,
    item: String,
    supplier: String,
    invoice: String,
    amount: String,
    claimed: String,
    state: String,
    position: String,
    /// Whether it waits for who looks.
    waits: bool,
    /// Whether it waits, but for another than who looks.
    own: bool,
}

/// A project's expenses, or how far the caps of a programme's reach.
#[utoipa::path(
    get, path = "/spese", tag = "Pagine", operation_id = "expenses_page",
    params(
        ("project" = Option<String>, Query, description = "The project"), ("programme" = Option<String>, Query, description = "The programme"), ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, signed_in: SignedIn, asked: Asked) -> Response {
    if asked.text("programme").is_some() {
        return programme::page(app, signed_in, asked).await;
    }
    let SignedIn { who, frame } = signed_in;
    answer(&frame, async {
        asked.only(&["project", "after"])?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let project = project.ok_or_else(|| {
            Wrong::request("Le spese sono di un progetto o di un programma: si aprono dalla sua pagina.")
        })?;
        let sight = Sight::Exact(within(right(&who, Read::Expenses)?));
        let (reader, truth) = open(&app, sight, &asked, "/spese").await?;
        let found = expenses(&reader, &project, &asked.paging(LINES)?).await?;
        let found = found.ok_or_else(|| Wrong::unknown("Il progetto"))?.body;
        let decides = decide::may(&who) && !truth.past();
        let declares = declare::may(&who) && !truth.past();
        let items = found.caps.iter().filter(|_| declares);
        Ok(Page {
            frame: &frame,
            declares: items.map(|cap| (cap.item.clone(), item(&cap.item).to_owned())).collect(),
            project: Cell::link(project.as_str(), truth.link(&format!("/progetti/{project}"))),
            received: italian::euro(found.received.0),
            caps: found.caps.iter().map(reach).collect(),
            measure: found.measure.iter().map(reach).collect(),
            rows: found.page.items.iter().map(|line| row(line, decides.then_some(&who.actor.subject))).collect(),
            decides,
            more: found.page.next.map(|next| truth.after(&next)),
            truth,
        })
    })
    .await
}

fn reach(cap: &Cap) -> Reach {
    let euro = |cents: Cents| italian::euro(cents.0);
    Reach {
        item: item(&cap.item).to_owned(),
        share: percent(cap.share),
        cap: euro(cap.cap),
        declared: euro(cap.declared),
        accepted: euro(cap.accepted),
        eligible: euro(cap.eligible),
        not_eligible: euro(cap.not_eligible),
        headroom: euro(cap.headroom),
    }
}

/// `33,3333 %`: a share to its last digit, for what it gives is exact to the cent.
fn percent(share: traccia_domain::Share) -> String {
    let (whole, rest) = (share.millionths() / 10_000, share.millionths() % 10_000);
    let text = format!("{whole},{rest:04}");
    format!("{} %", text.trim_end_matches('0').trim_end_matches(','))
}

fn row(line: &Line, decider: Option<&String>) -> Row {
    let waits = line.state == "declared" && decider.is_some();
    let own = waits && decider.is_some_and(|subject| subject.to_lowercase() == line.declared_by.to_lowercase());
    let reason = line.reason.as_deref().map(|reason| format!(": «{reason}»")).unwrap_or_default();
    Row {
        expense: line.expense.clone(),
        item: item(&line.item).to_owned(),
        supplier: line.supplier.clone().unwrap_or_else(|| "persona fisica".to_owned()),
        invoice: format!("{} del {}", line.invoice, italian::day_of(&line.date)),
        amount: italian::euro(line.amount.0),
        claimed: format!("{} ({})", italian::euro(line.claimed.0), percent(line.share)),
        state: format!("{}{reason}", state(&line.state)),
        position: italian::number(line.decided_at.unwrap_or(line.declared_at)),
        waits: waits && !own,
        own,
    }
}

/// An item of expense as pages call it; one that a programme names in its own words stays.
fn item(item: &str) -> &str {
    match item {
        "training" => "formazione",
        "communication" => "comunicazione",
        "equipment" => "dotazioni",
        other => other,
    }
}

fn state(state: &str) -> &str {
    match state {
        "declared" => "dichiarata",
        "accepted" => "accettata",
        "rejected" => "respinta",
        other => other,
    }
}
