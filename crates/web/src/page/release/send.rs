//! `POST /erogazioni`: one of the two steps that release a tranche, carried out as the command that says it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{Bearer, Failure, IdempotencyKey, permission};
use traccia_domain::{
    Cents, Command, Event, Position, ProjectId, StreamId, StreamKind,
    tranche::{
        MoneyEvent, OrderId,
        command::{AuthoriseTranche, OrderPayment},
        iban::IbanText,
    },
};
use traccia_log::Log as _;

use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{SignedIn, Wrong, carried_out, led_on},
    },
};

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    project: ProjectId,
    tranche: String,
    /// What was said last of the project's money, on the page.
    said_at: u64,
    /// The amount on the page.
    amount: Cents,
    /// Where to, for an order.
    iban: Option<String>,
}

impl Sent {
    fn command(&self) -> Command {
        let (project, tranche, amount) = (self.project.clone(), self.tranche.clone(), Some(self.amount));
        match &self.iban {
            Some(iban) => OrderPayment { project, tranche, iban: IbanText(iban.clone()), amount }.into(),
            None => AuthoriseTranche { project, tranche, amount }.into(),
        }
    }

    /// Whether the page is as things are: nothing was said of the project's money since. That the amount is the same, the
    /// command says. The same form sent twice is one step, whose answer is found by its key.
    async fn stands(&self, app: &App, who: &Bearer) -> Result<bool, Problem> {
        let since = Since::the_page(app, who, &self.project, self.said_at, |event| self.is(event)).await?;
        Ok(match since {
            Since::Nothing | Since::TheSame => true,
            Since::Another => false,
        })
    }

    /// Whether an event is this step, taken.
    fn is(&self, event: &MoneyEvent) -> bool {
        match (event, &self.iban) {
            (MoneyEvent::TrancheAuthorised(said), None) => said.tranche == self.tranche,
            (MoneyEvent::PaymentOrdered(said), Some(_)) => said.tranche == self.tranche,
            _ => false,
        }
    }

    fn key(&self) -> Result<IdempotencyKey, Problem> {
        let order = OrderId::of(&self.project, &self.tranche);
        let key = format!("page-{order}-{}-{}", self.said_at, self.command().name());
        key.parse().map_err(|error| Problem::internal(&error))
    }
}

/// Whoever may not take a step is told so, before they are told whether their page is old: what was said of another's money
/// is not theirs to learn. What else it is refused for is said where it is carried out.
pub(super) async fn allowed(app: &App, who: &Bearer, command: &Command) -> Result<(), Problem> {
    permission::may_ask(who, command).map_err(Failure::from)?;
    match app.application.foresee(who, command.clone()).await {
        Err(forbidden @ Failure::Forbidden { .. }) => Err(forbidden.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// What was said of a project's money since a page showed it.
pub(super) enum Since {
    /// Nothing.
    Nothing,
    /// What its form says, by the same person: it was sent twice.
    TheSame,
    /// Something else.
    Another,
}

impl Since {
    /// Since the page on which `said_at` was the last that was said.
    pub(super) async fn the_page(
        app: &App,
        who: &Bearer,
        project: &ProjectId,
        said_at: u64,
        same: impl Fn(&MoneyEvent) -> bool,
    ) -> Result<Since, Problem> {
        let stream = StreamId::new(StreamKind::Money, project);
        let commits = app.application.log().load_from_leader(&stream, Position::START).await?;
        let mut since = commits.iter().filter(|commit| commit.position.0 > said_at);
        let (Some(first), rest) = (since.next(), since.next()) else { return Ok(Since::Nothing) };
        let said = |event: &Event| matches!(event, Event::Money(event) if same(event));
        let mine = rest.is_none() && first.commit.actor == who.actor && first.commit.events.iter().any(said);
        Ok(if mine { Since::TheSame } else { Since::Another })
    }
}

/// Authorises a tranche, or with an account orders its payment, and leads back to the project's.
#[utoipa::path(
    post, path = "/erogazioni", tag = "Pagine", operation_id = "release_page",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`project`, `tranche`, `said_at`, `amount`, and `iban` of an order"),
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
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di un'erogazione."))?;
        allowed(&app, &who, &sent.command()).await?;
        if !sent.stands(&app, &who).await? {
            return Err(Wrong::outdated());
        }
        carried_out(&app, &who, Some(sent.key()?), sent.command()).await?;
        Ok(super::back(&sent.project))
    })
    .await
}
