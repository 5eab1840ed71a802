//! `POST /collegamenti`: a decision on a proposal, carried out as the command that says it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use traccia_application::{
    Bearer, IdempotencyKey,
    permission::{Extent, extent},
};
use traccia_domain::{
    Command, CommandKind, Event, Position, RecordId, Recorded,
    link::{
        self, LinkEvent,
        command::{ConfirmBreak, ConfirmLink, RejectBreak, RejectLink},
    },
    reason,
};
use traccia_log::{Log as _, LogError};
use traccia_projections::counting::queries::Link;

use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{SignedIn, Wrong, carried_out, led_on},
    },
};

/// What a form asks about a pair that waits for a decision.
pub(crate) struct Question {
    pub(crate) one: String,
    pub(crate) other: String,
    /// Where the proposal stands: the same decision sent twice is one.
    pub(crate) proposed: u64,
    /// What confirming is called: the decision's value and its words; none where a record was erased, which nobody can
    /// compare any more.
    pub(crate) confirm: Option<(&'static str, &'static str)>,
    pub(crate) reject: (&'static str, &'static str),
}

impl Question {
    /// What there is to decide on a pair; `None` when nothing is.
    pub(crate) fn of(link: &Link) -> Option<Question> {
        let (one, other) = (link.one.citizen.clone(), link.other.citizen.clone());
        let question = Question::on(&link.state, one, other, link.last.said_at)?;
        let erased = [&link.one, &link.other].iter().any(|side| side.state == "erased");
        let confirm = question.confirm.filter(|_| !(erased && link.state == "proposed"));
        Some(Question { confirm, ..question })
    }

    /// What there is to decide on two records that stand so, since a position.
    pub(crate) fn on(state: &str, one: String, other: String, proposed: u64) -> Option<Question> {
        let (confirm, reject) = match state {
            "proposed" => (("confirm_link", "Sono la stessa persona"), ("reject_link", "Sono due persone")),
            "break_proposed" => (("confirm_break", "Rompi il collegamento"), ("reject_break", "Il collegamento resta")),
            _ => return None,
        };
        Some(Question { one, other, proposed, confirm: Some(confirm), reject })
    }
}

/// Whether somebody decides on pairs at all.
pub(crate) fn may(who: &Bearer) -> bool {
    extent(who.actor.role, CommandKind::ConfirmLink) != Extent::Nowhere
}

/// The list of the pairs that stand so.
pub(crate) fn list(state: &str) -> &'static str {
    match state {
        "break_proposed" => "/collegamenti?state=break_proposed",
        _ => "/collegamenti",
    }
}

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    one: RecordId,
    other: RecordId,
    proposed: u64,
    decision: Decision,
    reason: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    ConfirmLink,
    RejectLink,
    ConfirmBreak,
    RejectBreak,
}

impl Decided {
    fn command(&self) -> Command {
        let (citizens, reason) = ([self.one, self.other], self.reason.clone());
        match self.decision {
            Decision::ConfirmLink => ConfirmLink { citizens, reason }.into(),
            Decision::RejectLink => RejectLink { citizens, reason }.into(),
            Decision::ConfirmBreak => ConfirmBreak { citizens, reason }.into(),
            Decision::RejectBreak => RejectBreak { citizens, reason }.into(),
        }
    }

    /// Whether the proposal on the page is the latest: whoever decides has seen its reason. Where there is none, the rules
    /// say so.
    async fn stands(&self, app: &App) -> Result<bool, LogError> {
        let stream = link::stream([self.one, self.other]);
        let commits = app.application.log().load_from_leader(&stream, Position::START).await?;
        let proposes = |recorded: &&Recorded| {
            let proposal =
                |event: &Event| matches!(event, Event::Link(LinkEvent::LinkProposed(_) | LinkEvent::BreakProposed(_)));
            recorded.commit.events.iter().any(proposal)
        };
        let latest = commits.iter().rev().find(proposes);
        Ok(latest.is_none_or(|latest| latest.position.0 == self.proposed))
    }

    /// The list the pair was on.
    fn list(&self) -> &'static str {
        match self.decision {
            Decision::ConfirmLink | Decision::RejectLink => list("proposed"),
            Decision::ConfirmBreak | Decision::RejectBreak => list("break_proposed"),
        }
    }

    /// A second click sends the same again, and gets the first answer.
    fn key(&self) -> Result<IdempotencyKey, Problem> {
        let key = format!("page-{}-{}-{}-{}", self.one, self.other, self.proposed, self.command().name());
        key.parse().map_err(|error| Problem::internal(&error))
    }
}

/// Carries out a decision and leads back to the list.
#[utoipa::path(
    post, path = "/collegamenti", tag = "Pagine", operation_id = "decide_link_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`one`, `other`, `proposed`, `decision` and `reason`"),
    responses((status = 303, description = "To the list")),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Decided>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(decided) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di una decisione."))?;
        reason::check(&decided.reason)?;
        if !decided.stands(&app).await? {
            let what = "La proposta non è più quella che la pagina mostrava: si decide su quella che c'è ora.";
            return Err(Wrong::new(StatusCode::CONFLICT, "La proposta è cambiata", what));
        }
        carried_out(&app, &who, Some(decided.key()?), decided.command()).await?;
        Ok(decided.list().to_owned())
    })
    .await
}
