//! `GET /conteggio/servizi` and `GET /conteggio/cittadini`: the lists behind the lines of the waterfall.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_projections::counting::queries::{Judged, Persons, Served, Service, persons, services};

use super::{
    place::{NAMES, Place},
    steps::label,
};
use crate::{
    App,
    page::{
        frame::{Asked, Field, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        shown::{Cell, italian, province},
    },
    read::{right, within},
};

/// Lines on a page.
const LINES: u32 = 100;

#[derive(Template)]
#[template(path = "services.html")]
struct Services<'a> {
    frame: &'a Frame,
    truth: Truth,
    title: String,
    name: Cell,
    waterfall: String,
    rows: Vec<ServiceLine>,
    more: Option<String>,
}

/// A service in a list.
pub(crate) struct ServiceLine {
    pub(crate) service: Cell,
    pub(crate) on: String,
    pub(crate) kind: &'static str,
    pub(crate) point: Cell,
    pub(crate) person: Cell,
    pub(crate) judged: String,
}

/// The services behind a line.
#[utoipa::path(
    get, path = "/conteggio/servizi", tag = "Pagine", operation_id = "services_page",
    params(
        ("judged" = Option<String>, Query, description = "recorded, qualifying, or a reason"),
        ("programme" = Option<String>, Query, description = "A programme, or"), ("province" = Option<String>, Query, description = "a province of it, or"),
        ("project" = Option<String>, Query, description = "a project, or"), ("point" = Option<String>, Query, description = "a point"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn of_services(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&[&NAMES[..], &["judged", "after"]].concat())?;
        let place = Place::of(&asked)?;
        let judged = judged(asked.text("judged"))?;
        let sight = Sight::Exact(within(right(&who, Read::Service)?));
        let (reader, truth) = open(&app, sight, &asked, "/conteggio/servizi").await?;
        let name = place.name(&reader, &truth).await?;
        let found = services(&reader, &place.filter(), judged, &asked.paging(LINES)?).await?.body;
        Ok(Services {
            frame: &frame,
            title: match judged {
                Judged::Recorded => "Servizi registrati".to_owned(),
                Judged::Qualifying => "Servizi validi".to_owned(),
                Judged::Excluded(reason) => format!("Servizi che non contano: {}", label(reason)),
            },
            name,
            waterfall: place.waterfall(&truth),
            rows: found.items.into_iter().map(|service| service_line(service, &truth)).collect(),
            more: found.next.map(|next| truth.after(&next)),
            truth,
        })
    })
    .await
}

fn judged(text: Option<&str>) -> Result<Judged, Wrong> {
    text.map_or(Some(Judged::Recorded), Judged::named)
        .ok_or_else(|| Wrong::field(Field("judged"), "è recorded, qualifying o un motivo di esclusione"))
}

/// Draws a service in a list.
pub(crate) fn service_line(found: Service, truth: &Truth) -> ServiceLine {
    let Service { service, person } = found;
    let time = service.start_time.map(|time| format!(", {time}")).unwrap_or_default();
    ServiceLine {
        on: format!("{}{time}", italian::day_of(&service.occurred_on)),
        kind: kind(&service.kind),
        point: Cell::link(&service.point, truth.link(&format!("/punti/{}", service.point))),
        person: Cell::link(short(&person), truth.link(&format!("/cittadini/{person}"))),
        judged: service.reason_text.unwrap_or_else(|| "vale".to_owned()),
        service: Cell::link(short(&service.id), truth.link(&format!("/servizi/{}", service.id))),
    }
}

/// The beginning of an id that nobody chose: the rest is behind the link.
pub(crate) fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

/// A kind of service as pages call it.
pub(crate) fn kind(kind: &str) -> &'static str {
    match kind {
        "reception" => "accoglienza",
        "individual_facilitation" => "facilitazione individuale",
        "group_facilitation" => "facilitazione di gruppo",
        "classroom_training" => "formazione in aula",
        "online_training" => "formazione online",
        _ => "altro",
    }
}

#[derive(Template)]
#[template(path = "persons.html")]
struct People<'a> {
    frame: &'a Frame,
    truth: Truth,
    title: &'static str,
    what: &'static str,
    name: Cell,
    waterfall: String,
    rows: Vec<PersonLine>,
    more: Option<String>,
}

struct PersonLine {
    person: Cell,
    service: Cell,
    on: String,
    point: Cell,
    province: String,
    counted_at: Cell,
    at_risk: &'static str,
}

/// The persons behind a line.
#[utoipa::path(
    get, path = "/conteggio/cittadini", tag = "Pagine", operation_id = "persons_page",
    params(
        ("persons" = Option<String>, Query, description = "counted, distinct, elsewhere, claimed_elsewhere or at_risk"),
        ("programme" = Option<String>, Query, description = "A programme, or"), ("province" = Option<String>, Query, description = "a province of it, or"),
        ("project" = Option<String>, Query, description = "a project, or"), ("point" = Option<String>, Query, description = "a point"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn of_persons(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&[&NAMES[..], &["persons", "after"]].concat())?;
        let place = Place::of(&asked)?;
        let which = which(asked.text("persons"))?;
        let sight = Sight::Exact(within(right(&who, Read::Units)?));
        let (reader, truth) = open(&app, sight, &asked, "/conteggio/cittadini").await?;
        let name = place.name(&reader, &truth).await?;
        let found = persons(&reader, &place.filter(), which, &asked.paging(LINES)?).await?.body;
        let (title, what) = words(which);
        Ok(People {
            frame: &frame,
            title,
            what,
            name,
            waterfall: place.waterfall(&truth),
            rows: found.items.into_iter().map(|served| person_line(&served, &truth)).collect(),
            more: found.next.map(|next| truth.after(&next)),
            truth,
        })
    })
    .await
}

fn which(text: Option<&str>) -> Result<Persons, Wrong> {
    text.map_or(Some(Persons::Counted), Persons::named)
        .ok_or_else(|| Wrong::field(Field("persons"), "è counted, distinct, elsewhere, claimed_elsewhere o at_risk"))
}

fn words(persons: Persons) -> (&'static str, &'static str) {
    match persons {
        Persons::Counted => ("Cittadini conteggiati", "Ognuno una volta, con il servizio che lo conta."),
        Persons::Distinct => {
            ("Cittadini distinti", "Chi ha ricevuto qui almeno un servizio valido, con il primo di questi.")
        }
        Persons::Elsewhere => (
            "Cittadini conteggiati altrove",
            "Hanno ricevuto qui un servizio valido, ma il programma li conta in un altro punto.",
        ),
        Persons::Claimed => (
            "Cittadini rendicontati altrove",
            "Hanno ricevuto qui un servizio valido, ma un altro progetto li ha rendicontati con una milestone.",
        ),
        Persons::AtRisk => (
            "Cittadini a rischio",
            "Chi si perderebbe (−1) o arriverebbe qui (+1) se ogni contestazione finisse con un annullamento e ogni \
             collegamento proposto fosse confermato: la somma è il numero a rischio, con il segno opposto.",
        ),
    }
}

fn person_line(served: &Served, truth: &Truth) -> PersonLine {
    PersonLine {
        person: Cell::link(short(&served.person), truth.link(&format!("/cittadini/{}", served.person))),
        service: Cell::link(short(&served.service), truth.link(&format!("/servizi/{}", served.service))),
        on: italian::day_of(&served.served_on),
        point: Cell::link(&served.point, truth.link(&format!("/punti/{}", served.point))),
        province: province(&served.province),
        counted_at: match &served.counted_at {
            _ if served.counted => Cell::plain("qui"),
            Some(point) => Cell::link(point, truth.link(&format!("/punti/{point}"))),
            None => Cell::plain("fuori dal suo ambito"),
        },
        at_risk: match (served.counted, served.safe) {
            (true, false) => "−1",
            (false, true) => "+1",
            (true, true) | (false, false) => "no",
        },
    }
}
