//! What something was done to, and the way to its own page for those who may see that.

use traccia_application::{
    Bearer,
    permission::{Read, reach},
};
use traccia_domain::{StreamId, StreamKind, report};

use crate::page::{counting::lists::short, frame::Truth, shown::Cell};

/// A kind of stream as pages call it.
pub(super) fn name(kind: StreamKind) -> &'static str {
    match kind {
        StreamKind::Log => "registro",
        StreamKind::Programme => "programma",
        StreamKind::Project => "progetto",
        StreamKind::Report => "report mensile",
        StreamKind::Milestone => "milestone del progetto",
        StreamKind::Point => "punto",
        StreamKind::Facilitator => "facilitatore",
        StreamKind::Record => "anagrafica",
        StreamKind::Number => "numero di documento",
        StreamKind::Link => "coppia di anagrafiche",
        StreamKind::Money => "quote del progetto",
        StreamKind::Payments => "distinte del programma",
        StreamKind::Service => "servizio",
        StreamKind::Invoice => "fattura",
        StreamKind::Expense => "spesa",
    }
}

/// A stream by its name, with the way to the page of what it is about.
pub(super) fn opened(who: &Bearer, truth: &Truth, stream: &str) -> Cell {
    let Ok(stream) = stream.parse::<StreamId>() else { return Cell::plain(stream) };
    let text = format!("{} {}", name(stream.kind()), called(&stream));
    match page(&stream).filter(|(read, _)| reach(who, *read).is_some()) {
        Some((_, path)) => Cell::link(text, truth.link(&path)),
        None => Cell::plain(text),
    }
}

fn called(stream: &StreamId) -> String {
    let id = stream.id();
    match stream.kind() {
        StreamKind::Record | StreamKind::Service | StreamKind::Number | StreamKind::Invoice => short(id),
        StreamKind::Link => id.split('-').map(short).collect::<Vec<_>>().join(" e "),
        StreamKind::Report => {
            report::of(id).map_or_else(|| id.to_owned(), |(project, month)| format!("{project}, {month}"))
        }
        StreamKind::Log => String::new(),
        StreamKind::Programme
        | StreamKind::Project
        | StreamKind::Milestone
        | StreamKind::Point
        | StreamKind::Facilitator
        | StreamKind::Money
        | StreamKind::Payments
        | StreamKind::Expense => id.to_owned(),
    }
}

/// Where it is shown, and the right that asks for; none where nothing shows it alone.
fn page(stream: &StreamId) -> Option<(Read, String)> {
    let id = stream.id();
    Some(match stream.kind() {
        StreamKind::Programme => (Read::Targets, format!("/programmi/{id}")),
        StreamKind::Project => (Read::Targets, format!("/progetti/{id}")),
        StreamKind::Report => {
            let (project, month) = report::of(id)?;
            (Read::Reports, format!("/rendicontazione/{project}/{month}"))
        }
        StreamKind::Milestone => (Read::Milestones, format!("/milestone?project={id}")),
        StreamKind::Point => (Read::Points, format!("/punti/{id}")),
        StreamKind::Record => (Read::Citizen, format!("/cittadini/{id}")),
        // Both are the person's page, once they are linked.
        StreamKind::Link => (Read::Citizen, format!("/cittadini/{}", id.split_once('-')?.0)),
        StreamKind::Money => (Read::Tranches, format!("/erogazioni?project={id}")),
        StreamKind::Payments => (Read::Tranches, format!("/erogazioni?programme={id}")),
        StreamKind::Service => (Read::Service, format!("/servizi/{id}")),
        StreamKind::Log | StreamKind::Facilitator | StreamKind::Number | StreamKind::Invoice | StreamKind::Expense => {
            return None;
        }
    })
}
