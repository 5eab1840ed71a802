//! A lost answer is unknown, not failed: reading tells.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};
use traccia_domain::{Commit, Hash, Position};

use crate::{Log, LogError};

/// How often the log is asked again, each time after twice the pause.
const ATTEMPTS: u32 = 5;

/// The first pause.
const PAUSE: Duration = Duration::from_millis(20);

/// After so long no further attempt begins: each may wait for a server that is away.
const PATIENCE: Duration = Duration::from_secs(20);

/// Lost answers looked into at a time.
const ABREAST: usize = 64;

/// Stores a commit and, where the answer is lost, finds out: exactly once, or not at all.
///
/// # Errors
/// As [`Log::append`]; `Unknown` only when the log stays silent through several attempts.
pub async fn append_resolved(
    log: &impl Log,
    commit: &Commit,
    expected: Option<Position>,
) -> Result<Position, LogError> {
    match log.append(commit, expected).await {
        Err(LogError::Unknown(cause)) => settle(log, commit, expected, LogError::Unknown(cause)).await,
        answer @ (Ok(_) | Err(LogError::Conflict | LogError::Unavailable(_) | LogError::Corrupt { .. })) => answer,
    }
}

/// As [`Log::append_many`], with every lost answer found out.
pub async fn append_many_resolved(
    log: &impl Log,
    commits: &[(Commit, Option<Position>)],
) -> Vec<Result<Position, LogError>> {
    let mut answers = log.append_many(commits).await;
    let lost = |answer: &Result<_, _>| matches!(answer, Err(LogError::Unknown(_)));
    let lost: Vec<usize> = (0..answers.len()).filter(|index| answers.get(*index).is_some_and(lost)).collect();
    let settling = lost.into_iter().map(|index| async move {
        let (commit, expected) = &commits[index];
        let silent = LogError::Unknown("the log's answer to many commits was lost".into());
        (index, settle(log, commit, *expected, silent).await)
    });
    let settled: Vec<_> = stream::iter(settling.collect::<Vec<_>>()).buffer_unordered(ABREAST).collect().await;
    for (index, answer) in settled {
        answers[index] = answer;
    }
    answers
}

/// Finds out what became of a commit whose answer was lost, and sends it again when nothing did.
///
/// Once an answer is lost, no later refusal may be passed on as it is: the first sending may still arrive. Only what
/// the leader reads decides. A crash here leaves the commit stored once or never; the command's retry finds out.
async fn settle(
    log: &impl Log,
    commit: &Commit,
    expected: Option<Position>,
    mut silent: LogError,
) -> Result<Position, LogError> {
    // The text holds the command's digest and everything else: the same text is the same commit.
    let ours = Hash::of(commit.encode().as_bytes());
    let since = Instant::now();
    for attempt in 0..ATTEMPTS {
        if since.elapsed() > PATIENCE {
            break;
        }
        sleep(PAUSE * 2_u32.pow(attempt)).await;
        match log.load_from_leader(&commit.stream, expected.unwrap_or(Position::START)).await {
            Ok(after) => {
                if let Some(found) = after.iter().find(|recorded| recorded.hash == ours) {
                    return Ok(found.position);
                }
                if !after.is_empty() {
                    // The expectation is gone, so ours can never be stored.
                    return Err(LogError::Conflict);
                }
            }
            Err(error @ LogError::Corrupt { .. }) => return Err(error),
            Err(LogError::Conflict | LogError::Unavailable(_) | LogError::Unknown(_)) => continue,
        }
        match log.append(commit, expected).await {
            Ok(position) => return Ok(position),
            Err(error @ LogError::Corrupt { .. }) => return Err(error),
            Err(LogError::Unknown(cause)) => silent = LogError::Unknown(cause),
            // A conflict may be with our own first sending, arrived late; reading again tells.
            Err(LogError::Conflict | LogError::Unavailable(_)) => {}
        }
    }
    Err(silent)
}
