//! `GET /servizi/{id}`: a service and how it is judged.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::{
    Bearer,
    permission::{Read, may_read},
};
use traccia_domain::ServiceId;
use traccia_projections::{
    counting::queries::{ServiceOfPerson, service},
    reports::queries::{Reported, of_service},
};

use super::{
    lists::{kind, short},
    void,
};
use crate::{
    App, Problem,
    page::{
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        impact, reports,
        shown::{Cell, italian},
    },
    read::{right, within},
    request::Named,
};

#[derive(Template)]
#[template(path = "service.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    title: String,
    verdict: String,
    facts: Vec<(&'static str, Cell)>,
    /// Where it says what a void would change.
    impact: Option<String>,
    /// The form that voids it, for who may: where it is sent and the state that it was read with.
    void: Option<(String, String)>,
}

/// A service.
#[utoipa::path(
    get, path = "/servizi/{id}", tag = "Pagine", operation_id = "service_page",
    params(("id" = String, Path, description = "Its id"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    id: Result<Named<ServiceId>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let Named(id) = id.map_err(|_| Wrong::unknown("Il servizio"))?;
        let sight = Sight::Exact(within(right(&who, Read::Service)?));
        let (reader, truth) = open(&app, sight, &asked, &format!("/servizi/{id}")).await?;
        let found = service(&reader, id).await?.ok_or_else(|| Wrong::unknown("Il servizio"))?.body;
        let reported = of_service(&reader, &found).await?;
        let (service, person) = (found.service, found.person);
        let person = Cell::link(short(&person), truth.link(&format!("/cittadini/{person}")));
        let mut facts = vec![("Cittadino", person)];
        facts.extend(self::facts(&service, &truth));
        facts.push(("Report mensile", in_report(&service, &reported, &who, &truth)));
        let stands = service.state != "voided" && !truth.past();
        let voids = stands && void::may(&app, &who, id).await?;
        Ok(Page {
            frame: &frame,
            title: format!("Servizio {}", short(&service.id)),
            verdict: verdict(&service),
            impact: impact::voiding(&who, &service.id).filter(|_| stands),
            void: voids.then(|| (format!("/servizi/{id}"), service.state.clone())),
            facts,
            truth,
        })
    })
    .await
}

/// Which report took it in, and whether it came late; a way there for those who may see reports.
fn in_report(service: &ServiceOfPerson, reported: &Reported, who: &Bearer, truth: &Truth) -> Cell {
    let late = if reported.late { "registrato a mese chiuso, " } else { "" };
    let Some(by) = &reported.accepted else { return Cell::plain(format!("{late}non ancora accettato")) };
    let text =
        format!("{late}accettato con il report di {}, atto del {}", italian::month(by.month), italian::day(by.on));
    match may_read(who, Read::Reports) {
        Ok(_) => Cell::link(&text, truth.link(&reports::path(&service.project, by.month))),
        Err(_) => Cell::plain(&text),
    }
}

/// Whether it counts, and why not.
pub(super) fn verdict(service: &ServiceOfPerson) -> String {
    match (&service.reason_text, service.attributed) {
        (Some(reason), _) => format!("Non conta. {reason}"),
        (None, true) => "Vale, e il cittadino è conteggiato qui.".to_owned(),
        (None, false) if service.already_claimed => {
            "Vale, ma è arrivato dopo: il cittadino era già rendicontato con un altro servizio.".to_owned()
        }
        (None, false) => "Vale; il cittadino è conteggiato con un altro servizio.".to_owned(),
    }
}

fn facts(service: &ServiceOfPerson, truth: &Truth) -> Vec<(&'static str, Cell)> {
    let plain = |text: &str| Cell::plain(text);
    let time = service.start_time.as_deref().map(|time| format!(" alle {time}")).unwrap_or_default();
    let state = match service.state.as_str() {
        "disputed" => "contestato: vale ancora, ma è a rischio",
        "voided" => "annullato",
        _ => "registrato",
    };
    vec![
        ("Giorno", plain(&format!("{}{time}", italian::day_of(&service.occurred_on)))),
        ("Tipo", plain(kind(&service.kind))),
        ("Punto", Cell::link(&service.point, truth.link(&format!("/punti/{}", service.point)))),
        ("Progetto", Cell::link(&service.project, truth.link(&format!("/progetti/{}", service.project)))),
        ("Facilitatore", plain(service.facilitator.as_deref().unwrap_or("sconosciuto"))),
        ("Stato", plain(state)),
    ]
}
