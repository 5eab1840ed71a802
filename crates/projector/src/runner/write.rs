//! The task that writes batches.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinHandle, time};
use traccia_domain::{Position, hash::ShortHash};
use traccia_log::BoxError;

use crate::{
    Checkpoint, Projection, ProjectorError,
    batch::Batch,
    folder::Folder,
    status::Publisher,
    store::{Store, WriteError, Writer},
};

/// How often a batch is tried, and how long the first pause is; each next one is twice as long.
const TRIES: u32 = 7;
const PAUSE: Duration = Duration::from_millis(50);

pub(super) type Batches = mpsc::Sender<ToWrite>;

/// A batch and where it brings the tables.
pub(super) struct ToWrite {
    batch: Batch,
    to: Checkpoint,
    events: usize,
}

/// What the fold has to write.
pub(super) fn to_write<P: Projection>(folder: &mut Folder<P>, epoch: ShortHash) -> ToWrite {
    let events = folder.events;
    let (batch, to) = folder.batch(epoch);
    ToWrite { batch, to, events }
}

/// Writes batches in order until there are no more.
pub(super) async fn writer(
    store: Arc<Store>,
    checkpoint: Checkpoint,
    publisher: Arc<Publisher>,
) -> Result<(Batches, JoinHandle<Result<(), ProjectorError>>), ProjectorError> {
    let (batches, mut to_write) = mpsc::channel::<ToWrite>(1);
    let mut writer = store.writer().await.map_err(ProjectorError::TablesAway)?;
    let writing = tokio::spawn(async move {
        let mut from = checkpoint.position;
        while let Some(ToWrite { batch, to, events }) = to_write.recv().await {
            write(&store, &mut writer, &batch, from, &to).await?;
            from = to.position;
            publisher.written(&to, events);
        }
        Ok(())
    });
    Ok((batches, writing))
}

/// Writes a batch once. A lost answer is unknown, not failed: then the checkpoint says whether it was written.
async fn write(
    store: &Store,
    writer: &mut Writer,
    batch: &Batch,
    from: Position,
    to: &Checkpoint,
) -> Result<(), ProjectorError> {
    let mut failure: Option<BoxError> = None;
    for attempt in 0..TRIES {
        match writer.write(batch, from, to).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Fenced) => {
                let stored = store.checkpoint().await.map_err(ProjectorError::TablesAway)?;
                return match (&failure, stored) {
                    (Some(_), Some(stored)) if stored == *to => Ok(()),
                    (Some(_) | None, _) => Err(ProjectorError::Fenced { at: from }),
                };
            }
            Err(WriteError::Failed(error)) => {
                tracing::warn!(%from, to = %to.position, error = crate::error::chain(&*error), "a batch was not written");
                failure = Some(error);
                time::sleep(PAUSE * 2_u32.pow(attempt)).await;
            }
        }
    }
    let source = failure.unwrap_or_else(|| "it was never tried".into());
    Err(ProjectorError::NotWritten { at: from, source })
}
