//! The first commit of a log.

use jiff::Timestamp;
use traccia_domain::{
    Actor, Commit, Event, Hash, Position, Role,
    genesis::{LogEvent, LogStarted, stream},
    hash::ShortHash,
};

use crate::{Log, LogError};

/// What tells two logs apart, even where their positions are alike.
pub type Epoch = ShortHash;

/// Starts an empty log with an epoch, or reads the epoch of one that was started before.
///
/// A crash here leaves an empty log or a started one. Of two that start one log, one is told what the other wrote.
///
/// # Errors
/// When the log is away, or begins with something else.
pub async fn start(log: &impl Log, epoch: Epoch, now: Timestamp) -> Result<Epoch, LogError> {
    if log.head().await? == Position::START {
        match log.append(&genesis(epoch, now), None).await {
            Ok(_) | Err(LogError::Conflict | LogError::Unknown(_)) => {}
            Err(error @ (LogError::Unavailable(_) | LogError::Corrupt { .. })) => return Err(error),
        }
    }
    first(log).await?.ok_or_else(not_ours)
}

/// The epoch of a log, or nothing while it is empty.
///
/// # Errors
/// When the log is away, or begins with something else.
pub async fn epoch(log: &impl Log) -> Result<Option<Epoch>, LogError> {
    if log.head().await? == Position::START {
        return Ok(None);
    }
    first(log).await?.ok_or_else(not_ours).map(Some)
}

/// What the first commit says.
async fn first(log: &impl Log) -> Result<Option<Epoch>, LogError> {
    let commits = log.load_from_leader(&stream(), Position::START).await?;
    Ok(match commits.first().map(|first| (first.position, first.commit.events.as_slice())) {
        Some((Position(1), [Event::Log(LogEvent::LogStarted(started))])) => Some(started.epoch),
        Some(_) | None => None,
    })
}

fn not_ours() -> LogError {
    let why = "it does not begin with log_started: this is not a log of traccia".into();
    LogError::Corrupt { at: Position(1), why }
}

fn genesis(epoch: Epoch, now: Timestamp) -> Commit {
    Commit {
        stream: stream(),
        first: 1,
        command: ShortHash::of_parts([b"genesis".as_slice()]),
        body: epoch,
        prev: Hash::ZERO,
        recorded_at: now,
        actor: Actor { subject: "traccia".into(), role: Role::Admin },
        events: vec![LogStarted { epoch }.into()],
    }
}
