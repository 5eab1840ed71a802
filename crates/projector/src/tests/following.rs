use std::time::Duration;

use tokio::time::timeout;
use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_tests::{Place, on_every_database};

use super::{PANIC, Running, Written, closed, expected, happens, history, log, suspended};
use crate::{Checkpoint, ProjectorError, State, batch::Batch};

on_every_database! {
    following_gives_the_rows_that_a_rebuild_gives
    every_position_shows_what_was_known_then
    a_row_replaced_in_one_batch_keeps_each_version
    a_restart_goes_on_where_it_ended
    a_fold_that_panics_says_so
}

async fn following_gives_the_rows_that_a_rebuild_gives(place: Place) {
    let log = log().await;
    let followed = Written::nothing(place);
    let mut running = Running::start(&log, &followed.tables).await;
    for _ in 0..20 {
        history(&log, 7).await;
        // Read often, so that batches end at many places.
        running.reaches(log.head().await.unwrap()).await;
    }
    running.stop().await;
    assert_eq!(followed.rows(None).await, expected(&log).await);
}

async fn every_position_shows_what_was_known_then(place: Place) {
    let log = log().await;
    history(&log, 40).await;
    let written = Written::built(place, &log).await;
    for position in [1, 2, 7, 20, 33, 41].map(Position) {
        let then = std::sync::Arc::new(super::Texts::of(&log, position.0).await);
        assert_eq!(written.rows(Some(position)).await, expected(&then).await, "at {position}");
    }
}

async fn a_row_replaced_in_one_batch_keeps_each_version(place: Place) {
    let log = log().await;
    let written = Written::nothing(place);
    for reason in ["a", "b"] {
        happens(&log, "p", vec![suspended(reason)]).await;
    }
    happens(&log, "p", vec![closed()]).await;
    let mut running = Running::start(&log, &written.tables).await;
    running.reaches(Position(4)).await;
    running.stop().await;
    assert_eq!(written.rows(None).await[..2], ["1|2|3|p|1|a", "1|3|4|p|2|b"]);
}

async fn a_restart_goes_on_where_it_ended(place: Place) {
    let log = log().await;
    let written = Written::nothing(place);
    for _ in 0..3 {
        history(&log, 12).await;
        let mut running = Running::start(&log, &written.tables).await;
        history(&log, 5).await;
        running.reaches(log.head().await.unwrap()).await;
        assert_eq!(running.status.borrow().state, State::Following);
        running.stop().await;
    }
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn of_two_projectors_on_a_file_one_is_fenced_off() {
    let log = log().await;
    history(&log, 3).await;
    let written = Written::built(Place::sqlite().unwrap(), &log).await;
    let mut one = Running::start(&log, &written.tables).await;
    let mut other = Running::start(&log, &written.tables).await;
    let at = happens(&log, "p", vec![suspended("twice")]).await;
    let fenced = tokio::select! {
        fenced = &mut one.task => fenced,
        fenced = &mut other.task => fenced,
    };
    assert!(matches!(fenced.unwrap(), Err(ProjectorError::Fenced { .. })));
    assert_eq!(written.tables.checkpoint().await.unwrap().unwrap().position, at);
    assert_eq!(written.rows(None).await, expected(&log).await);
}

async fn a_fold_that_panics_says_so(place: Place) {
    let log = log().await;
    let written = Written::nothing(place);
    let mut running = Running::start(&log, &written.tables).await;
    happens(&log, "p", vec![suspended(PANIC)]).await;
    assert!(matches!(running.task.await.unwrap(), Err(ProjectorError::Broken(_))));
    assert!(matches!(running.status.borrow().state, State::Stopped { at: Position(1), .. }));
    // How far it falls behind is told all the same.
    let last = happens(&log, "p", vec![suspended("later")]).await;
    let within = Duration::from_secs(20);
    let behind = timeout(within, running.status.wait_for(|status| status.log_head == last)).await.unwrap().unwrap();
    assert!(behind.position == Position(1) && matches!(behind.state, State::Stopped { .. }));
    drop(behind);
    // And how far another comes, whose program knows better.
    let stored = written.tables.checkpoint().await.unwrap().unwrap();
    let lead = written.tables.store.lead().await.unwrap().expect("it was let go");
    let mut other = written.tables.store.writer(lead).await.unwrap();
    let to = Checkpoint { position: last, ..stored };
    other.write(&Batch { parts: Vec::new() }, Position(1), &to).await.unwrap();
    let beside = timeout(within, running.status.wait_for(|status| status.position == last)).await.unwrap().unwrap();
    assert!(matches!(beside.state, State::Stopped { .. }));
}
