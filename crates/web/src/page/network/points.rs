//! `GET /punti`: the points behind a number of points, each with what it has reached.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_projections::{
    answer::{Paging, ReadError, Reader},
    points::queries::{Point, PointFilter, points},
    targets::queries::{Scope, TargetRow, TargetsFilter, targets},
};

use super::figures::Opens;
use crate::{
    App,
    page::{
        counting::place::{NAMES, Place},
        frame::{Asked, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
        network::figures::{Row, RowMask, row},
        shown::{Cell, italian, province},
    },
    read::{right, within},
};

#[derive(Template)]
#[template(path = "points.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    name: Cell,
    points: Vec<Line>,
    active: usize,
    /// The day on which they are looked at, where one is asked for.
    on: Option<String>,
}

/// A point in a table.
pub(crate) struct Line {
    pub(crate) row: Row,
    pub(crate) province: String,
    pub(crate) state: &'static str,
    pub(crate) active: bool,
}

/// The points of a programme, of a province or of a project.
#[utoipa::path(
    get, path = "/punti", tag = "Pagine", operation_id = "points_page",
    params(
        ("programme" = Option<String>, Query, description = "A programme, or"), ("province" = Option<String>, Query, description = "a province of it, or"),
        ("project" = Option<String>, Query, description = "a project"),
        ("on" = Option<String>, Query, description = "Those open on a day, and whether they count as active on it"), ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&[&NAMES[..], &["on"]].concat())?;
        let on: Option<Date> = asked.read("on", "è un giorno, per esempio 2024-06-30")?;
        let place = Place::of(&asked)?;
        let sight = Sight::Exact(within(right(&who, Read::Points)?));
        let (reader, truth) = open(&app, sight, &asked, "/punti").await?;
        let name = place.name(&reader, &truth).await?;
        let points = lines(&reader, &place, on, &truth).await?;
        Ok(Page {
            frame: &frame,
            on: on.map(italian::day),
            name,
            active: points.iter().filter(|line| line.active).count(),
            points,
            truth,
        })
    })
    .await
}

/// The points at a place, by name; of a day, those that were open on it.
pub(crate) async fn lines(reader: &Reader, place: &Place, on: Option<Date>, truth: &Truth) -> Result<Vec<Line>, Wrong> {
    let filter = place.filter();
    let wanted = PointFilter { project: filter.project.clone(), province: filter.province.clone(), state: None };
    let mut found: Vec<Point> = every(reader, &wanted).await?;
    found.retain(|point| filter.programme.as_ref().is_none_or(|programme| point.programme == programme.as_str()));
    found.retain(|point| filter.point.as_ref().is_none_or(|id| point.id == id.as_str()));
    found.retain(|point| on.is_none_or(|on| open_on(point, on)));
    let reached = TargetsFilter { programme: filter.programme, project: filter.project, by: Scope::Point, on };
    let reached = targets(reader, &reached).await?.body.items;
    let reached: BTreeMap<&str, &TargetRow> = reached.iter().map(|row| (row.id.as_str(), row)).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    let line = |point: Point| {
        let figures = reached.get(point.id.as_str())?;
        let opens = point.id.parse().map_or_else(|_| Opens::default(), |id| Opens::of(&Place::Point(id), truth));
        let opens = if on.is_some() { opens.name_only() } else { opens };
        Some(Line {
            province: province(&point.province),
            state: state(&point.state),
            active: figures.points.active > 0,
            row: row(figures, point.name, RowMask::default(), opens),
        })
    };
    Ok(found.into_iter().filter_map(line).collect())
}

/// Whether a point was open on a day. Days are written so that their texts are in their order.
fn open_on(point: &Point, on: Date) -> bool {
    let on = on.to_string();
    point.state != "voided" && point.opened_on <= on && point.closed_on.as_ref().is_none_or(|closed| *closed > on)
}

async fn every(reader: &Reader, filter: &PointFilter) -> Result<Vec<Point>, ReadError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = points(reader, filter, &Paging::new(after.as_deref(), Some(Paging::MOST))?).await?.body;
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// A state as pages call it.
pub(crate) fn state(state: &str) -> &'static str {
    match state {
        "open" => "aperto, ancora senza servizi",
        "active" => "aperto",
        "suspended" => "sospeso",
        "closed" => "chiuso",
        "voided" => "annullato",
        _ => "sconosciuto",
    }
}
