//! `POST /erogazioni/passi`: a payment is found on a statement; a tranche is stopped, goes on, or is taken away.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{Bearer, IdempotencyKey};
use traccia_domain::{
    Cents, Command, CommandKind, Event, ProjectId, reason,
    tranche::{
        MoneyEvent, State as Standing,
        command::{ReconcilePayment, ReleaseTranche, RevokeTranche, SuspendTranche},
    },
};

use super::{
    back,
    exposures::key,
    send::{Since, allowed},
};
use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{SignedIn, Wrong, carried_out, led_on},
    },
};

/// The form of a step beside those that release.
pub(super) struct Act {
    pub(super) step: &'static str,
    pub(super) words: &'static str,
    /// A statement is asked for; an act and a reason otherwise.
    pub(super) statement: bool,
}

impl Act {
    /// Those that can be taken where a tranche stands so, by those who may.
    pub(super) fn of(state: Option<Standing>, may: impl Fn(CommandKind) -> bool) -> Vec<Act> {
        let suspend = (CommandKind::SuspendTranche, "suspend", "Sospendi la quota");
        let revoke = (CommandKind::RevokeTranche, "revoke", "Revoca la quota, per sempre");
        let steps = match state {
            Some(Standing::Locked) => vec![revoke],
            Some(Standing::Due) => vec![suspend, revoke],
            Some(Standing::Authorised) => vec![suspend],
            Some(Standing::Suspended) => vec![(CommandKind::ReleaseTranche, "release", "Riammetti la quota")],
            Some(Standing::Paid) => vec![(CommandKind::ReconcilePayment, "reconcile", "Riconcilia il pagamento")],
            Some(Standing::Ordered | Standing::Failed | Standing::Reconciled | Standing::Revoked) | None => Vec::new(),
        };
        let may = steps.into_iter().filter(|(command, ..)| may(*command));
        may.map(|(_, step, words)| Act { step, words, statement: step == "reconcile" }).collect()
    }
}

/// What the form sends: the step, the tranche as the page showed it, and what the step needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    step: Step,
    project: ProjectId,
    tranche: String,
    /// What was said last of the project's money, on the page.
    said_at: u64,
    /// What the page said is planned of the tranche.
    amount: Cents,
    #[serde(default)]
    statement: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    reason: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Reconcile,
    Suspend,
    Release,
    Revoke,
}

impl Sent {
    fn command(&self) -> Result<Command, Wrong> {
        let (project, tranche) = (self.project.clone(), self.tranche.clone());
        let (statement, act, why) = (self.statement.clone(), self.act.clone(), self.reason.clone());
        reason::check_act(&statement)?;
        reason::check_act(&act)?;
        reason::check(&why)?;
        Ok(match self.step {
            Step::Reconcile => ReconcilePayment { project, tranche, statement }.into(),
            Step::Suspend => SuspendTranche { project, tranche, act, reason: why }.into(),
            Step::Release => ReleaseTranche { project, tranche, act, reason: why }.into(),
            Step::Revoke => RevokeTranche { project, tranche, act, reason: why }.into(),
        })
    }

    /// Whether an event is this step, taken.
    fn is(&self, event: &MoneyEvent) -> bool {
        let grounds = |tranche: &str, act: &str, reason: &str| {
            (tranche, act, reason) == (self.tranche.as_str(), self.act.as_str(), self.reason.as_str())
        };
        match (self.step, event) {
            (Step::Reconcile, MoneyEvent::PaymentReconciled(said)) => {
                (&said.tranche, &said.statement) == (&self.tranche, &self.statement)
            }
            (Step::Suspend, MoneyEvent::TrancheSuspended(said)) => grounds(&said.tranche, &said.act, &said.reason),
            (Step::Release, MoneyEvent::TrancheReleased(said)) => grounds(&said.tranche, &said.act, &said.reason),
            (Step::Revoke, MoneyEvent::TrancheRevoked(said)) => grounds(&said.tranche, &said.act, &said.reason),
            (Step::Reconcile | Step::Suspend | Step::Release | Step::Revoke, _) => false,
        }
    }

    /// Whether the page is as things are; what is revoked is what it showed.
    async fn stands(&self, app: &App, who: &Bearer, command: &Command) -> Result<bool, Problem> {
        match Since::the_page(app, who, &self.project, self.said_at, |event| self.is(event)).await? {
            Since::Nothing => {}
            Since::TheSame => return Ok(true),
            Since::Another => return Ok(false),
        }
        let foreseen = app.application.foresee(who, command.clone()).await?;
        let other = |event: &Event| matches!(event, Event::Money(MoneyEvent::TrancheRevoked(said)) if said.planned != self.amount);
        Ok(!foreseen.commits.iter().flat_map(|commit| &commit.events).any(other))
    }

    fn key(&self, command: &Command) -> Result<IdempotencyKey, Problem> {
        let said_at = self.said_at.to_string();
        let parts =
            [self.project.as_str(), &self.tranche, &said_at, command.name(), &self.statement, &self.act, &self.reason];
        key("tranche", parts)
    }
}

/// Takes the step, and leads back to the project's tranches.
#[utoipa::path(
    post, path = "/erogazioni/passi", tag = "Pagine", operation_id = "tranche_step_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`step`: reconcile, suspend, release or revoke; `project`, `tranche`, `said_at`, `amount` as the page showed it; and `statement`, or `act` and `reason`"),
    responses((status = 303, description = "To the project's tranches"), (status = 409, description = "The page is old", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di un passo di una quota."))?;
        let command = sent.command()?;
        allowed(&app, &who, &command).await?;
        if !sent.stands(&app, &who, &command).await? {
            return Err(Wrong::outdated());
        }
        carried_out(&app, &who, Some(sent.key(&command)?), command).await?;
        Ok(back(&sent.project))
    })
    .await
}
