//! A copy of the fold goes its own way, and the fold its own.

use std::time::Duration;

use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_tests::Place;

use super::{Running, Small, Written, commit, expected, happens, history, log, suspended};
use crate::{Fork, Forks, NoFork};

const WAIT: Duration = Duration::from_secs(60);
/// For what is not to come.
const NO_WAIT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn what_a_copy_takes_in_is_nowhere_else() {
    let log = log().await;
    let written = Written::nothing(Place::sqlite().unwrap());
    let mut running = Running::start(&log, &written.tables).await;
    history(&log, 12).await;
    let head = log.head().await.unwrap();
    let mut fork = running.forks.fork(head, WAIT).await.unwrap();
    assert_eq!(fork.position(), head);
    let before = fork.state().points.clone();
    fork.take(&commit("only-thought-of", 1, vec![suspended("a")]));
    assert_eq!((fork.position(), fork.state().points.len()), (head.next(), before.len() + 1));
    drop(fork);
    // The fold went on with what is.
    let at = happens(&log, "p", vec![suspended("later")]).await;
    running.reaches(at).await;
    let again = running.forks.fork(at, WAIT).await.unwrap();
    assert_eq!((again.position(), again.state().points.len()), (at, before.len() + 1));
    drop(again);
    running.stop().await;
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn there_is_one_copy_at_a_time_and_none_of_what_has_not_come() {
    let log = log().await;
    let written = Written::nothing(Place::sqlite().unwrap());
    let running = Running::start(&log, &written.tables).await;
    let one = running.forks.fork(Position(1), WAIT).await.unwrap();
    assert_eq!(running.forks.fork(Position(1), NO_WAIT).await.err(), Some(NoFork::NotYet));
    drop(one);
    assert_eq!(running.forks.fork(Position(2), NO_WAIT).await.err(), Some(NoFork::NotYet));
    assert!(running.forks.fork(Position(1), WAIT).await.is_ok());
    let forks = running.forks.clone();
    running.stop().await;
    // Nobody follows any more: whoever asks is not kept for ever.
    assert_eq!(forks.fork(Position(1), NO_WAIT).await.err(), Some(NoFork::NotYet));
}

#[tokio::test]
async fn a_process_that_follows_nothing_says_so_at_once() {
    assert_eq!(Forks::<Small>::nowhere().fork(Position(1), WAIT).await.err(), Some(NoFork::Elsewhere));
}

#[tokio::test]
async fn a_copy_made_from_the_log_is_the_one_that_the_projector_gives() {
    let log = log().await;
    history(&log, 40).await;
    let written = Written::nothing(Place::sqlite().unwrap());
    let running = Running::start(&log, &written.tables).await;
    let head = log.head().await.unwrap();
    let mut told = Vec::new();
    let from_log = Fork::<Small>::of_log(&log, |step| told.push(step.position)).await.unwrap();
    let given = running.forks.fork(head, WAIT).await.unwrap();
    assert_eq!((given.position(), &given.state().points), (from_log.position(), &from_log.state().points));
    assert_eq!(told.last(), Some(&head));
    drop(given);
    running.stop().await;
}
