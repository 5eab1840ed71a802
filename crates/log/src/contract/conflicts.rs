//! Expectations.

use std::sync::Arc;

use tokio::{sync::Barrier, task::JoinSet};
use traccia_domain::{Position, Recorded};

use super::samples::{begin, commit, follow, placed, point};
use crate::{Log, LogError};

/// Two can never both create an aggregate.
pub async fn a_new_stream_is_made_once<L: Log + Clone>(log: L) {
    begin(&log, &point(1), "flood").await;
    let second = log.append(&commit(&point(1), None, "works"), None).await;
    assert!(matches!(second, Err(LogError::Conflict)), "{second:?}");
    assert_eq!(log.head().await.expect("the log is there"), Position(1), "a conflict stores nothing");
}

/// Who has not seen the latest commit decides nothing.
pub async fn a_stale_expectation_conflicts<L: Log + Clone>(log: L) {
    let first = begin(&log, &point(1), "flood").await;
    let second = follow(&log, &first, "works").await;
    for (expected, what) in [
        (Some(first.position), "an earlier commit of the stream"),
        (Some(Position(99)), "a position not yet given"),
        (None, "nothing"),
    ] {
        let late = log.append(&commit(&point(1), Some(&first), "late"), expected).await;
        assert!(matches!(late, Err(LogError::Conflict)), "expecting {what}: {late:?}");
    }
    follow(&log, &second, "in time").await;
}

/// The expectation is about the stream, not about the log.
pub async fn a_position_of_another_stream_is_no_expectation<L: Log + Clone>(log: L) {
    let first = begin(&log, &point(1), "flood").await;
    let other = begin(&log, &point(2), "flood").await;
    let wrong = log.append(&commit(&point(1), Some(&first), "works"), Some(other.position)).await;
    assert!(matches!(wrong, Err(LogError::Conflict)), "{wrong:?}");
    let new = log.append(&commit(&point(3), None, "works"), Some(other.position)).await;
    assert!(matches!(new, Err(LogError::Conflict)), "{new:?}");
}

/// A retry without looking is refused, not stored twice.
pub async fn the_same_commit_sent_again_conflicts<L: Log + Clone>(log: L) {
    let first = begin(&log, &point(1), "flood").await;
    let again = log.append(&first.commit, None).await;
    assert!(matches!(again, Err(LogError::Conflict)), "{again:?}");
    assert_eq!(log.load(&point(1), Position::START).await.expect("the log is there").len(), 1);
}

/// Thirty-two want the same place at the same time; one gets it.
pub async fn of_many_writers_one_wins_each_round<L: Log + Clone>(log: L) {
    let mut last: Option<Recorded> = None;
    for round in 1..=10_u64 {
        let gate = Arc::new(Barrier::new(32));
        let mut writers = JoinSet::new();
        for writer in 0..32 {
            let (log, gate) = (log.clone(), Arc::clone(&gate));
            let commit = commit(&point(1), last.as_ref(), &format!("writer {writer}"));
            let expected = last.as_ref().map(|last| last.position);
            writers.spawn(async move {
                gate.wait().await;
                (log.append(&commit, expected).await, commit)
            });
        }
        let mut winners = Vec::new();
        for (outcome, commit) in writers.join_all().await {
            match outcome {
                Ok(position) => winners.push(placed(commit, position)),
                Err(error) => assert!(matches!(error, LogError::Conflict), "{error:?}"),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        assert_eq!(winners[0].position, Position(round), "losers take no position");
        last = winners.pop();
    }
    crate::verify_chain(&log).await.expect("every winner built on the winner before");
}

/// Many write at once, each to its own stream and one in four out of date: what each is told is what is there.
pub async fn of_many_streams_written_at_once_each_has_its_own<L: Log + Clone>(log: L) {
    let mut writers = JoinSet::new();
    for writer in 1..=64 {
        let log = log.clone();
        writers.spawn(async move {
            let mut last = begin(&log, &point(writer), "flood").await;
            for round in 1..=8 {
                if (writer + round) % 4 == 0 {
                    let late = log.append(&commit(&point(writer), None, "late"), None).await;
                    assert!(matches!(late, Err(LogError::Conflict)), "{late:?}");
                }
                last = follow(&log, &last, &format!("round {round}")).await;
            }
            last
        });
    }
    for last in writers.join_all().await {
        let stream = &last.commit.stream;
        let stored = log.load(stream, Position::START).await.expect("the log is there");
        assert_eq!(stored.len(), 9, "{stream}");
        assert_eq!(stored.last(), Some(&last), "{stream} ends where its writer was told");
    }
    assert_eq!(log.head().await.expect("the log is there"), Position(64 * 9), "who was out of date left no gap");
    crate::verify_chain(&log).await.expect("each builds on its own");
}
