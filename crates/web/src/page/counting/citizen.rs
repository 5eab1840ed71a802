//! `GET /cittadini/{id}`: a person without anything that says who it is: records, services, and where they count.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::{Bearer, permission::Read};
use traccia_domain::RecordId;
use traccia_projections::counting::queries::{Attribution, CitizenLink, CitizenRecord, Next, ServiceOfPerson, citizen};

use super::{
    erase,
    lists::{kind, short},
    service::verdict,
};
use crate::{
    App, Problem,
    page::{
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        links::said,
        shown::{Cell, italian},
    },
    read::{right, within},
    request::Named,
};

#[derive(Template)]
#[template(path = "citizen.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    title: String,
    records: Vec<Kept>,
    counted: Vec<Counted>,
    services: Vec<Given>,
    links: Vec<(Cell, Cell, String)>,
}

/// A record, and whether anything is kept of who it is.
struct Kept {
    id: String,
    document: &'static str,
    /// What the page says of its erasure.
    erased: Option<String>,
    /// Whether who looks may erase it.
    erasable: bool,
}

struct Counted {
    programme: String,
    point: Cell,
    service: Cell,
    on: String,
    why: String,
    /// What would count if that service were voided: service, day, point, and how it would stand.
    next: Vec<(Cell, String, Cell, String)>,
}

struct Given {
    service: Cell,
    on: String,
    kind: &'static str,
    point: Cell,
    verdict: String,
}

/// A person, by any of their records.
#[utoipa::path(
    get, path = "/cittadini/{id}", tag = "Pagine", operation_id = "citizen_page",
    params(("id" = String, Path, description = "A record's id"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    id: Result<Named<RecordId>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let Named(id) = id.map_err(|_| Wrong::unknown("L'anagrafica"))?;
        let sight = Sight::Exact(within(right(&who, Read::Citizen)?));
        let (reader, truth) = open(&app, sight, &asked, &format!("/cittadini/{id}")).await?;
        let found = citizen(&reader, id).await?.ok_or_else(|| Wrong::unknown("L'anagrafica"))?.body;
        Ok(Page {
            frame: &frame,
            title: format!("Cittadino {}", short(&found.person)),
            records: found.records.into_iter().map(|record| kept(record, &who, &truth)).collect(),
            counted: found.attributions.into_iter().map(|one| counted(one, &truth)).collect(),
            services: found.services.iter().map(|one| given(one, &truth)).collect(),
            links: found.links.iter().map(|link| linked(link, &truth)).collect(),
            truth,
        })
    })
    .await
}

fn kept(found: CitizenRecord, who: &Bearer, truth: &Truth) -> Kept {
    let erased = (found.state == "erased").then(|| {
        let at = found.erased_at.map(|at| format!(" (posizione {})", italian::number(at))).unwrap_or_default();
        format!("dati cancellati{at}: di chi sia non si può più leggere nulla, e i conteggi non cambiano")
    });
    let erasable = erased.is_none() && erase::may(who) && !truth.past();
    Kept { document: document(&found.document), id: found.id, erased, erasable }
}

fn counted(found: Attribution, truth: &Truth) -> Counted {
    let line = if found.line == "scd" { " (Servizio civile digitale)" } else { "" };
    Counted {
        programme: format!("{}{line}", found.programme),
        point: Cell::link(&found.point, truth.link(&format!("/punti/{}", found.point))),
        service: Cell::link(short(&found.service), truth.link(&format!("/servizi/{}", found.service))),
        on: italian::day_of(&found.counted_on),
        why: found.why_text,
        next: standing_by(&found.next, truth),
    }
}

/// The services behind the one that counts, and which of them would take its place.
fn standing_by(next: &[Next], truth: &Truth) -> Vec<(Cell, String, Cell, String)> {
    let line = |one: &Next| {
        let time = one.start_time.as_ref().map(|time| format!(", {time}")).unwrap_or_default();
        let stands = match &one.reason_text {
            Some(reason) => format!("Non conterebbe. {reason}"),
            None if one.counts => "Conterebbe questo.".to_owned(),
            None => "Varrebbe, dopo un altro.".to_owned(),
        };
        (
            Cell::link(short(&one.service), truth.link(&format!("/servizi/{}", one.service))),
            format!("{}{time}", italian::day_of(&one.occurred_on)),
            Cell::link(&one.point, truth.link(&format!("/punti/{}", one.point))),
            stands,
        )
    };
    next.iter().map(line).collect()
}

fn given(found: &ServiceOfPerson, truth: &Truth) -> Given {
    Given {
        service: Cell::link(short(&found.id), truth.link(&format!("/servizi/{}", found.id))),
        on: italian::day_of(&found.occurred_on),
        kind: kind(&found.kind),
        point: Cell::link(&found.point, truth.link(&format!("/punti/{}", found.point))),
        verdict: verdict(found),
    }
}

/// Both records of a link, and what was said of them last.
fn linked(found: &CitizenLink, truth: &Truth) -> (Cell, Cell, String) {
    let side = |n: usize| {
        let id = found.citizens.get(n).map(String::as_str).unwrap_or_default();
        Cell::link(short(id), truth.link(&format!("/cittadini/{id}")))
    };
    let at = italian::number(found.linked_at);
    (side(0), side(1), format!("{} (posizione {at})", said(&found.event)))
}

/// A kind of document as pages call it.
pub(crate) fn document(kind: &str) -> &'static str {
    match kind {
        "fiscal_code" => "codice fiscale",
        "identity_card" => "carta d'identità",
        "passport" => "passaporto",
        "driving_licence" => "patente",
        "residence_permit" => "permesso di soggiorno",
        "stp" => "codice STP",
        "eni" => "codice ENI",
        _ => "altro documento",
    }
}
