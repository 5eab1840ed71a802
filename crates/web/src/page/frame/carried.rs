//! Carrying out what a form says.

use std::time::Duration;

use axum::response::{IntoResponse as _, Redirect, Response};
use traccia_application::{Bearer, IdempotencyKey};
use traccia_domain::{Command, Position};
use traccia_projections::answer::ReadError;
use traccia_projector::Reading;

use super::{Frame, Wrong};
use crate::{App, Problem};

/// Leads on to where a form's step leads; where it cannot be taken, the page says why.
pub(crate) async fn led_on(frame: &Frame, step: impl Future<Output = Result<String, Wrong>>) -> Response {
    match step.await {
        Ok(path) => Redirect::to(&path).into_response(),
        Err(wrong) => wrong.under(frame),
    }
}

/// Carries out a command and waits until the pages can show it; should the read models be late, they show what they know.
pub(crate) async fn carried_out(
    app: &App,
    who: &Bearer,
    key: Option<IdempotencyKey>,
    command: Command,
) -> Result<(), Problem> {
    let done = app.application.carry_out(who, key, command).await?;
    shown(app, done.position).await;
    Ok(())
}

/// Waits until the pages can show what is up to a position.
pub(crate) async fn shown(app: &App, position: Position) {
    let reading = Reading { min_position: Some(position), wait: Duration::from_secs(5), ..Reading::default() };
    if let Err(error) = app.tables.view_at(reading).await.map_err(ReadError::from) {
        tracing::debug!(%error, "the page is shown before what was done is in it");
    }
}
