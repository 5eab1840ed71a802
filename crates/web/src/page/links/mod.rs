//! `/collegamenti`: pairs of records that may be one person's, both sides beside each other, and who decides.

pub(crate) mod decide;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::{Bearer, permission::Read};
use traccia_projections::counting::queries::{Link, STATES, Side, links};

use self::decide::Question;
use super::{
    counting::{citizen::document, lists::short},
    frame::{Asked, Field, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
    impact::of_link,
    shown::{Cell, italian},
};
use crate::{
    App,
    read::{right, within},
};

/// Pairs on a page.
const PAIRS: u32 = 50;

#[derive(Template)]
#[template(path = "links.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    title: &'static str,
    what: &'static str,
    others: Vec<Cell>,
    pairs: Vec<Pair>,
    more: Option<String>,
}

/// A pair as it is drawn.
struct Pair {
    name: String,
    sides: [Beside; 2],
    proposed: Option<String>,
    last: String,
    reason: Option<String>,
    /// The form that decides, for those who may.
    question: Option<Question>,
    /// Where it says what confirming would change.
    impact: Option<String>,
    /// Why they may not, where they otherwise could.
    own: bool,
}

/// One of the two records.
struct Beside {
    citizen: Cell,
    document: String,
    recorded: String,
    qualifying: String,
}

/// The pairs that stand in one way; those that wait for a decision unless told.
#[utoipa::path(
    get, path = "/collegamenti", tag = "Pagine", operation_id = "links_page",
    params(
        ("state" = Option<String>, Query, description = "proposed unless told, linked, distinct, break_proposed or unlinked"),
        ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["state", "after"])?;
        let state = asked.text("state").unwrap_or("proposed");
        if !STATES.contains(&state) {
            return Err(Wrong::field(Field("state"), &format!("è uno di {}", STATES.join(", "))));
        }
        let sight = Sight::Exact(within(right(&who, Read::Links)?));
        let (reader, truth) = open(&app, sight, &asked, "/collegamenti").await?;
        let found = links(&reader, Some(state), &asked.paging(PAIRS)?).await?.body;
        let (title, what) = titled(state);
        let other = |other: &&str| Cell::link(titled(other).0, truth.link(&format!("/collegamenti?state={other}")));
        Ok(Page {
            frame: &frame,
            title,
            what,
            others: STATES.iter().filter(|other| **other != state).map(other).collect(),
            more: found.next.map(|next| truth.after(&next)),
            pairs: found.items.into_iter().map(|link| pair(link, &who, &truth)).collect(),
            truth,
        })
    })
    .await
}

/// A state as pages call it, and what it means.
fn titled(state: &str) -> (&'static str, &'static str) {
    match state {
        "proposed" => (
            "Collegamenti proposti",
            "Due anagrafiche che potrebbero essere della stessa persona: finché nessuno decide contano per due, e chi si \
             perderebbe è a rischio. Decide una persona diversa da chi ha proposto.",
        ),
        "break_proposed" => (
            "Collegamenti da rompere",
            "Qualcuno ritiene che il collegamento sia sbagliato: finché nessuno decide vale. Decide una persona diversa \
             da chi lo ha chiesto.",
        ),
        "linked" => ("Collegamenti", "Due anagrafiche della stessa persona, che conta una volta."),
        "distinct" => {
            ("Anagrafiche distinte", "È stato deciso che sono due persone. Si riapre con una nuova proposta, motivata.")
        }
        _ => (
            "Collegamenti rotti",
            "Il collegamento era sbagliato: contano di nuovo per due. Si riapre con una nuova proposta, motivata.",
        ),
    }
}

fn pair(link: Link, who: &Bearer, truth: &Truth) -> Pair {
    let proposer = link.proposal.as_ref().and_then(|proposal| proposal.proposer.as_deref());
    let proposed = link.proposal.as_ref().map(|proposal| {
        let by = proposal.proposer.as_deref().map_or("del programma".to_owned(), |subject| format!("di {subject}"));
        format!(
            "{by}, {} (posizione {})",
            italian::instant_of(&proposal.recorded_at),
            italian::number(proposal.proposed_at)
        )
    });
    let may = decide::may(who) && !truth.past();
    let own = may && proposer == Some(&who.actor.subject);
    let question = Question::of(&link).filter(|_| may && !own);
    Pair {
        name: format!("{} e {}", short(&link.one.citizen), short(&link.other.citizen)),
        own: own && Question::of(&link).is_some(),
        // Of what can no longer be confirmed there is no impact.
        impact: of_link(&link, question.is_some())
            .filter(|_| !truth.past() && question.as_ref().is_none_or(|question| question.confirm.is_some())),
        last: format!(
            "{} da {}, {}",
            said(&link.last.event),
            link.last.subject,
            italian::instant_of(&link.last.recorded_at)
        ),
        reason: link.last.reason.as_deref().filter(|reason| *reason != "presented_together").map(str::to_owned),
        sides: [link.one, link.other].map(|side| beside(&side, truth)),
        proposed,
        question,
    }
}

fn beside(side: &Side, truth: &Truth) -> Beside {
    Beside {
        citizen: Cell::link(short(&side.citizen), truth.link(&format!("/cittadini/{}", side.citizen))),
        document: match side.state.as_str() {
            "erased" => format!("{}, dati cancellati", document(&side.document)),
            _ => document(&side.document).to_owned(),
        },
        recorded: italian::number(side.services.recorded),
        qualifying: italian::number(side.services.qualifying),
    }
}

/// What happened to a pair, as pages call it.
pub(crate) fn said(event: &str) -> &'static str {
    match event {
        "RecordsLinked" => "documenti presentati insieme, registrati",
        "LinkProposed" => "collegamento proposto",
        "LinkConfirmed" => "collegamento confermato",
        "LinkRejected" => "collegamento respinto",
        "BreakProposed" => "rottura chiesta",
        "LinkBroken" => "rottura confermata",
        "BreakRejected" => "rottura respinta",
        _ => "modificato",
    }
}
