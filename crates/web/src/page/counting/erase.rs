//! `POST /cittadini/{id}`: erases what is known of one record's person, carried out as the command that says it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use serde::Deserialize;
use traccia_application::{
    Bearer,
    permission::{Extent, extent},
};
use traccia_domain::{CommandKind, RecordId, reason, record::EraseRecord};

use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{SignedIn, Wrong, carried_out, led_on},
    },
    request::Named,
};

/// Whether somebody may erase at all.
pub(super) fn may(who: &Bearer) -> bool {
    extent(who.actor.role, CommandKind::EraseRecord) != Extent::Nowhere
}

/// What the form sends. Nothing brings back what it asks for: whoever sends it has said that they are sure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    legal_basis: String,
    sure: Sure,
}

/// A box that was ticked.
#[derive(Deserialize)]
enum Sure {
    #[serde(rename = "yes")]
    Yes,
}

/// Erases and leads back to the person. A second click finds it done.
#[utoipa::path(
    post, path = "/cittadini/{id}", tag = "Pagine", operation_id = "erase_record_page",
    params(("id" = String, Path, description = "A record's id")),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded", description = "`legal_basis` and `sure=yes`"),
    responses((status = 303, description = "To the person")),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    id: Result<Named<RecordId>, Problem>,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    let Ok(Named(id)) = id else { return Wrong::unknown("L'anagrafica").under(&frame) };
    led_on(&frame, async {
        let wrong = |_| Wrong::request("Il modulo non ha i campi di una cancellazione, o manca la conferma.");
        let Form(Asked { legal_basis, sure: Sure::Yes }) = form.map_err(wrong)?;
        reason::check(&legal_basis)?;
        carried_out(&app, &who, None, EraseRecord { citizen: id, legal_basis }.into()).await?;
        Ok(format!("/cittadini/{id}"))
    })
    .await
}
