use std::{fs, sync::Arc};

use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_tests::{Place, on_every_database};

use super::{Running, Small, Texts, Written, expected, happens, history, log, suspended};
use crate::{Progress, Projector, ProjectorError, Reading, fold_only, rebuild};

on_every_database! {
    readers_of_the_old_tables_are_left_in_peace
    a_projector_of_the_old_tables_is_fenced_off
    a_build_that_broke_off_leaves_the_old_tables
    tables_of_an_older_version_are_built_anew
}

async fn readers_of_the_old_tables_are_left_in_peace(place: Place) {
    let log = log().await;
    history(&log, 20).await;
    let written = Written::built(place, &log).await;
    let before = written.tables.view_at(Reading::default()).await.unwrap();
    let mut seen = Vec::new();
    history(&log, 3).await;
    rebuild::<Small, _>(&log, &written.tables, |progress| seen.push(progress)).await.unwrap();
    assert_eq!(seen, [5, 10, 15, 20, 24].map(|at| Progress { position: Position(at), head: Position(24) }));
    // Nobody had read before, so the view finds its file gone, and the same rows in the new one.
    let query = r#"select count(*) from deed where "position" <= $1"#;
    assert_eq!(before.position, Position(21));
    let rows = before.row(query, &[]).await.unwrap().unwrap().integer(0);
    let now = written.tables.view_at(Reading { position: Some(Position(21)), ..Reading::default() }).await.unwrap();
    assert_eq!(rows, now.row(query, &[]).await.unwrap().unwrap().integer(0));
    assert_eq!(written.rows(None).await, expected(&log).await);
}

async fn a_projector_of_the_old_tables_is_fenced_off(place: Place) {
    let log = log().await;
    let written = Written::built(place, &log).await;
    let running = Running::start(&log, &written.tables).await;
    rebuild::<Small, _>(&log, &written.tables, |_| {}).await.unwrap();
    happens(&log, "p", vec![suspended("later")]).await;
    assert!(matches!(running.task.await.unwrap(), Err(ProjectorError::Fenced { .. })));
}

async fn a_build_that_broke_off_leaves_the_old_tables(place: Place) {
    let log = log().await;
    history(&log, 20).await;
    let written = Written::built(place, &log).await;
    let rows = written.rows(None).await;
    let mut damaged = Texts::of(&log, 21).await;
    damaged.0[15] = "{".into();
    let broken = rebuild::<Small, _>(&Arc::new(damaged), &written.tables, |_| {}).await;
    assert!(matches!(broken, Err(ProjectorError::Unreadable { at: Position(16), .. })));
    assert_eq!(written.rows(None).await, rows);
    assert_eq!(written.generations().await.len(), 2, "what is in place, and what broke off");
    rebuild::<Small, _>(&log, &written.tables, |_| {}).await.unwrap();
    assert_eq!(written.rows(None).await, rows);
    assert_eq!(written.generations().await.len(), 1);
}

#[tokio::test]
async fn what_a_crash_leaves_in_a_folder_is_removed() {
    let log = log().await;
    history(&log, 20).await;
    let Some(Place::Folder(folder)) = Place::sqlite() else { panic!("a folder") };
    let path = folder.path().to_owned();
    let written = Written::built(Place::Folder(folder), &log).await;
    let rows = written.rows(None).await;
    // Half a file, half a switch, and an old generation.
    for suffix in ["building", "building-journal", "generation-0"] {
        fs::write(path.join(format!("tables.sqlite.{suffix}")), "half").unwrap();
    }
    std::os::unix::fs::symlink("nowhere", path.join("tables.sqlite.next")).unwrap();
    rebuild::<Small, _>(&log, &written.tables, |_| {}).await.unwrap();
    assert_eq!(written.rows(None).await, rows);
    let mut left: Vec<_> = fs::read_dir(path).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.retain(|name| !name.to_string_lossy().ends_with("-wal") && !name.to_string_lossy().ends_with("-shm"));
    left.sort();
    assert_eq!(left, ["tables.sqlite", "tables.sqlite.generation-2", "tables.sqlite.lock"]);
}

async fn tables_of_an_older_version_are_built_anew(place: Place) {
    let log = log().await;
    history(&log, 9).await;
    let written = Written::built(place, &log).await;
    written.tamper("update deed set event = 'as the old version wrote it'").await;
    let projector = Projector::<Small<2>, _>::open(log.clone(), written.tables.clone()).await.unwrap();
    assert_eq!(projector.status().borrow().position, Position(10));
    assert_eq!(written.tables.checkpoint().await.unwrap().unwrap().version, 2);
    assert_eq!(written.rows(None).await, expected(&log).await);
}

#[tokio::test]
async fn folding_alone_writes_nothing() {
    let log = log().await;
    history(&log, 9).await;
    let (state, commits) = fold_only::<Small, _>(&log, Some(Position(4))).await.unwrap();
    assert_eq!((state.points.len(), commits), (4, 4));
    let beyond = fold_only::<Small, _>(&log, Some(log.head().await.unwrap().next())).await;
    assert!(matches!(beyond, Err(ProjectorError::LogShorter { .. })));
}
