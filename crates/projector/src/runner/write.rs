//! The task that writes batches.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinHandle, time};
use traccia_domain::{Position, hash::ShortHash};

use crate::{
    Checkpoint, Projection, ProjectorError,
    batch::Batch,
    error::chain,
    folder::Folder,
    status::Publisher,
    store::{Store, WriteError, Writer},
};

/// How often a batch that the database refuses is tried, and how long the first pause is; each next one is twice as long.
const TRIES: u32 = 7;
const PAUSE: Duration = Duration::from_millis(50);

/// The longest pause while the database is away: then it is tried for ever.
const LONGEST: Duration = Duration::from_secs(2);

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
pub(super) fn writing(
    store: Arc<Store>,
    mut writer: Writer,
    checkpoint: Checkpoint,
    publisher: Arc<Publisher>,
) -> (Batches, JoinHandle<Result<(), ProjectorError>>) {
    let (batches, mut to_write) = mpsc::channel::<ToWrite>(1);
    let writing = tokio::spawn(async move {
        let mut from = checkpoint.position;
        while let Some(ToWrite { batch, to, events }) = to_write.recv().await {
            let wanted = || !to_write.is_closed();
            write(&store, &mut writer, &publisher, wanted, &batch, from, &to).await?;
            from = to.position;
            publisher.written(&to, events);
        }
        Ok(())
    });
    (batches, writing)
}

/// Writes a batch once. A lost answer is unknown, not failed: then the checkpoint says whether it was written.
///
/// A database that is away is tried until it is back, as long as that is wanted; one that refuses the batch, a few times.
async fn write(
    store: &Store,
    writer: &mut Writer,
    publisher: &Publisher,
    wanted: impl Fn() -> bool,
    batch: &Batch,
    from: Position,
    to: &Checkpoint,
) -> Result<(), ProjectorError> {
    let mut failures = 0;
    let mut lost = false;
    let mut pause = PAUSE;
    loop {
        let (source, give_up) = match writer.write(batch, from, to).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Deposed) => return Err(ProjectorError::Fenced { at: from }),
            Err(WriteError::Fenced) => match store.checkpoint().await {
                Ok(stored) if lost && stored.as_ref() == Some(to) => return Ok(()),
                Ok(_) => return Err(ProjectorError::Fenced { at: from }),
                Err(error) => (error, !wanted()),
            },
            Err(WriteError::Away(error)) => (error, !wanted()),
            Err(WriteError::Failed(error)) => {
                failures += 1;
                (error, failures == TRIES)
            }
        };
        tracing::warn!(%from, to = %to.position, error = chain(&*source), "a batch was not written");
        if give_up {
            return Err(ProjectorError::NotWritten { at: from, source });
        }
        publisher.waits(chain(&*source));
        lost = true;
        time::sleep(pause).await;
        pause = (2 * pause).min(LONGEST);
    }
}
