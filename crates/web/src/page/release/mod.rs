//! `/erogazioni`: what is due, why, on what evidence, what blocks it, what was paid; and the two steps that release it.

pub(crate) mod send;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::{
    Bearer,
    permission::{Extent, Read, extent},
};
use traccia_domain::{
    Cents, CommandKind, ProgrammeId, ProjectId,
    programme::definition::Trigger,
    tranche::{State as Standing, TrancheAuthorised, entry::EntryCode},
};
use traccia_projections::{
    answer::Paging,
    points::queries::{References, missing},
    tranches::queries::{Exposure, Tranche, TrancheEntry, TrancheFilter, exposures, tranches},
};

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
    tranches: Vec<Drawn>,
    exposures: Vec<Exposed>,
    more: Option<String>,
}

/// A tranche as it is drawn.
struct Drawn {
    project: Cell,
    tranche: String,
    state: &'static str,
    trigger: String,
    planned: String,
    payable: String,
    withheld: String,
    amount: String,
    blocked: Vec<&'static str>,
    entries: Vec<(&'static str, String, String)>,
    evidence: Vec<(&'static str, String)>,
    order: Vec<(&'static str, String)>,
    /// The form of the next step, for those who may take it.
    step: Option<Step>,
    /// Why they may not, where they otherwise could.
    own: bool,
    /// It has to be authorised anew.
    again: bool,
}

/// A form.
struct Step {
    project: String,
    tranche: String,
    said_at: u64,
    amount: String,
    /// The account is asked for.
    order: bool,
    words: &'static str,
}

/// An exposure as it is drawn.
struct Exposed {
    name: String,
    project: Cell,
    amount: String,
    state: &'static str,
    causes: Vec<String>,
}

/// The tranches of a programme, a project, or all that may be seen; those that stand in one way where it is told.
#[utoipa::path(
    get, path = "/erogazioni", tag = "Pagine", operation_id = "tranches_page",
    params(
        ("programme" = Option<String>, Query, description = "Those of a programme"), ("project" = Option<String>, Query, description = "Those of a project"),
        ("state" = Option<String>, Query, description = "Those that stand so"), ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme", "project", "state", "after"])?;
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let state = asked.text("state").map(standing).transpose()?;
        let sight = Sight::Exact(within(right(&who, Read::Tranches)?));
        let (reader, truth) = open(&app, sight, &asked, "/erogazioni").await?;
        let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
        if missing(&reader, &references).await?.is_some() {
            return Err(Wrong::unknown("Il programma o il progetto"));
        }
        let exposed = exposures(&reader, project.as_ref(), Some("open"), &Paging::default()).await?.body;
        let filter = TrancheFilter { programme, project, state };
        let found = tranches(&reader, &filter, &asked.paging(TRANCHES)?).await?.body;
        let to = |state: &Standing| {
            Cell::link(standing_in_italian(*state), truth.link(&format!("/erogazioni?state={}", state.as_str())))
        };
        Ok(Page {
            frame: &frame,
            states: Standing::ALL.iter().map(to).collect(),
            more: found.next.map(|next| truth.after(&next)),
            tranches: found.items.iter().map(|tranche| drawn(tranche, &who, &truth)).collect(),
            exposures: exposed.items.iter().map(|exposure| exposed_in_italian(exposure, &truth)).collect(),
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

fn drawn(found: &Tranche, who: &Bearer, truth: &Truth) -> Drawn {
    let evidence = found.evidence.clone().and_then(|evidence| serde_json::from_value(evidence).ok());
    let evidence: Option<TrancheAuthorised> = evidence;
    let state = Standing::ALL.into_iter().find(|state| state.as_str() == found.state);
    let may = |command| !truth.past() && extent(who.actor.role, command) != Extent::Nowhere;
    let by_me = evidence.as_ref().is_some_and(|said| said.by.to_lowercase() == who.actor.subject.to_lowercase());
    let form = |order, words| Step {
        project: found.project.clone(),
        tranche: found.tranche.clone(),
        said_at: found.said_at,
        amount: found.amount.to_string(),
        order,
        words,
    };
    let (step, own) = match state {
        Some(Standing::Due) if found.blocked.is_empty() && may(CommandKind::AuthoriseTranche) => {
            (Some(form(false, "Autorizza")), false)
        }
        Some(Standing::Authorised | Standing::Failed)
            if found.blocked.is_empty()
                && !found.again
                && found.amount > Cents::ZERO
                && may(CommandKind::OrderPayment) =>
        {
            (Some(form(true, "Ordina il pagamento")).filter(|_| !by_me), by_me)
        }
        _ => (None, false),
    };
    Drawn {
        project: Cell::link(&found.project, truth.link(&format!("/progetti/{}", found.project))),
        tranche: found.tranche.clone(),
        state: state.map_or("", standing_in_italian),
        trigger: released_by(&found.trigger),
        planned: euro(found.planned),
        payable: euro(found.payable),
        withheld: euro(found.withheld),
        amount: euro(found.amount),
        blocked: found.blocked.iter().map(|code| explained(code)).collect(),
        entries: found.entries.iter().map(line).collect(),
        evidence: evidence.map_or_else(Vec::new, |said| grounds(&said)),
        order: payment(found),
        step,
        own,
        again: found.again,
    }
}

fn euro(cents: Cents) -> String {
    italian::euro(cents.0)
}

fn released_by(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Day(day) => format!("dal {}", italian::day(*day)),
        Trigger::Named(name) if name == Trigger::APPROVAL => "con l'approvazione".to_owned(),
        Trigger::Named(milestone) => format!("con il certificato di {milestone}"),
    }
}

/// What a code says in Italian.
fn explained(code: &str) -> &'static str {
    match code {
        "WrongState" => "Il suo giorno non è ancora venuto, oppure è sospesa.",
        code => CODES.iter().find(|(name, ..)| *name == code).map_or("", |(_, _, what)| what),
    }
}

fn line(entry: &TrancheEntry) -> (&'static str, String, String) {
    let what = match entry.code {
        EntryCode::Amendment => "rimodulazione",
        EntryCode::Reduction => "riduzione per milestone raggiunta in parte",
        EntryCode::CureRelease => "sblocco per milestone sanata",
        EntryCode::Netting => "compensazione di un'esposizione",
        EntryCode::Recovery => "restituzione",
        EntryCode::Revocation => "revoca",
    };
    (what, euro(entry.amount.0), entry.origin.clone())
}

/// What an authorisation rests on.
fn grounds(said: &TrancheAuthorised) -> Vec<(&'static str, String)> {
    let mut grounds = vec![
        ("Autorizzata da", said.by.clone()),
        ("Il giorno", italian::day(said.on)),
        ("Sul registro fino alla posizione", italian::number(said.position.0)),
        ("Versione delle regole", said.rules.to_string()),
        ("Importo approvato", euro(said.approved)),
    ];
    if let Some(certificate) = &said.certificate {
        grounds.push(("Milestone", certificate.milestone.clone()));
        grounds.push(("Richiesta alla posizione", italian::number(certificate.claim.0)));
        for (what, gate) in [("Punti", certificate.points), ("Cittadini", certificate.citizens)] {
            let gate = gate.map(|gate| (gate.reached.into(), gate.needed.into()));
            grounds.extend(gate.map(|(reached, needed)| {
                (what, format!("{} su {}", italian::number(reached), italian::number(needed)))
            }));
        }
        grounds.push(("Unità nell'elenco congelato", italian::number(certificate.count.into())));
        grounds.push(("Radice dell'elenco", certificate.root.to_string()));
    }
    grounds
}

fn payment(found: &Tranche) -> Vec<(&'static str, String)> {
    let Some(order) = &found.order else { return Vec::new() };
    let mut lines = vec![
        ("Ordine", order.order.clone()),
        ("Ordinato il", italian::day_of(&order.ordered_on)),
        ("Importo", euro(order.amount)),
        ("Conto che finisce con", order.iban.clone()),
    ];
    lines.extend(order.paid_on.as_ref().map(|day| ("Pagato il", italian::day_of(day))));
    lines.extend(order.reference.as_ref().map(|reference| ("Riferimento della banca", reference.clone())));
    lines
}

fn exposed_in_italian(found: &Exposure, truth: &Truth) -> Exposed {
    let cause = |cause: &traccia_projections::tranches::queries::ExposureCause| {
        format!(
            "posizione {}: {} cittadini, {} punti, {}",
            italian::number(cause.position.0),
            italian::signed(-cause.units),
            italian::signed(-cause.points),
            euro(cause.amount.0)
        )
    };
    Exposed {
        name: found.exposure.clone(),
        project: Cell::link(&found.project, truth.link(&format!("/erogazioni?project={}", found.project))),
        amount: euro(found.amount),
        state: "da decidere",
        causes: found.causes.iter().map(cause).collect(),
    }
}
