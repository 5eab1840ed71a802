//! `GET /punti/{id}`: a point, its days, and what happened to it.

use askama::Template;
use axum::{extract::State, response::Response};
use serde_json::Value;
use traccia_application::permission::Read;
use traccia_domain::PointId;
use traccia_projections::{
    points::queries::{Point, PointWithHistory, point},
    trail::queries::Entry,
};

use super::points::{Line, lines, state};
use crate::{
    App, Problem,
    page::{
        counting::place::Place,
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        impact,
        shown::{Cell, italian, province},
    },
    read::{right, within},
    request::Named,
};

#[derive(Template)]
#[template(path = "point.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    name: String,
    project: Cell,
    facts: Vec<(&'static str, String)>,
    figures: Vec<Line>,
    active: Vec<String>,
    history: Vec<Happened>,
    /// Whose closure the reader may ask the impact of.
    closing: Option<String>,
}

struct Happened {
    position: Cell,
    at: String,
    what: String,
    who: String,
    reason: String,
}

/// A point.
#[utoipa::path(
    get, path = "/punti/{id}", tag = "Pagine", operation_id = "point_page",
    params(("id" = String, Path, description = "Its id"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    id: Result<Named<PointId>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let Named(id) = id.map_err(|_| Wrong::unknown("Il punto"))?;
        let sight = Sight::Exact(within(right(&who, Read::Points)?));
        let (reader, truth) = open(&app, sight, &asked, &format!("/punti/{id}")).await?;
        let found = point(&reader, &id).await?.ok_or_else(|| Wrong::unknown("Il punto"))?.body;
        let PointWithHistory { point, active, history } = found;
        let span = |span: traccia_projections::points::queries::ActiveSpan| match span.until {
            Some(until) => format!("dal {}, fino al {} escluso", italian::day_of(&span.from), italian::day_of(&until)),
            None => format!("dal {}", italian::day_of(&span.from)),
        };
        Ok(Page {
            frame: &frame,
            project: Cell::link(&point.project, truth.link(&format!("/progetti/{}", point.project))),
            facts: facts(&point),
            figures: lines(&reader, &Place::Point(id.clone()), None, &truth).await?,
            active: active.into_iter().map(span).collect(),
            history: history.iter().map(|entry| happened(&id, entry)).collect(),
            closing: (impact::closing(&who) && !truth.past() && !["closed", "voided"].contains(&point.state.as_str()))
                .then(|| point.id.clone()),
            name: point.name,
            truth,
        })
    })
    .await
}

fn facts(point: &Point) -> Vec<(&'static str, String)> {
    let opening = &point.opening;
    let text = |name: &str| opening[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| opening[name].as_u64().map_or_else(String::new, italian::number);
    let closed = point.closed_on.as_deref().map(|on| format!("; non riceve più dal {}", italian::day_of(on)));
    let offers = opening["services"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let offers: Vec<&str> = offers.map(crate::page::counting::lists::kind).collect();
    vec![
        ("Id", point.id.clone()),
        ("Stato", state(&point.state).to_owned()),
        ("Aperto il", format!("{}{}", italian::day_of(&point.opened_on), closed.unwrap_or_default())),
        ("Luogo", format!("{}, {}", text("municipality"), province(&point.province))),
        ("Ore a settimana", number("weekly_hours")),
        ("Postazioni", number("workstations")),
        ("Connessione", format!("{} Mbit/s", number("megabits_per_second"))),
        ("Offre", offers.join(", ")),
    ]
}

fn happened(id: &PointId, entry: &Entry) -> Happened {
    Happened {
        // What the log knew then, of this same point.
        position: Cell::link(italian::number(entry.at), format!("/punti/{id}?known_at={}", entry.at)),
        at: italian::instant_of(&entry.recorded_at),
        what: entry.events.iter().map(|event| words(event)).collect::<Vec<_>>().join(", "),
        who: entry.subject.clone(),
        reason: entry.reason.clone().unwrap_or_default(),
    }
}

fn words(event: &str) -> &str {
    match event {
        "PointOpened" | "point_opened" => "aperto",
        "PointSuspended" | "point_suspended" => "sospeso",
        "PointResumed" | "point_resumed" => "ripreso",
        "PointClosed" | "point_closed" => "chiuso",
        "PointVoided" | "point_voided" => "annullato",
        other => other,
    }
}
