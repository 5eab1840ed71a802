//! The log's commits, read and decoded ahead of the fold.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use tokio::{sync::mpsc, time};
use traccia_domain::{
    Event, Position, Recorded,
    genesis::{LogEvent, LogStarted},
    hash::ShortHash,
};
use traccia_log::{Chunk, Log, LogError};

use crate::ProjectorError;

/// Chunks that wait between two tasks.
const AHEAD: usize = 2;

/// How long to wait before an unreachable log is asked again: at first, and at most.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Commits in order, or why there are no more. Dropping it ends the reading.
pub(crate) type Commits = mpsc::Receiver<Result<Vec<Recorded>, ProjectorError>>;

/// Reads in one task and decodes in another: the commits after a position, up to another one or for ever.
pub(crate) fn commits<L: Log>(log: Arc<L>, after: Position, up_to: Option<Position>) -> Commits {
    let (chunks, to_decode) = mpsc::channel(AHEAD);
    let (decoded, commits) = mpsc::channel(AHEAD);
    tokio::spawn(read(log, after, up_to, chunks));
    tokio::spawn(decode(to_decode, after, up_to, decoded));
    commits
}

/// Reads until nobody listens. A log that is away is asked again; one that is damaged is not.
async fn read<L: Log>(
    log: Arc<L>,
    mut after: Position,
    up_to: Option<Position>,
    chunks: mpsc::Sender<Result<Chunk, LogError>>,
) {
    let mut pause = ASK_AGAIN.0;
    while up_to.is_none_or(|up_to| after < up_to) {
        let mut stream = log.read(after);
        loop {
            let next = tokio::select! {
                biased;
                () = chunks.closed() => return,
                next = stream.next() => next,
            };
            match next {
                Some(Ok(chunk)) => {
                    after = chunk.texts().last().map_or(after, |(position, _)| position);
                    pause = ASK_AGAIN.0;
                    if chunks.send(Ok(chunk)).await.is_err() || up_to.is_some_and(|up_to| after >= up_to) {
                        return;
                    }
                }
                Some(Err(error @ LogError::Corrupt { .. })) => {
                    // Whoever listens stops; when nobody does, nothing is lost.
                    let _ = chunks.send(Err(error)).await;
                    return;
                }
                Some(Err(error @ (LogError::Unavailable(_) | LogError::Unknown(_) | LogError::Conflict))) => {
                    tracing::warn!(%after, error = crate::error::chain(&error), "the log cannot be read; asking again");
                    break;
                }
                None => break,
            }
        }
        time::sleep(pause).await;
        pause = (2 * pause).min(ASK_AGAIN.1);
    }
}

/// Decodes chunk by chunk. What comes before a gap or an unreadable commit is still handed on.
async fn decode(
    mut chunks: mpsc::Receiver<Result<Chunk, LogError>>,
    mut after: Position,
    up_to: Option<Position>,
    decoded: mpsc::Sender<Result<Vec<Recorded>, ProjectorError>>,
) {
    while let Some(chunk) = chunks.recv().await {
        let mut commits = Vec::new();
        let trouble = match chunk {
            Ok(chunk) => take(&chunk, &mut after, up_to, &mut commits).err(),
            Err(error) => Some(unreadable(error)),
        };
        if !commits.is_empty() && decoded.send(Ok(commits)).await.is_err() {
            return;
        }
        if let Some(trouble) = trouble {
            let _ = decoded.send(Err(trouble)).await;
            return;
        }
        // A long history must not keep those who serve requests from their turn.
        tokio::task::yield_now().await;
    }
}

fn take(
    chunk: &Chunk,
    after: &mut Position,
    up_to: Option<Position>,
    commits: &mut Vec<Recorded>,
) -> Result<(), ProjectorError> {
    for recorded in chunk.commits() {
        if up_to.is_some_and(|up_to| *after >= up_to) {
            return Ok(());
        }
        let recorded = recorded.map_err(unreadable)?;
        if recorded.position != after.next() {
            return Err(ProjectorError::Gap { missing: after.next(), next: recorded.position });
        }
        *after = recorded.position;
        commits.push(recorded);
    }
    Ok(())
}

fn unreadable(error: LogError) -> ProjectorError {
    match error {
        LogError::Corrupt { at, .. } => ProjectorError::Unreadable { at, source: error },
        LogError::Conflict | LogError::Unavailable(_) | LogError::Unknown(_) => ProjectorError::LogAway(error),
    }
}

/// The commit at a position that the log has.
pub(crate) async fn commit_at<L: Log>(log: &Arc<L>, position: Position) -> Result<Recorded, ProjectorError> {
    let before = Position(position.0.saturating_sub(1));
    let first = commits(log.clone(), before, Some(position)).recv().await;
    let broken = || ProjectorError::Broken("the log's reader ended".into());
    first.ok_or_else(broken)??.into_iter().next().ok_or_else(broken)
}

/// The log's epoch, from its first commit, and its last position.
pub(crate) async fn epoch_and_head<L: Log>(log: &Arc<L>) -> Result<(ShortHash, Position), ProjectorError> {
    let head = log.head().await.map_err(ProjectorError::LogAway)?;
    if head == Position::START {
        return Err(ProjectorError::NotStarted);
    }
    let first = commit_at(log, Position(1)).await?;
    match first.commit.events.as_slice() {
        [Event::Log(LogEvent::LogStarted(LogStarted { epoch }))] => Ok((*epoch, head)),
        _ => Err(unreadable(LogError::Corrupt {
            at: Position(1),
            why: "it does not begin with log_started: this is not a log of traccia".into(),
        })),
    }
}
