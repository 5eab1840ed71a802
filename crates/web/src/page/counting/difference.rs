//! `GET /conteggio/differenze`: who is counted at one of two positions only, and which commit made it so.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_application::permission::{self, Read};
use traccia_domain::Role;
use traccia_projections::{
    answer::{KnownAt, day_in_italy},
    counting::queries::{Cause, Change, Difference, Moved, difference, whole},
};

use super::{
    lists::short,
    place::{NAMES, Place},
};
use crate::{
    App,
    page::{
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open, position_of, role},
        shown::{Cell, happened, italian},
    },
    read::{right, within},
};

/// Lines on a page.
const LINES: u32 = 100;

#[derive(Template)]
#[template(path = "difference.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    name: Cell,
    waterfall: String,
    /// The place's parameters, for the form that asks for the other position.
    place: Vec<(String, String)>,
    compared: Option<Compared>,
}

/// What comparing gave.
struct Compared {
    from: String,
    before: String,
    after: String,
    gained: String,
    lost: String,
    rows: Vec<Row>,
    more: Option<String>,
}

struct Row {
    person: Cell,
    change: &'static str,
    service: Cell,
    on: String,
    point: Cell,
    position: String,
    recorded_at: String,
    what: String,
}

/// A place at two positions: the page's own, and an earlier one.
#[utoipa::path(
    get, path = "/conteggio/differenze", tag = "Pagine", operation_id = "difference_page",
    params(
        ("from" = Option<u64>, Query, description = "The earlier position, or"), ("dal" = Option<String>, Query, description = "the day at whose end it was"),
        ("programme" = Option<String>, Query, description = "A programme, or"), ("province" = Option<String>, Query, description = "a province of it, or"),
        ("project" = Option<String>, Query, description = "a project, or"), ("point" = Option<String>, Query, description = "a point"),
        ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew: the later position"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&[&NAMES[..], &["from", "dal", "after"]].concat())?;
        let place = Place::of(&asked)?;
        let within = within(right(&who, Read::Units)?);
        let from: Option<KnownAt> = asked.from(day_in_italy(app.application.clock().now()))?;
        let (reader, truth) = open(&app, Sight::Exact(within.clone()), &asked, "/conteggio/differenze").await?;
        let name = place.name(&reader, &truth).await?;
        if !whole(&reader, &place.filter()).await? {
            return Err(Wrong::unknown("Il luogo"));
        }
        let compared = match from {
            None => None,
            Some(known_at) => {
                let from = position_of(&app, within, known_at).await?;
                if from > reader.position() {
                    return Err(Wrong::request(
                        "La posizione con cui si confronta viene prima di quella della pagina.",
                    ));
                }
                let told = permission::reach(&who, Read::Trail).is_some();
                let found = difference(&reader, from, &place.filter(), told, &asked.paging(LINES)?).await?;
                Some(compared(found.body, &truth))
            }
        };
        let names = |(name, _): &(String, String)| NAMES.contains(&name.as_str());
        let fields = asked.fields().into_iter().filter(names).collect();
        Ok(Page { frame: &frame, name, waterfall: place.waterfall(&truth), place: fields, compared, truth })
    })
    .await
}

fn compared(found: Difference, truth: &Truth) -> Compared {
    Compared {
        from: italian::number(found.from),
        before: italian::number(found.counted.before),
        after: italian::number(found.counted.after),
        gained: italian::number(found.gained),
        lost: italian::number(found.lost),
        rows: found.page.items.iter().map(|item| row(item, truth)).collect(),
        more: found.page.next.map(|next| truth.after(&next)),
    }
}

fn row(item: &Moved, truth: &Truth) -> Row {
    Row {
        person: Cell::link(short(&item.person), truth.link(&format!("/cittadini/{}", item.person))),
        change: match item.change {
            Change::Gained => "+1",
            Change::Lost => "−1",
        },
        service: Cell::link(short(&item.service), truth.link(&format!("/servizi/{}", item.service))),
        on: italian::day_of(&item.occurred_on),
        point: Cell::link(&item.point, truth.link(&format!("/punti/{}", item.point))),
        position: italian::number(item.cause.at),
        recorded_at: italian::instant_of(&item.cause.recorded_at),
        what: caused(&item.cause),
    }
}

/// What happened, by whom and why; nothing where it is about something outside the scope.
fn caused(cause: &Cause) -> String {
    let (Some(subject), Some(told)) = (&cause.subject, &cause.role) else {
        return "un fatto fuori dal suo ambito".to_owned();
    };
    let role = Role::ALL.into_iter().find(|role| role.as_str() == told).map_or("", role);
    let events: Vec<&str> = cause.events.iter().map(|event| happened(event)).collect();
    let why = cause.reason.as_ref().map(|reason| format!(": «{reason}»")).unwrap_or_default();
    format!("{}, da {subject} ({role}){why}", events.join(", "))
}
