//! `GET /conteggio/servizi` and `GET /conteggio/cittadini`: the lists behind the lines of the waterfall.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::Read;
use traccia_projections::{
    counting::queries::{Days, Given, Judged, Persons, Served, Service},
    milestones::queries::Standing,
    reports::queries::{Adjustment, Line},
};

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
    read::{
        behind::{self, Acts, NoList, People, kind_named},
        right, within,
    },
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
        ("kind" = Option<String>, Query, description = "Those of a kind"),
        ("since" = Option<String>, Query, description = "Those given on this day or later"), ("through" = Option<String>, Query, description = "Those given on this day or earlier"),
        ("report" = Option<String>, Query, description = "With `adjustment`: the month of the project's report"), ("adjustment" = Option<String>, Query, description = "Those of earlier months that the report takes in: late or voided"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn of_services(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&[&NAMES[..], &["judged", "kind", "since", "through", "report", "adjustment", "after"]].concat())?;
        let place = Place::of(&asked)?;
        let judged = judged(asked.text("judged"))?;
        let named = |name| kind_named(name).ok_or_else(|| Wrong::field(Field("kind"), "è un tipo di servizio"));
        let given = Given { judged, kind: asked.text("kind").map(named).transpose()?, days: days(&asked)? };
        let acts = acts(&asked, &place)?;
        let sight = Sight::Exact(within(right(&who, Read::Service)?));
        let (reader, truth) = open(&app, sight, &asked, "/conteggio/servizi").await?;
        let name = place.name(&reader, &truth).await?;
        let found = acts.find(&reader, &place.filter(), given, &asked.paging(LINES)?).await?;
        let found = found.ok_or_else(|| Wrong::unknown("Il report"))?.body;
        Ok(Services {
            frame: &frame,
            title: title(&acts, &given),
            name,
            waterfall: place.waterfall(&truth),
            rows: found.items.into_iter().map(|service| service_line(service, &truth)).collect(),
            more: found.next.map(|next| truth.after(&next)),
            truth,
        })
    })
    .await
}

fn acts(asked: &Asked, place: &Place) -> Result<Acts, Wrong> {
    Acts::of(asked.text("report"), asked.text("adjustment"), &place.filter()).map_err(|none| match none {
        NoList::Line => Wrong::field(Field("adjustment"), "è late o voided"),
        NoList::Month => Wrong::field(Field("report"), "è un mese, per esempio 2024-03"),
        NoList::Together => Wrong::request(
            "Le rettifiche (adjustment=…) sono di un progetto (project=…) e di un suo report (report=…).",
        ),
    })
}

fn title(acts: &Acts, given: &Given) -> String {
    let line = match given.judged {
        Judged::Recorded => "Servizi registrati".to_owned(),
        Judged::Qualifying => "Servizi validi".to_owned(),
        Judged::Excluded(reason) => format!("Servizi che non contano: {}", label(reason)),
    };
    let line = match acts {
        Acts::Counting => line,
        Acts::Report(_, month, adjustment) => {
            let what = match adjustment {
                Adjustment::Late => "a mese chiuso, non ancora compresi in un report accettato",
                Adjustment::Voided => "di mesi precedenti, annullati dopo il report del mese precedente",
            };
            format!("Report di {}: {} {what}", italian::month(*month), line.to_lowercase())
        }
    };
    let kind = given.kind.map(|of| format!(", {}", kind(of.as_str()))).unwrap_or_default();
    format!("{line}{kind}{}", period(given.days))
}

/// The days that an address asks for.
fn days(asked: &Asked) -> Result<Days, Wrong> {
    let day = |name| asked.read(name, "è un giorno, per esempio 2024-06-30");
    Ok(Days { since: day("since")?, through: day("through")? })
}

/// Some days, in words after a title.
fn period(days: Days) -> String {
    match (days.since.map(italian::day), days.through.map(italian::day)) {
        (None, None) => String::new(),
        (Some(since), None) => format!(", dal {since}"),
        (None, Some(through)) => format!(", fino al {through}"),
        (Some(since), Some(through)) => format!(", dal {since} al {through}"),
    }
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
struct PersonsPage<'a> {
    frame: &'a Frame,
    truth: Truth,
    title: String,
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
        ("persons" = Option<String>, Query, description = "counted, distinct, elsewhere, claimed_elsewhere or at_risk; of a milestone counted, waiting or at_risk; of a report previous, new, adjusted, lost, counted or first_seen"),
        ("milestone" = Option<String>, Query, description = "Behind this milestone of the project"), ("on" = Option<String>, Query, description = "With `milestone`: the business day"), ("report" = Option<String>, Query, description = "Behind the project's report of this month"),
        ("since" = Option<String>, Query, description = "Those counted by a service of this day or later"), ("through" = Option<String>, Query, description = "Those counted by a service of this day or earlier"),
        ("programme" = Option<String>, Query, description = "A programme, or"), ("province" = Option<String>, Query, description = "a province of it, or"),
        ("project" = Option<String>, Query, description = "a project, or"), ("point" = Option<String>, Query, description = "a point"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn of_persons(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&[&NAMES[..], &["persons", "milestone", "on", "report", "since", "through", "after"]].concat())?;
        let place = Place::of(&asked)?;
        let which = which(&asked, &place)?;
        let sight = Sight::Exact(within(right(&who, Read::Units)?));
        let (reader, truth) = open(&app, sight, &asked, "/conteggio/cittadini").await?;
        let name = place.name(&reader, &truth).await?;
        let found = which.find(&reader, &place.filter(), &asked.paging(LINES)?).await?;
        let found = found.ok_or_else(|| Wrong::unknown("La milestone o il report"))?.body;
        let (title, what) = words(&which);
        Ok(PersonsPage {
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

fn which(asked: &Asked, place: &Place) -> Result<People, Wrong> {
    let named = behind::Asked {
        persons: asked.text("persons"),
        days: days(asked)?,
        milestone: asked.text("milestone"),
        on: asked.read("on", "è un giorno, per esempio 2024-06-30")?,
        report: asked.text("report"),
    };
    People::of(&named, &place.filter()).map_err(|none| match none {
        NoList::Line => Wrong::field(Field("persons"), "non è una riga di questo elenco"),
        NoList::Month => Wrong::field(Field("report"), "è un mese, per esempio 2024-03"),
        NoList::Together => Wrong::request(
            "Una milestone (anche con on=…) o un report sono di un progetto solo, e hanno giorni propri.",
        ),
    })
}

/// What a list is called, and whom it has.
fn words(people: &People) -> (String, &'static str) {
    match people {
        People::Counting(line, days) => {
            let (title, what) = of_place(*line);
            (format!("{title}{}", period(*days)), what)
        }
        People::Milestone(_, milestone, standing, on) => {
            let (title, what) = of_milestone(*standing);
            let on = on.map(|on| format!(", al {}", italian::day(on))).unwrap_or_default();
            (format!("{milestone}: {title}{on}"), what)
        }
        People::Report(_, month, line) => {
            let (title, what) = of_report(*line);
            (format!("Report di {}: {title}", italian::month(*month)), what)
        }
    }
}

const AT_RISK: &str = "Chi si perderebbe (−1) o arriverebbe qui (+1) se ogni contestazione finisse con un annullamento e \
                       ogni collegamento proposto fosse confermato: la somma è il numero a rischio, con il segno opposto.";

fn of_place(persons: Persons) -> (&'static str, &'static str) {
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
        Persons::AtRisk => ("Cittadini a rischio", AT_RISK),
    }
}

fn of_milestone(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Counted => (
            "cittadini che valgono",
            "Hanno un servizio valido entro la scadenza, accettato con un report entro il termine.",
        ),
        Standing::Waiting => (
            "cittadini in attesa",
            "Hanno un servizio valido entro la scadenza, ma nessun report accettato entro il termine lo comprende.",
        ),
        Standing::AtRisk => ("cittadini a rischio", AT_RISK),
    }
}

fn of_report(line: Line) -> (&'static str, &'static str) {
    match line {
        Line::Previous => ("cittadini del report precedente", "Come li contava il report del mese prima."),
        Line::New => {
            ("cittadini nuovi nel mese", "Contano con un servizio del mese, e nel report precedente non c'erano.")
        }
        Line::Adjusted => (
            "rettifiche di mesi precedenti",
            "Contano con un servizio di un mese precedente, e nel report di allora non c'erano.",
        ),
        Line::Lost => ("cittadini persi", "C'erano nel report precedente, e ora il progetto non li conta più."),
        Line::Counted => ("cittadini fino alla fine del mese", "Tutti quelli che il report conta."),
        Line::FirstSeen => ("cittadini conteggiati nel mese", "Il servizio che li fa contare è del mese."),
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
