//! Carrying out what a form says.

use std::time::Duration;

use traccia_application::{Bearer, IdempotencyKey};
use traccia_domain::Command;
use traccia_projections::answer::ReadError;
use traccia_projector::Reading;

use crate::{App, Problem};

/// Carries out a command and waits until the pages can show it; should the read models be late, they show what they know.
pub(crate) async fn carried_out(
    app: &App,
    who: &Bearer,
    key: Option<IdempotencyKey>,
    command: Command,
) -> Result<(), Problem> {
    let done = app.application.carry_out(who, key, command).await?;
    let reading = Reading { min_position: Some(done.position), wait: Duration::from_secs(5), ..Reading::default() };
    if let Err(error) = app.tables.view_at(reading).await.map_err(ReadError::from) {
        tracing::debug!(%error, "the page is shown before what was done is in it");
    }
    Ok(())
}
