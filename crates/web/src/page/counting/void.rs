//! `POST /servizi/{id}`: a service is voided from its page, with the reason that stays.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{
    Bearer, IdempotencyKey, InvalidKey,
    permission::{Extent, extent},
};
use traccia_domain::{
    CommandKind, Event, Position, Recorded, ServiceId, StreamId, StreamKind,
    hash::ShortHash,
    reason,
    service::{ServiceEvent, command::VoidService},
};
use traccia_log::{Log as _, LogError};

use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{SignedIn, Wrong, carried_out, led_on},
    },
    request::Named,
};

/// Whether somebody may void a service that they see: a facilitator what they recorded themselves.
pub(super) async fn may(app: &App, who: &Bearer, id: ServiceId) -> Result<bool, LogError> {
    Ok(match extent(who.actor.role, CommandKind::VoidService) {
        Extent::Nowhere => false,
        Extent::OwnServices => {
            let told = told(app, id).await?;
            told.first().is_some_and(|recorded| recorded.commit.actor.subject == who.actor.subject)
        }
        Extent::Anywhere | Extent::OwnProgrammes | Extent::OwnProjects | Extent::OwnPoints => true,
    })
}

/// All that was said of a service, from the leader.
async fn told(app: &App, id: ServiceId) -> Result<Vec<Recorded>, LogError> {
    let stream = StreamId::new(StreamKind::Service, id);
    app.application.log().load_from_leader(&stream, Position::START).await
}

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    /// The service's state, as the page showed it.
    state: Shown,
    reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shown {
    Recorded,
    Disputed,
}

impl Sent {
    /// Whether nobody has disputed or upheld the service since the page. Of one that is voided the rules say so, or answer a
    /// second click as the first.
    async fn stands(&self, app: &App, id: ServiceId) -> Result<bool, LogError> {
        let told = told(app, id).await?;
        let mut stands = true;
        for event in told.iter().flat_map(|recorded| &recorded.commit.events) {
            if let Event::Service(event) = event {
                stands = match event {
                    ServiceEvent::ServiceRecorded(_) | ServiceEvent::ServiceUpheld(_) => self.state == Shown::Recorded,
                    ServiceEvent::ServiceDisputed(_) => self.state == Shown::Disputed,
                    ServiceEvent::ServiceVoided(_) => true,
                };
            }
        }
        Ok(stands)
    }

    /// A second click sends the same again, and gets the first answer.
    fn key(&self, id: ServiceId) -> Result<IdempotencyKey, Problem> {
        let content = ShortHash::of_parts([self.reason.as_bytes()]);
        format!("page-void-{id}-{content}").parse().map_err(|error: InvalidKey| Problem::internal(&error))
    }
}

/// Voids and leads back to the service.
#[utoipa::path(
    post, path = "/servizi/{id}", tag = "Pagine", operation_id = "void_service_page",
    params(("id" = String, Path, description = "Its id")),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`state` as the page showed it, and `reason`"),
    responses((status = 303, description = "To the service"), (status = 409, description = "The page is old, or it was voided before", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    id: Result<Named<ServiceId>, Problem>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Ok(Named(id)) = id else { return Wrong::unknown("Il servizio").under(&frame) };
    led_on(&frame, async {
        let Form(sent) = form.map_err(|_| Wrong::request("Il modulo non ha i campi di un annullamento."))?;
        reason::check(&sent.reason)?;
        if !sent.stands(&app, id).await? {
            return Err(Wrong::outdated());
        }
        let command = VoidService { service: id, reason: sent.reason.clone() };
        carried_out(&app, &who, Some(sent.key(id)?), command.into()).await?;
        Ok(format!("/servizi/{id}"))
    })
    .await
}
