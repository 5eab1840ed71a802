//! The first commit of a log, and what its stream says of fingerprint keys since.

use jiff::Timestamp;
use traccia_domain::{
    Actor, Commit, Event, Hash, Position, Recorded, Role,
    document::KeyVersion,
    genesis::{FingerprintKeyRotated, LogEvent, LogStarted, stream},
    hash::ShortHash,
};

use crate::{Log, LogError, append_resolved};

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

/// The newest fingerprint key that the log speaks of: the first, until one is rotated.
///
/// # Errors
/// When the log is away or damaged.
pub async fn newest_key(log: &impl Log) -> Result<KeyVersion, LogError> {
    let commits = log.load_from_leader(&stream(), Position::START).await?;
    Ok(newest_of(&commits))
}

fn newest_of(commits: &[Recorded]) -> KeyVersion {
    let versions = commits.iter().flat_map(|recorded| &recorded.commit.events).filter_map(|event| {
        if let Event::Log(LogEvent::FingerprintKeyRotated(rotated)) = event { Some(rotated.version) } else { None }
    });
    versions.max().unwrap_or(KeyVersion(1))
}

/// Says that a fingerprint key will be drawn. Whoever does not have it starts no more: it is said before the key is used.
///
/// # Errors
/// When the log is away or has never been started, somebody else says the same, or it is unknown whether it was stored.
pub async fn rotate_key(
    log: &impl Log,
    version: KeyVersion,
    actor: Actor,
    now: Timestamp,
) -> Result<Position, LogError> {
    let commits = log.load_from_leader(&stream(), Position::START).await?;
    let last = commits.last().ok_or_else(not_ours)?;
    let command = ShortHash::of_parts([b"fingerprint key".as_slice(), &version.0.to_be_bytes()]);
    let commit = Commit {
        stream: stream(),
        first: last.commit.last() + 1,
        command,
        body: command,
        prev: last.hash,
        recorded_at: now,
        actor,
        events: vec![FingerprintKeyRotated { version }.into()],
    };
    append_resolved(log, &commit, Some(last.position)).await
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
