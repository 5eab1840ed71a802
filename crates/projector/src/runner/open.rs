//! Whether tables and log belong together, and with what the writing begins.

use std::sync::Arc;

use traccia_domain::{Position, hash::ShortHash};
use traccia_log::Log;

use super::Projector;
use crate::{
    Checkpoint, Projection, ProjectorError, Tables,
    folder::Folder,
    fork::Forks,
    rebuild, source,
    status::Publisher,
    store::{Lead, Writer},
};

/// What whoever has the lead begins with.
pub(super) struct Begun<P> {
    pub(super) writer: Writer,
    /// Where the tables stand.
    pub(super) checkpoint: Checkpoint,
    /// The fold, where building the tables has left one.
    pub(super) folder: Option<Folder<P>>,
    head: Position,
}

impl<P: Projection, L: Log> Projector<P, L> {
    /// Looks at log and tables. Tables that are not there yet, or are of another version of the projections, are built
    /// first: for a long log this takes its time, while readers go on with the old ones. While another projector writes
    /// them, this one will stand by.
    ///
    /// # Errors
    /// When they do not belong together: a restored backup, another installation. The text says what to do.
    pub async fn open(log: Arc<L>, tables: Tables) -> Result<Projector<P, L>, ProjectorError> {
        let lead = tables.store.lead().await.map_err(ProjectorError::tables_away)?;
        let (begun, checkpoint, head) = if let Some(lead) = lead {
            let begun = Begun::with(lead, &log, &tables).await?;
            let (checkpoint, head) = (begun.checkpoint.clone(), begun.head);
            (Some(begun), checkpoint, head)
        } else {
            let (stored, epoch, head) = examined::<P, L>(&log, &tables).await?;
            (None, stored.unwrap_or_else(|| Checkpoint::start(epoch, P::VERSION)), head)
        };
        let publisher = Arc::new(Publisher::new(&checkpoint, head, tables.reached.clone()));
        if begun.is_none() {
            publisher.stands_by(None);
        }
        let (forks, asked) = Forks::new(publisher.subscribe());
        Ok(Projector { log, tables, publisher, begun, forks, asked })
    }
}

impl<P: Projection> Begun<P> {
    /// Looks at log and tables with the lead in hand: whoever had it before writes no more.
    pub(super) async fn with<L: Log>(lead: Lead, log: &Arc<L>, tables: &Tables) -> Result<Begun<P>, ProjectorError> {
        tables.store.sweep().await.map_err(ProjectorError::tables_away)?;
        let (stored, epoch, head) = examined::<P, L>(log, tables).await?;
        if let Some(stored) = &stored {
            if stored.version == P::VERSION {
                let writer = tables.store.writer(lead).await.map_err(ProjectorError::tables_away)?;
                return Ok(Begun { writer, checkpoint: stored.clone(), folder: None, head });
            }
            tracing::warn!(from = stored.version, to = P::VERSION, "the projections have changed: rebuilding");
        } else {
            tracing::info!(%head, "there are no tables yet: building them");
        }
        let folder = rebuild::build::<P, L>(log, tables, epoch, head, told).await?;
        let writer = tables.store.writer(lead).await.map_err(ProjectorError::tables_away)?;
        Ok(Begun { writer, checkpoint: folder.checkpoint(epoch), folder: Some(folder), head })
    }
}

/// Says how far a long build is; a short one has been announced, and is over.
fn told(progress: rebuild::Progress) {
    if progress.position == progress.head {
        return;
    }
    tracing::info!(position = %progress.position, head = %progress.head, "building the tables");
}

/// Whether log and tables belong together, and no later program has built the tables.
///
/// # Errors
/// When they do not, or one of them is away. The text says what to do.
pub async fn together<P: Projection, L: Log>(log: &Arc<L>, tables: &Tables) -> Result<(), ProjectorError> {
    examined::<P, L>(log, tables).await.map(drop)
}

/// How far the tables have come, the log's epoch and its last position; an error when they do not belong together.
async fn examined<P: Projection, L: Log>(
    log: &Arc<L>,
    tables: &Tables,
) -> Result<(Option<Checkpoint>, ShortHash, Position), ProjectorError> {
    // Before the log's end: another projector may move both on meanwhile, and the log would seem too short.
    let stored = tables.store.checkpoint().await.map_err(ProjectorError::tables_away)?;
    let (epoch, head) = source::epoch_and_head(log).await?;
    if let Some(stored) = &stored {
        if stored.version > P::VERSION {
            return Err(ProjectorError::NewerTables { tables: stored.version, program: P::VERSION });
        }
        belongs(stored, log, epoch, head).await?;
    }
    Ok((stored, epoch, head))
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
