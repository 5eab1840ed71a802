//! What every page has around its own content: who looks at it, what the log knew, and how it says that it cannot.

mod again;
mod asked;
mod carried;
mod drawn;
mod fields;
pub(crate) mod read;
mod truth;
mod visitor;
mod wrong;

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use traccia_domain::Role;

pub(crate) use again::given_back;
pub(crate) use asked::Asked;
pub(crate) use carried::{carried_out, led_on, shown};
pub(crate) use truth::{Sight, Truth, exact, open, position_of, today};
pub(crate) use visitor::{SignedIn, Visitor, role};
pub(crate) use wrong::{Field, Wrong};

use crate::Problem;

/// The head of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    /// Who is signed in, and in which role.
    pub(crate) who: Option<(String, &'static str)>,
    /// Their role, by which links are drawn.
    role: Option<Role>,
    /// Whether they may see monthly reports.
    pub(crate) reports: bool,
    /// Whether they may see the queue of links.
    pub(crate) links: bool,
    /// Whether they may see what an auditor would look at first.
    pub(crate) findings: bool,
    /// Whether they may see who did what.
    pub(crate) trail: bool,
    /// Whether they may have the files of an audit.
    pub(crate) exports: bool,
    /// Whether they may see milestones.
    pub(crate) milestones: bool,
    /// Whether they may see what is due and paid.
    pub(crate) tranches: bool,
    /// Whether they may upload.
    pub(crate) uploads: bool,
    /// Whether the browser brought a token that is valid no more.
    pub(crate) lapsed: bool,
}

/// A page with what who looks may open, or what is wrong about it, under the same head.
pub(crate) async fn answer<P: Template>(frame: &Frame, page: impl Future<Output = Result<P, Wrong>>) -> Response {
    match page.await {
        Ok(page) => match (page.render(), frame.role) {
            (Ok(text), Some(role)) => Html(drawn::only_open(&text, role)).into_response(),
            (Ok(text), None) => Html(text).into_response(),
            (Err(error), _) => Problem::internal(&error).into_response(),
        },
        Err(wrong) => wrong.under(frame),
    }
}

/// A page written out.
pub(crate) fn rendered(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}
