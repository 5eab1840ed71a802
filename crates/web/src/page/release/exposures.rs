//! Exposures on `/erogazioni`: what is to be decided, what is still to be given back, and the forms for both.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use jiff::civil::Date;
use serde::Deserialize;
use traccia_application::{
    Bearer, IdempotencyKey,
    permission::{Extent, Read, extent, reach},
};
use traccia_domain::{
    Cents, Command, CommandKind, Event, Position, ProjectId, StreamId, StreamKind,
    hash::ShortHash,
    time::day,
    tranche::{
        MoneyEvent,
        command::{DecideExposure, ExposureDecision, RecordRecovery},
    },
};
use traccia_log::Log as _;
use traccia_projections::tranches::queries::{Exposure, ExposureCause};

use super::{back, euro, send::allowed};
use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{Field, SignedIn, Truth, Wrong, carried_out, led_on, read},
        shown::{Cell, italian},
    },
};

/// Where an exposure stands on the page.
pub(super) fn anchor(project: &str, exposure: &str) -> String {
    format!("esposizione-{project}-{exposure}")
}

/// An exposure as it is drawn.
pub(super) struct Exposed {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) project: Cell,
    pub(super) tranche: String,
    pub(super) amount: String,
    pub(super) settled: String,
    pub(super) causes: Vec<Cause>,
    /// The form, for those who may send it.
    pub(super) form: Option<Asks>,
}

/// What made an exposure larger, or smaller: what happened, which opens, and what it came to.
pub(super) struct Cause {
    pub(super) at: Cell,
    pub(super) lost: String,
}

/// What its form sends besides what is written into it.
pub(super) struct Asks {
    pub(super) project: String,
    pub(super) amount: String,
    pub(super) settled: String,
}

impl Exposed {
    /// Of one that waits for a decision, or for money to be given back.
    pub(super) fn drawn(found: &Exposure, who: &Bearer, truth: &Truth, command: CommandKind) -> Exposed {
        let may = !truth.past() && extent(who.actor.role, command) != Extent::Nowhere;
        Exposed {
            anchor: anchor(&found.project, &found.exposure),
            name: found.exposure.clone(),
            project: Cell::link(&found.project, truth.link(&format!("/erogazioni?project={}", found.project))),
            tranche: found.tranche.clone(),
            amount: euro(found.amount),
            settled: euro(found.settled),
            causes: causes(found, who),
            form: may.then(|| Asks {
                project: found.project.clone(),
                amount: found.amount.to_string(),
                settled: found.settled.to_string(),
            }),
        }
    }
}

/// What an exposure comes from. Each opens the commit that did it for those who may read the log, and for everybody else
/// the project's milestones as that commit left them.
pub(super) fn causes(found: &Exposure, who: &Bearer) -> Vec<Cause> {
    let log = reach(who, Read::Log).is_some();
    found
        .causes
        .iter()
        .map(|cause| Cause { at: opening(cause.position, &found.project, log), lost: lost(cause) })
        .collect()
}

fn opening(position: Position, project: &str, log: bool) -> Cell {
    let number = italian::number(position.0);
    match position {
        Position::START => Cell::plain(number),
        position if log => Cell::link(number, format!("/registro/{position}")),
        position => Cell::link(number, format!("/milestone?project={project}&known_at={position}")),
    }
}

fn lost(cause: &ExposureCause) -> String {
    let lost = |number: i64, [one, many]: [&str; 2]| {
        format!("{} {}", italian::signed(-number), if number.abs() == 1 { one } else { many })
    };
    format!(
        "{}, {}, {}",
        lost(cause.units, ["cittadino", "cittadini"]),
        lost(cause.points, ["punto", "punti"]),
        euro(cause.amount.0)
    )
}

/// What the form of a decision sends: the exposure as the page showed it, and what becomes of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    project: ProjectId,
    exposure: String,
    amount: Cents,
    decision: ExposureDecision,
    act: String,
}

impl Decided {
    fn command(&self) -> Result<Command, Wrong> {
        traccia_domain::reason::check_act(&self.act)?;
        let (project, exposure) = (self.project.clone(), self.exposure.clone());
        let (amount, act) = (Some(self.amount), self.act.clone());
        Ok(DecideExposure { project, exposure, amount, decision: self.decision, act }.into())
    }

    fn key(&self) -> Result<IdempotencyKey, Problem> {
        let decision = format!("{:?}", self.decision);
        key("decided", [self.project.as_str(), &self.exposure, &self.amount.to_string(), &decision, &self.act])
    }
}

/// Decides on an exposure, and leads back to the project's tranches.
#[utoipa::path(
    post, path = "/erogazioni/esposizioni", tag = "Pagine", operation_id = "decide_exposure_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`project`, `exposure`, `amount` as the page showed it, `decision` (net, recover, waive) and `act`"),
    responses((status = 303, description = "To the project's tranches"), (status = 409, description = "The page is old", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn decide(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Decided>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di una decisione."))?;
        carried_out(&app, &who, Some(sent.key()?), sent.command()?).await?;
        Ok(back(&sent.project))
    })
    .await
}

/// What the form of money given back sends; `settled` is what was given back before, as the page showed it: the same sum on
/// the same day may arrive twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Returned {
    project: ProjectId,
    exposure: String,
    settled: Cents,
    received_on: String,
    amount: String,
}

impl Returned {
    fn cents(&self) -> Result<Cents, Wrong> {
        read::cents("amount", &self.amount)
    }

    fn day(&self) -> Result<Date, Wrong> {
        let wrong = |_| Wrong::field(Field("received_on"), "è un giorno che esiste, per esempio 2024-06-30");
        day::parse(&self.received_on).map_err(wrong)
    }

    /// Whether as much was given back as the page showed, and no more: or else a sum that two people write down is counted
    /// twice. Of two who send it at once the command lets one through. The same form sent twice is one sum, whose answer is
    /// found by its key.
    async fn stands(&self, app: &App, who: &Bearer) -> Result<bool, Wrong> {
        let stream = StreamId::new(StreamKind::Money, &self.project);
        let commits = app.application.log().load_from_leader(&stream, Position::START).await?;
        let asked = (self.settled, self.day()?, self.cents()?);
        let (mut settled, mut same) = (Cents::ZERO, false);
        for recorded in &commits {
            for event in &recorded.commit.events {
                if let Event::Money(MoneyEvent::RecoveryRecorded(said)) = event
                    && said.exposure == self.exposure
                {
                    same = recorded.commit.actor == who.actor && (settled, said.received_on, said.amount) == asked;
                    settled += said.amount;
                }
            }
        }
        Ok(same || settled == self.settled)
    }

    fn command(&self) -> Result<Command, Wrong> {
        let (received_on, amount) = (self.day()?, self.cents()?);
        let (project, exposure) = (self.project.clone(), self.exposure.clone());
        Ok(RecordRecovery { project, exposure, received_on, amount, settled: Some(self.settled) }.into())
    }

    fn key(&self) -> Result<IdempotencyKey, Wrong> {
        let parts = [self.settled.to_string(), self.day()?.to_string(), self.cents()?.to_string()];
        Ok(key("returned", [self.project.as_str(), &self.exposure, &parts[0], &parts[1], &parts[2]])?)
    }
}

/// Records money that a project gave back, and leads back to its tranches.
#[utoipa::path(
    post, path = "/erogazioni/restituzioni", tag = "Pagine", operation_id = "record_recovery_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`project`, `exposure`, `settled` as the page showed it, `received_on` and `amount`"),
    responses((status = 303, description = "To the project's tranches"), (status = 409, description = "Nothing is to be given back", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn give_back(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Returned>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di una restituzione."))?;
        allowed(&app, &who, &sent.command()?).await?;
        if !sent.stands(&app, &who).await? {
            return Err(Wrong::outdated());
        }
        carried_out(&app, &who, Some(sent.key()?), sent.command()?).await?;
        Ok(back(&sent.project))
    })
    .await
}

/// The same form is the same request.
pub(super) fn key<const N: usize>(what: &str, parts: [&str; N]) -> Result<IdempotencyKey, Problem> {
    let content = ShortHash::of_parts(parts.iter().map(|part| part.as_bytes()));
    format!("page-{what}-{content}").parse().map_err(|error| Problem::internal(&error))
}
