//! Whether tables and log belong together.

use std::sync::Arc;

use traccia_domain::{Position, hash::ShortHash};
use traccia_log::Log;

use super::Projector;
use crate::{Checkpoint, Projection, ProjectorError, Tables, rebuild, source, status::Publisher};

impl<P: Projection, L: Log> Projector<P, L> {
    /// Looks at log and tables. Tables that are not there yet, or are of another version of the projections, are built
    /// first: for a long log this takes its time, while readers go on with the old ones.
    ///
    /// # Errors
    /// When they do not belong together: a restored backup, another installation. The text says what to do.
    pub async fn open(log: Arc<L>, tables: Tables) -> Result<Projector<P, L>, ProjectorError> {
        let (epoch, head) = source::epoch_and_head(&log).await?;
        tables.store.sweep().map_err(ProjectorError::TablesAway)?;
        let stored = tables.store.checkpoint().await.map_err(ProjectorError::TablesAway)?;
        let (checkpoint, folder) = match stored {
            Some(stored) => {
                belongs(&stored, &log, epoch, head).await?;
                if stored.version == P::VERSION {
                    (stored, None)
                } else {
                    tracing::warn!(from = stored.version, to = P::VERSION, "the projections have changed: rebuilding");
                    let folder = rebuild::build::<P, L>(&log, &tables, epoch, head, told).await?;
                    (folder.checkpoint(epoch), Some(folder))
                }
            }
            None => {
                tracing::info!(%head, "there are no tables yet: building them");
                let folder = rebuild::build::<P, L>(&log, &tables, epoch, head, told).await?;
                (folder.checkpoint(epoch), Some(folder))
            }
        };
        let folder = folder.map(|mut folder| {
            folder.collect();
            folder
        });
        let publisher = Arc::new(Publisher::new(&checkpoint, head, tables.reached.clone()));
        Ok(Projector { log, tables, checkpoint, publisher, folder })
    }
}

fn told(progress: rebuild::Progress) {
    tracing::info!(position = %progress.position, head = %progress.head, "building the tables");
}

/// Whether the tables were built from this log and from nothing else.
pub(crate) async fn belongs<L: Log>(
    stored: &Checkpoint,
    log: &Arc<L>,
    epoch: ShortHash,
    head: Position,
) -> Result<(), ProjectorError> {
    if stored.epoch != epoch {
        return Err(ProjectorError::OtherLog { tables: stored.epoch, log: epoch });
    }
    if head < stored.position {
        return Err(ProjectorError::LogShorter { tables: stored.position, log: head });
    }
    if stored.position > Position::START && source::commit_at(log, stored.position).await?.hash != stored.hash {
        return Err(ProjectorError::OtherHistory { at: stored.position });
    }
    Ok(())
}
