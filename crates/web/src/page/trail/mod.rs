//! `GET /registro`: who did what, when and why; each line opens the thing and, for those who may, its commit.

pub(crate) mod commit;
mod thing;

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::{
    Bearer,
    permission::{Read, reach},
};
use traccia_domain::{Role, StreamKind};
use traccia_projections::trail::queries::{Entry, TrailFilter, trail};

use super::{
    frame::{self, Asked, Field, Frame, Sight, SignedIn, Truth, Wrong, answer, open},
    shown::{Cell, happened, italian},
};
use crate::{
    App,
    read::{right, trail::named, within},
};

/// Lines on a page.
const LINES: u32 = 100;

#[derive(Template)]
#[template(path = "trail.html")]
struct Page<'a> {
    frame: &'a Frame,
    truth: Truth,
    asked: Form,
    /// Whether the reader has to say of what: their right does not reach the whole log.
    must_name: bool,
    rows: Vec<Row>,
    more: Option<String>,
}

/// The filters as the page was asked with them.
struct Form {
    entity: String,
    subject: String,
    from: String,
    to: String,
    /// Each kind: its name, what it is called, whether it is the one asked for.
    kinds: Vec<(&'static str, &'static str, bool)>,
}

struct Row {
    position: Cell,
    at: String,
    who: String,
    role: &'static str,
    what: String,
    thing: Cell,
    reason: String,
}

/// Who did what, when and why: of something, by somebody, in a time; of the whole log for those who reach all of it.
#[utoipa::path(
    get, path = "/registro", tag = "Pagine", operation_id = "trail_page",
    params(
        ("entity" = Option<String>, Query, description = "A stream's name or an id"), ("kind" = Option<String>, Query, description = "What it happened to"),
        ("subject" = Option<String>, Query, description = "Who did it"), ("from" = Option<String>, Query, description = "Learned on this day or later"),
        ("to" = Option<String>, Query, description = "Learned on this day or earlier"), ("after" = Option<String>, Query, description = "Begin after this cursor"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&["entity", "kind", "subject", "from", "to", "after"])?;
        let day = "è un giorno, per esempio 2024-06-30";
        let (from, to): (Option<Date>, Option<Date>) = (asked.read("from", day)?, asked.read("to", day)?);
        let kind = |name| named(name).ok_or_else(|| Wrong::field(Field("kind"), "è un tipo di oggetto del registro"));
        let kind = asked.text("kind").map(kind).transpose()?;
        let [entity, subject] = ["entity", "subject"].map(|name| asked.text(name).map(ToOwned::to_owned));
        let filter = TrailFilter { entity, kind, subject, from, to };
        let sight = Sight::Exact(within(right(&who, Read::Trail)?));
        let (reader, truth) = open(&app, sight, &asked, "/registro").await?;
        let found = trail(&reader, &filter, &asked.paging(LINES)?).await?.body;
        Ok(Page {
            frame: &frame,
            must_name: filter.entity.is_none() && !reader.within().unlimited(),
            rows: found.items.iter().map(|entry| row(&who, &truth, entry)).collect(),
            more: found.next.map(|next| truth.after(&next)),
            asked: Form::of(&filter),
            truth,
        })
    })
    .await
}

impl Form {
    fn of(filter: &TrailFilter) -> Form {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Form {
            entity: filter.entity.clone().unwrap_or_default(),
            subject: filter.subject.clone().unwrap_or_default(),
            from: day(filter.from),
            to: day(filter.to),
            kinds: StreamKind::ALL.map(|kind| (kind.as_str(), thing::name(kind), filter.kind == Some(kind))).into(),
        }
    }
}

fn row(who: &Bearer, truth: &Truth, entry: &Entry) -> Row {
    let position = italian::number(entry.at);
    let opens = reach(who, Read::Log).is_some();
    Row {
        position: if opens { Cell::link(position, format!("/registro/{}", entry.at)) } else { Cell::plain(position) },
        at: italian::instant_of(&entry.recorded_at),
        who: entry.subject.clone(),
        role: called(&entry.role),
        what: entry.events.iter().map(|event| happened(event)).collect::<Vec<_>>().join(", "),
        thing: thing::opened(who, truth, &entry.stream),
        reason: entry.reason.clone().unwrap_or_default(),
    }
}

/// A role by its name, as pages call it.
fn called(role: &str) -> &'static str {
    Role::ALL.into_iter().find(|known| known.as_str() == role).map_or("", frame::role)
}
