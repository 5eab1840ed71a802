//! `GET /segnalazioni`: what an auditor would look at first. It accuses nobody and changes no count.

pub(crate) mod services;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_domain::{ProgrammeId, ProjectId};
use traccia_projections::{
    findings::queries::{Finding, FindingFilter, Kind, Measure, Subject, findings},
    points::queries::{References, missing},
};

use super::{
    counting::lists::short,
    frame::{Asked, Field, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
    shown::{Cell, italian},
};
use crate::{
    App,
    read::{right, within},
};

/// Lines on a page.
const LINES: u32 = 100;

#[derive(Template)]
#[template(path = "findings.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    /// The kinds: each with the way to its own, and what it means.
    kinds: Vec<(Cell, &'static str)>,
    rows: Vec<Row>,
    more: Option<String>,
}

struct Row {
    what: &'static str,
    subject: Cell,
    point: Cell,
    project: Cell,
    when: String,
    measure: String,
    services: Cell,
    units: String,
    position: String,
}

/// What is unusual in a programme, a project, or all that may be seen.
#[utoipa::path(
    get, path = "/segnalazioni", tag = "Pagine", operation_id = "findings_page",
    params(
        ("programme" = Option<String>, Query, description = "Those of a programme"), ("project" = Option<String>, Query, description = "Those of a project"),
        ("kind" = Option<String>, Query, description = "Those of a kind"), ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["programme", "project", "kind", "after"])?;
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let named = |name| Kind::named(name).ok_or_else(|| Wrong::field(Field("kind"), "è un tipo di segnalazione"));
        let kind = asked.text("kind").map(named).transpose()?;
        let sight = Sight::Exact(within(right(&who, Read::Findings)?));
        let (reader, truth) = open(&app, sight, &asked, "/segnalazioni").await?;
        let references = References { programme: programme.clone(), project: project.clone(), ..References::default() };
        if missing(&reader, &references).await?.is_some() {
            return Err(Wrong::unknown("Il programma o il progetto"));
        }
        let filter = FindingFilter { programme, project, kind };
        let found = findings(&reader, &filter, &asked.paging(LINES)?).await?.body;
        Ok(Page {
            frame: &frame,
            kinds: Kind::ALL.map(|kind| explained(kind, &filter, &truth)).to_vec(),
            rows: found.items.iter().map(|finding| row(finding, &truth)).collect(),
            more: found.next.map(|next| truth.after(&next)),
            truth,
        })
    })
    .await
}

fn explained(kind: Kind, filter: &FindingFilter, truth: &Truth) -> (Cell, &'static str) {
    let programme = filter.programme.as_ref().map(|id| format!("&programme={id}")).unwrap_or_default();
    let project = filter.project.as_ref().map(|id| format!("&project={id}")).unwrap_or_default();
    let to = truth.link(&format!("/segnalazioni?kind={}{programme}{project}", kind.as_str()));
    (Cell::link(name(kind), to), meaning(kind))
}

/// A kind as pages call it.
pub(super) fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::ConsecutiveDocuments => "documenti in sequenza",
        Kind::EarlyAct => "atto anteriore al report",
        Kind::MinutesOfADay => "minuti di una giornata",
        Kind::MonthEnd => "fine mese",
        Kind::OutsideHours => "oltre l'orario del punto",
        Kind::SameMinute => "stesso minuto",
    }
}

/// What it means, and what may well explain it.
pub(super) fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::ConsecutiveDocuments => {
            "Allo stesso punto sono state servite più di tre persone con documenti dai numeri consecutivi. Può essere una \
             famiglia numerosa, o un gruppo che ha avuto i documenti lo stesso giorno."
        }
        Kind::EarlyAct => {
            "L'atto che accetta il report di un mese ha una data anteriore al giorno in cui il report è stato presentato qui. \
             Può essere carta di prima del programma. Servizi e cittadini sono quelli che contano per una milestone solo \
             grazie a quella data: nessuno, se il termine non c'entra."
        }
        Kind::MinutesOfADay => {
            "Le sedute di un facilitatore in un giorno superano le 12 ore; oltre le 24 non possono essere tutte esatte. \
             Può essere una durata scritta male."
        }
        Kind::MonthEnd => {
            "Negli ultimi tre giorni del mese ci sono più del triplo delle sedute che toccherebbero a quei giorni. Può \
             essere un evento, o la registrazione fatta tutta insieme con la data sbagliata."
        }
        Kind::OutsideHours => {
            "In una settimana ci sono servizi in più giorni di quanti il punto ne dichiara, o un facilitatore vi ha più ore \
             di quante il punto è aperto. Può essere un'apertura straordinaria, o un orario dichiarato da aggiornare."
        }
        Kind::SameMinute => {
            "Un facilitatore ha iniziato nello stesso minuto servizi individuali per cittadini diversi. Può essere un orario \
             arrotondato, o un gruppo registrato una persona alla volta."
        }
    }
}

fn row(found: &Finding, truth: &Truth) -> Row {
    let point = |id: &str| Cell::link(id, truth.link(&format!("/punti/{id}")));
    let subject = match found.about {
        Subject::Facilitator => Cell::plain(format!("facilitatore {}", found.subject)),
        Subject::Point => Cell::plain("il punto"),
        Subject::Report => {
            let month = found.month.as_deref().unwrap_or_default();
            Cell::link("il report", truth.link(&format!("/rendicontazione/{}/{month}", found.subject)))
        }
        Subject::Record => Cell::link(short(&found.subject), truth.link(&format!("/cittadini/{}", found.subject))),
    };
    let day = found.on.as_deref().map(|on| match found.kind {
        Kind::OutsideHours => format!("settimana dal {}", italian::day_of(on)),
        Kind::ConsecutiveDocuments | Kind::EarlyAct | Kind::MinutesOfADay | Kind::MonthEnd | Kind::SameMinute => {
            italian::day_of(on)
        }
    });
    let time = found.start_time.as_ref().map(|time| format!(", {time}")).unwrap_or_default();
    let services = truth.link(&format!("/segnalazioni/servizi?finding={}", found.id));
    Row {
        what: name(found.kind),
        subject,
        point: found.point.as_deref().map_or_else(|| Cell::plain(""), point),
        project: Cell::link(&found.project, truth.link(&format!("/progetti/{}", found.project))),
        when: day.or(found.month.clone()).map(|day| format!("{day}{time}")).unwrap_or_default(),
        measure: format!(
            "{} {} (soglia {})",
            italian::number(found.measure),
            counted(found.counts),
            italian::number(found.limit)
        ),
        services: Cell::link(italian::number(found.services), services),
        units: italian::number(found.units),
        position: italian::number(found.at),
    }
}

fn counted(measure: Measure) -> &'static str {
    match measure {
        Measure::Minutes => "minuti",
        Measure::Days => "giorni",
        Measure::Sittings => "sedute",
        Measure::Commands => "registrazioni",
        Measure::Records => "documenti",
    }
}
