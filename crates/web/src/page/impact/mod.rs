//! `GET /impatto`: what a decision would change, read before it is taken.

mod in_italian;
mod question;
mod tables;

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_projections::impact::{Figure, Project, Unit, Way};

use self::{
    question::Question,
    tables::{Table, tables},
};
use super::{
    counting::lists::short,
    frame::{Asked, Frame, SignedIn, Wrong, answer},
    links::decide,
    shown::{Cell, italian},
};
use crate::{App, read::impact};

pub(crate) use self::question::{closing, of_link, voiding};

/// Units that are listed; all are counted.
const UNITS: usize = 50;

#[derive(Template)]
#[template(path = "impact.html")]
struct Page<'a> {
    frame: &'a Frame,
    what: String,
    position: String,
    projects: Vec<Line>,
    tables: Vec<Table>,
    elsewhere: Option<String>,
    /// How many persons would go and come.
    lost: String,
    gained: String,
    units: Vec<Moved>,
    more: bool,
    question: Option<decide::Question>,
    back: Cell,
}

/// A project's figures, before and after.
struct Line {
    project: Cell,
    counted: [String; 3],
    at_risk: [String; 2],
    qualifying: [String; 2],
}

/// A unit that would come or go.
struct Moved {
    way: &'static str,
    person: Cell,
    service: Cell,
    on: String,
    point: Cell,
    project: Cell,
}

/// What a decision would change, per project, and who would be counted no more, or now.
#[utoipa::path(
    get, path = "/impatto", tag = "Pagine", operation_id = "impact_page",
    params(
        ("command" = String, Query, description = "confirm_link, confirm_break, void_service or close_point"),
        ("one" = Option<String>, Query, description = "Of a pair, one record"),
        ("other" = Option<String>, Query, description = "and the other"),
        ("proposed" = Option<u64>, Query, description = "Where the proposal stands: then the page has the form that decides"),
        ("service" = Option<String>, Query, description = "The service that would be voided"),
        ("point" = Option<String>, Query, description = "The point that would be closed"),
        ("on" = Option<String>, Query, description = "The first day it would be closed"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        let Question { command, what, decision, back } = Question::read(&asked)?;
        let found = impact::of(&app, &who, command, None, UNITS).await.map_err(Wrong::from)?;
        let seen = found.body;
        let count = |number: usize| italian::number(number as u64);
        Ok(Page {
            frame: &frame,
            what,
            position: italian::number(found.position.0),
            projects: seen.projects.iter().map(line).collect(),
            tables: tables(&seen.projects),
            elsewhere: (seen.elsewhere > 0).then(|| count(seen.elsewhere)),
            lost: count(seen.lost),
            gained: count(seen.gained),
            more: seen.lost + seen.gained > seen.units.len(),
            units: seen.units.iter().map(moved).collect(),
            question: decision.filter(|_| decide::may(&who)),
            back,
        })
    })
    .await
}

fn line(project: &Project) -> Line {
    let both = |figure: Figure| [signed(figure.before), signed(figure.after)];
    let Figure { before, after } = project.counted;
    let difference = match after - before {
        0 => "0".to_owned(),
        more @ 1.. => format!("+{}", signed(more)),
        fewer => signed(fewer),
    };
    Line {
        project: Cell::link(&project.project, format!("/progetti/{}", project.project)),
        counted: [signed(before), signed(after), difference],
        at_risk: both(project.at_risk),
        qualifying: both(project.services.qualifying),
    }
}

/// A number that may be below nought.
fn signed(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", italian::number(number.unsigned_abs()))
}

fn moved(unit: &Unit) -> Moved {
    Moved {
        way: match unit.way {
            Way::Lost => "non più conteggiato",
            Way::Gained => "conteggiato",
        },
        person: Cell::link(short(&unit.person), format!("/cittadini/{}", unit.person)),
        service: Cell::link(short(&unit.service), format!("/servizi/{}", unit.service)),
        on: italian::day_of(&unit.occurred_on),
        point: Cell::link(&unit.point, format!("/punti/{}", unit.point)),
        project: Cell::link(&unit.project, format!("/progetti/{}", unit.project)),
    }
}
