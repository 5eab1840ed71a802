use std::sync::Arc;

use traccia_domain::{Position, hash::Hex};
use traccia_tests::{Place, on_every_database};

use super::{Running, Small, Texts, Written, expected, history, log, started};
use crate::{Projector, ProjectorError, Reading, State, observe, rebuild, verify};

on_every_database! {
    another_installations_log_is_refused
    a_log_restored_from_an_older_backup_is_refused
    a_log_that_went_on_differently_is_refused
    tables_of_a_later_program_are_refused_and_stay
    an_unreadable_commit_stops_the_fold_for_good
    a_lost_commit_stops_the_fold
}

async fn refused(log: Texts, written: &Written) -> ProjectorError {
    match Projector::<Small, _>::open(Arc::new(log), written.tables.clone()).await {
        Err(error) => error,
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test]
async fn a_log_that_was_never_started_is_refused() {
    assert!(matches!(
        refused(Texts(Vec::new()), &Written::nothing(Place::sqlite().unwrap())).await,
        ProjectorError::NotStarted
    ));
}

async fn another_installations_log_is_refused(place: Place) {
    let written = Written::built(place, &log().await).await;
    let other = Texts::of(&*started(Hex([8; 16])).await, 1).await;
    let error = refused(other, &written).await;
    assert!(matches!(error, ProjectorError::OtherLog { .. }));
    assert!(error.to_string().contains("traccia rebuild"));
}

async fn a_log_restored_from_an_older_backup_is_refused(place: Place) {
    let log = log().await;
    history(&log, 9).await;
    let written = Written::built(place, &log).await;
    let error = refused(Texts::of(&log, 6).await, &written).await;
    assert!(matches!(error, ProjectorError::LogShorter { tables: Position(10), log: Position(6) }));
}

async fn a_log_that_went_on_differently_is_refused(place: Place) {
    let log = log().await;
    history(&log, 9).await;
    let written = Written::built(place, &log).await;
    let mut other = Texts::of(&log, 10).await;
    other.0[9] = other.0[8].clone();
    other.0.push(other.0[8].clone());
    assert!(matches!(refused(other, &written).await, ProjectorError::OtherHistory { at: Position(10) }));
}

/// An older program that gets the lead by mistake does not throw away what the newer one has built.
async fn tables_of_a_later_program_are_refused_and_stay(place: Place) {
    let log = log().await;
    let written = Written::nothing(place);
    rebuild::<Small<2>, _>(&log, &written.tables, |_| {}).await.unwrap();
    let newer = |error: &ProjectorError| matches!(error, ProjectorError::NewerTables { tables: 2, program: 1 });
    let error = Projector::<Small, _>::open(log.clone(), written.tables.clone()).await.err().expect("it is refused");
    assert!(newer(&error) && error.to_string().contains("Use that version"), "{error}");
    let error = observe::<Small, _>(log.clone(), written.elsewhere()).await.unwrap_err();
    assert!(newer(&error), "{error}");
    let error = verify::<Small, _>(&log, &written.tables, None, |_| {}).await.unwrap_err();
    assert!(newer(&error), "{error}");
    assert_eq!(written.tables.checkpoint().await.unwrap().unwrap().version, 2);
    // Going back is said in so many words.
    rebuild::<Small, _>(&log, &written.tables, |_| {}).await.unwrap();
    assert_eq!(written.tables.checkpoint().await.unwrap().unwrap().version, 1);
}

/// Follows a damaged log whose first 4 commits the tables hold, until it stops.
async fn stops(place: Place, damaged: Texts) -> (ProjectorError, State, Vec<String>) {
    let written = Written::built(place, &Arc::new(Texts(damaged.0[..4].to_vec()))).await;
    let running = Running::start(&Arc::new(damaged), &written.tables).await;
    let error = running.task.await.unwrap().unwrap_err();
    // Readers go on, with what came before.
    let view = written.tables.view_at(Reading::default()).await.unwrap();
    assert_eq!(view.position, Position(6));
    let state = running.status.borrow().state.clone();
    (error, state, written.rows(None).await)
}

async fn an_unreadable_commit_stops_the_fold_for_good(place: Place) {
    let log = log().await;
    history(&log, 9).await;
    let mut damaged = Texts::of(&log, 10).await;
    damaged.0[6] = damaged.0[6].replace("point_", "paint_");
    let (error, state, rows) = stops(place, damaged).await;
    assert!(matches!(error, ProjectorError::Unreadable { at: Position(7), .. }));
    assert!(matches!(state, State::Stopped { at: Position(6), why, .. } if why.contains("position 7")));
    let sound = Arc::new(Texts::of(&log, 6).await);
    assert_eq!(rows, expected(&sound).await);
}

async fn a_lost_commit_stops_the_fold(place: Place) {
    let log = log().await;
    history(&log, 9).await;
    let mut damaged = Texts::of(&log, 10).await;
    damaged.0[6].clear();
    let (error, state, _) = stops(place, damaged).await;
    assert!(matches!(error, ProjectorError::Gap { missing: Position(7), next: Position(8) }));
    assert!(matches!(state, State::Stopped { at: Position(6), .. }));
}
