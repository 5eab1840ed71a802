//! Building tables from the start of the log, beside those in place, and switching to them in one step.
//!
//! Reading, decoding, folding and writing are four tasks. A crash before the switch leaves the tables that were there.

use std::sync::Arc;

use tokio::{sync::mpsc, task::JoinHandle};
use traccia_domain::{Position, hash::ShortHash};
use traccia_log::Log;

use crate::{
    Changes, Checkpoint, Projection, ProjectorError, Tables,
    batch::Batch,
    folder::Folder,
    source,
    store::{Fill, StoreError, WriteError},
};

/// Commits written in one transaction: readers see none of them before the switch. The short histories of the tests must
/// span several, in which versions end that earlier ones have stored.
const AT_ONCE: u64 = if cfg!(test) { 5 } else { 20_000 };

/// How far a build has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is folded.
    pub position: Position,
    /// Where it ends.
    pub head: Position,
}

/// Builds the tables from the log's start to its end as it is now, and puts them in place of those that were there.
/// Readers never see half of them. A projector that writes the old tables is fenced off.
///
/// # Errors
/// When the log is away or damaged, another process is building, or the tables cannot be written; then the old ones stay.
pub async fn rebuild<P: Projection, L: Log>(
    log: &Arc<L>,
    tables: &Tables,
    progress: impl FnMut(Progress) + Send,
) -> Result<Checkpoint, ProjectorError> {
    let (epoch, head) = source::epoch_and_head(log).await?;
    let folder = build::<P, L>(log, tables, epoch, head, progress).await?;
    Ok(folder.checkpoint(epoch))
}

/// As [`rebuild`]; returns the fold, to go on with.
pub(crate) async fn build<P: Projection, L: Log>(
    log: &Arc<L>,
    tables: &Tables,
    epoch: ShortHash,
    head: Position,
    progress: impl FnMut(Progress) + Send,
) -> Result<Folder<P>, ProjectorError> {
    let building = tables.store.build(&P::tables(), &Checkpoint::start(epoch, P::VERSION)).await;
    let building = building.map_err(|error| match error {
        StoreError::Busy => ProjectorError::Busy,
        StoreError::Failed(source) => ProjectorError::not_written(Position::START, source),
    })?;
    let (folder, building) = fill::<P, L, _>(log, building, epoch, head, progress).await?;
    building.put_in_place().await.map_err(|source| ProjectorError::NotWritten { at: folder.position, source })?;
    Ok(folder)
}

/// Folds the log up to a position into fresh tables.
pub(crate) async fn fill<P: Projection, L: Log, F: Fill>(
    log: &Arc<L>,
    building: F,
    epoch: ShortHash,
    head: Position,
    progress: impl FnMut(Progress) + Send,
) -> Result<(Folder<P>, F), ProjectorError> {
    let (batches, writing) = writer(building);
    let folded = fold(log, batches, epoch, head, progress).await;
    // Whatever became of the fold, nobody writes any more when it is told: who builds again at once finds no one building.
    let written = writing.await.map_err(|error| ProjectorError::Broken(error.into()))?;
    Ok((folded?, written?))
}

/// Folds the log up to a position and hands on what is to be written, until nobody takes it.
async fn fold<P: Projection, L: Log>(
    log: &Arc<L>,
    batches: Batches,
    epoch: ShortHash,
    head: Position,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Folder<P>, ProjectorError> {
    let mut folder = Folder::<P>::start(Changes::collected());
    let mut commits = source::commits(log.clone(), Position::START, Some(head));
    let mut written = Position::START;
    while folder.position < head {
        let Some(next) = commits.recv().await else {
            return Err(ProjectorError::Broken("the log's reader ended".into()));
        };
        for recorded in &next? {
            folder.take(recorded);
            if folder.position.0 - written.0 >= AT_ONCE || folder.position == head {
                let (batch, to) = folder.batch(epoch);
                if batches.send((batch, written, to)).await.is_err() {
                    return Ok(folder);
                }
                written = folder.position;
                progress(Progress { position: written, head });
            }
        }
    }
    Ok(folder)
}

type Batches = mpsc::Sender<(Batch, Position, Checkpoint)>;

/// Writes in a task of its own; it gives the building back once there are no more batches.
fn writer<F: Fill>(mut building: F) -> (Batches, JoinHandle<Result<F, ProjectorError>>) {
    let (batches, mut to_write) = mpsc::channel::<(Batch, Position, Checkpoint)>(1);
    let writing = tokio::spawn(async move {
        while let Some((batch, from, to)) = to_write.recv().await {
            building.write(&batch, from, &to).await.map_err(|error| match error {
                WriteError::Fenced | WriteError::Deposed => ProjectorError::Fenced { at: from },
                WriteError::Away(source) | WriteError::Failed(source) => {
                    ProjectorError::NotWritten { at: from, source }
                }
            })?;
        }
        Ok(building)
    });
    (batches, writing)
}
