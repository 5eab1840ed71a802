//! Filling an empty log from the file.

use std::{collections::HashSet, mem};

use futures::StreamExt as _;
use tokio::io::AsyncRead;
use traccia_domain::{Commit, Position, StreamId};

use super::{ExportError, Summary, check::Lines};
use crate::{Log, LogError, append_many_resolved};

/// Commits stored in one call.
const BATCH: usize = 4_000;

/// Fills an empty log, or goes on where filling it from the same file broke off; success means the same texts at the same
/// positions, and the trailer's hash.
///
/// The trailer comes last, so a damaged file leaves a part behind, as a crash does: [`check`](super::check) the file first.
///
/// # Errors
/// When the log holds something else, the file is damaged, or the log does not take a commit as it was.
pub async fn restore(
    file: impl AsyncRead + Unpin + Send,
    log: &impl Log,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Summary, ExportError> {
    let mut lines = Lines::open(file).await?;
    let mut batch = Batch { stored: held(&mut lines, log).await?, ..Batch::default() };
    while let Some((recorded, before)) = lines.next().await? {
        // What a commit builds on must have been stored by an earlier call.
        if batch.commits.len() == BATCH || batch.streams.contains(&recorded.commit.stream) {
            progress(batch.store(log).await?.0);
        }
        batch.streams.insert(recorded.commit.stream.clone());
        batch.commits.push((recorded.commit, before));
    }
    progress(batch.store(log).await?.0);
    let summary = lines.finish().await?;
    if log.head().await? != Position(summary.commits) {
        let why = "somebody else wrote to it meanwhile".into();
        return Err(ExportError::Different { at: Position(summary.commits + 1), why });
    }
    Ok(summary)
}

/// How much of a file a log holds: nothing, or what restoring it has left that broke off.
///
/// # Errors
/// When the log holds something else, or more.
pub async fn begun(file: impl AsyncRead + Unpin + Send, log: &impl Log) -> Result<Position, ExportError> {
    held(&mut Lines::open(file).await?, log).await
}

/// How much of the file the log holds; an error when it holds anything else.
async fn held<R: AsyncRead + Unpin + Send>(lines: &mut Lines<R>, log: &impl Log) -> Result<Position, ExportError> {
    let head = log.head().await?;
    let mut chunks = log.read(Position::START);
    let mut reached = Position::START;
    while reached < head {
        let chunk = chunks.next().await.ok_or_else(|| LogError::Unavailable("the reading ended".into()))??;
        for stored in chunk.commits() {
            let stored = stored?;
            // Its hash covers its text and all that came before.
            let of_file = lines.next().await?.map(|(recorded, _)| (recorded.position, recorded.hash));
            if of_file != Some((stored.position, stored.hash)) {
                return Err(ExportError::NotEmpty { held: head.0, at: stored.position });
            }
            reached = stored.position;
        }
    }
    Ok(reached)
}

/// Commits of different streams, in order.
#[derive(Default)]
struct Batch {
    stored: Position,
    commits: Vec<(Commit, Option<Position>)>,
    streams: HashSet<StreamId>,
}

impl Batch {
    /// Stores what was collected; each must get the position it had. The last one.
    async fn store(&mut self, log: &impl Log) -> Result<Position, ExportError> {
        self.streams.clear();
        for outcome in append_many_resolved(log, &mem::take(&mut self.commits)).await {
            let position = outcome?;
            if position != self.stored.next() {
                let why = format!("it got position {position}");
                return Err(ExportError::Different { at: self.stored.next(), why });
            }
            self.stored = position;
        }
        Ok(self.stored)
    }
}
