//! Standing by while another projector writes.

use std::{sync::Arc, time::Duration};

use tokio::time;
use traccia_domain::Position;
use traccia_log::Log;

use super::{catching::CatchingUp, open::Begun};
use crate::{Checkpoint, Projection, ProjectorError, Tables, error::chain, source, status::Publisher};

/// How often whoever stands by asks for the lead.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// Waits for the lead. Meanwhile the fold keeps up with what the other writes, so that it takes over at once however long
/// the log is. A database or a log that is away is asked again: whoever was cut off from both is fenced off first, and has
/// not ended with that.
pub(super) async fn stand_by<P: Projection, L: Log>(
    log: &Arc<L>,
    tables: &Tables,
    publisher: &Publisher,
    fold: &mut CatchingUp<P>,
    at: &mut Position,
) -> Result<Begun<P>, ProjectorError> {
    let (epoch, _) = loop {
        match source::epoch_and_head(log).await {
            Err(ProjectorError::LogAway(error)) => publisher.waits(chain(&error)),
            other => break other?,
        }
        time::sleep(ASK_AGAIN).await;
    };
    loop {
        let trouble = match tables.store.lead().await {
            Ok(Some(lead)) => match Begun::with(lead, log, tables).await {
                Err(ProjectorError::TablesAway(error)) => error,
                Err(ProjectorError::LogAway(error)) => error.into(),
                other => return other,
            },
            Ok(None) => match tables.store.checkpoint().await {
                Ok(stored) => {
                    publisher.stands_by(stored.as_ref());
                    if let Some(other) = stored.as_ref().filter(|stored| stored.epoch != epoch) {
                        return Err(ProjectorError::OtherLog { tables: other.epoch, log: epoch });
                    }
                    if let Some(stored) = stored.filter(|stored| may_follow(fold, stored)) {
                        fold.to(&stored, at).await?;
                    }
                    time::sleep(ASK_AGAIN).await;
                    continue;
                }
                Err(error) => error,
            },
            Err(error) => error,
        };
        publisher.waits(chain(&*trouble));
        time::sleep(ASK_AGAIN).await;
    }
}

/// Whether the tables are ones that this fold will go on from. Others are looked at when the lead is ours.
fn may_follow<P: Projection>(fold: &CatchingUp<P>, stored: &Checkpoint) -> bool {
    stored.version == P::VERSION && stored.position > fold.folder.position
}
