//! Storing.

use traccia_domain::Position;

use super::samples::{begin, commit, follow, placed, point};
use crate::{Log, LogError};

/// What is acknowledged is there, as it was given.
pub async fn a_commit_is_stored_once_and_found<L: Log + Clone>(log: L) {
    let stored = begin(&log, &point(1), "flood").await;
    assert_eq!(stored.position, Position(1), "a log begins at 1");
    assert_eq!(log.head().await.expect("the log is there"), Position(1));
    let found = log.load(&point(1), Position::START).await.expect("the log is there");
    assert_eq!(found, std::slice::from_ref(&stored));
    assert_eq!(log.load_from_leader(&point(1), Position::START).await.expect("the log is there"), [stored]);
    assert_eq!(log.load(&point(2), Position::START).await.expect("the log is there"), [], "nobody wrote to this one");
}

/// A stream is loaded in order, and only after the position asked.
pub async fn a_later_commit_follows_the_earlier<L: Log + Clone>(log: L) {
    let first = begin(&log, &point(1), "flood").await;
    begin(&log, &point(2), "in between").await;
    let second = follow(&log, &first, "works").await;
    let third = follow(&log, &second, "strike").await;
    let all = log.load(&point(1), Position::START).await.expect("the log is there");
    assert_eq!(all, [first.clone(), second.clone(), third.clone()]);
    assert_eq!(log.load(&point(1), first.position).await.expect("the log is there"), [second, third]);
}

/// Conflicts among many leave the others alone.
pub async fn many_commits_have_an_outcome_each<L: Log + Clone>(log: L) {
    let before = begin(&log, &point(1), "flood").await;
    let next = commit(&point(1), Some(&before), "works");
    let call = [
        (commit(&point(2), None, "new"), None),
        (commit(&point(1), None, "again"), None),
        (next, Some(before.position)),
        (commit(&point(3), None, "expects too much"), Some(Position(1))),
        (commit(&point(4), None, "new"), None),
    ];
    let outcomes = log.append_many(&call).await;
    assert!(
        matches!(
            outcomes.as_slice(),
            [Ok(Position(2)), Err(LogError::Conflict), Ok(Position(3)), Err(LogError::Conflict), Ok(Position(4))]
        ),
        "{outcomes:?}"
    );
    assert_eq!(log.head().await.expect("the log is there"), Position(4), "conflicts leave no gap");
    assert!(log.append_many(&[]).await.is_empty());
}

/// Thousands in one call get contiguous positions in the order given.
pub async fn positions_follow_one_another<L: Log + Clone>(log: L) {
    let call: Vec<_> = (1..=5_000).map(|n| (commit(&point(n), None, "new"), None)).collect();
    let outcomes = log.append_many(&call).await;
    let wrong = outcomes.iter().zip(1..).find(|(outcome, n)| !matches!(outcome, Ok(Position(p)) if p == n));
    assert!(wrong.is_none() && outcomes.len() == 5_000, "{wrong:?}");
    for n in [1, 4_097, 5_000] {
        let found = log.load(&point(n), Position::START).await.expect("the log is there");
        assert_eq!(found, [placed(commit(&point(n), None, "new"), Position(n as u64))]);
    }
}

/// Only the first of two for the same place in one call is stored.
pub async fn two_commits_of_one_stream_do_not_share_a_call<L: Log + Clone>(log: L) {
    let call = [(commit(&point(1), None, "one"), None), (commit(&point(1), None, "two"), None)];
    let outcomes = log.append_many(&call).await;
    assert!(matches!(outcomes.as_slice(), [Ok(Position(1)), Err(LogError::Conflict)]), "{outcomes:?}");
}
