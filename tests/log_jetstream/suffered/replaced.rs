//! Logs in whose place another one was put: nothing is taken for stored that only the other one has.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use async_nats::jetstream as raw;
use futures::{StreamExt as _, future::join_all};
use tokio::time::{sleep, timeout};
use traccia_domain::Position;
use traccia_log::{
    JetStreamLog, Log as _, LogError, append_resolved,
    contract::{begin, commit, point},
    jetstream::{self, OpenError, Options},
};
use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
};

use super::{
    damaged::{PATIENCE, REST, damaged_at, watchful},
    until,
};
use crate::log_jetstream::{options, server};

/// Copies a folder, a stopped server's files for one.
fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
}

/// A copy of what a server has now; it starts again.
fn backed_up(node: &mut Node) -> PathBuf {
    let backup = node.folder().join("backup");
    node.kill().unwrap();
    copy(&node.folder().join("jetstream"), &backup);
    node.restart().unwrap();
    backup
}

/// Puts other files in the place of a dead server's.
fn replace(node: &Node, files: &Path) {
    fs::remove_dir_all(node.folder().join("jetstream")).unwrap();
    copy(files, &node.folder().join("jetstream"));
}

#[tokio::test]
async fn an_older_copy_of_the_log_is_found_out_by_who_read_further() {
    let Some(mut node) = had("an older copy", Node::start(&Settings::default())) else { return };
    let options = options([node.url()]);
    let log = jetstream::create(&options, 1).await.unwrap();
    for n in 1..=3 {
        begin(&log, &point(n), "flood").await;
    }
    let backup = backed_up(&mut node);
    append_resolved(&log, &commit(&point(4), None, "flood"), None).await.unwrap();
    let mut chunks = log.read(Position(3));
    chunks.next().await.unwrap().unwrap();

    node.kill().unwrap();
    replace(&node, &backup);
    node.restart().unwrap();
    let live = chunks.next().await.unwrap().unwrap_err().to_string();
    assert!(live.contains("ends at 3 but had once reached 4"), "{live}");
    let anew = log.read(Position(4)).next().await.unwrap();
    assert_eq!(damaged_at(anew), 4);
}

#[tokio::test]
async fn an_older_copy_of_the_log_is_found_out_by_who_was_answered() {
    let Some(mut node) = had("an older copy", Node::start(&Settings::default())) else { return };
    // It looks at each new connection, and then not again.
    let log = jetstream::create(&options([node.url()]), 1).await.unwrap();
    begin(&log, &point(1), "flood").await;
    let backup = backed_up(&mut node);
    append_resolved(&log, &commit(&point(2), None, "flood"), None).await.unwrap();
    sleep(Duration::from_secs(2)).await;
    for n in 3..=4 {
        begin(&log, &point(n), "flood").await;
    }
    node.kill().unwrap();
    replace(&node, &backup);
    node.restart().unwrap();
    until("it is seen", async || log.trouble().is_some_and(|why| why.contains("ends at 1 but had once reached 4")))
        .await;
    let lost = log.append(&commit(&point(5), None, "works"), None).await;
    assert!(matches!(lost, Err(LogError::Unavailable(_))), "{lost:?}");
}

#[tokio::test]
async fn an_older_copy_that_has_grown_past_them_is_found_out_by_who_read_and_by_who_writes() {
    let started = || had("an older copy that has grown", Node::start(&Settings::default()));
    let (Some(mut node), Some(mut elsewhere)) = (started(), started()) else { return };
    let options = watchful(node.url());
    let log = jetstream::create(&options, 1).await.unwrap();
    for n in 1..=3 {
        begin(&log, &point(n), "flood").await;
    }
    node.kill().unwrap();
    elsewhere.kill().unwrap();
    replace(&elsewhere, &node.folder().join("jetstream"));
    node.restart().unwrap();
    for n in 4..=5 {
        append_resolved(&log, &commit(&point(n), None, "flood"), None).await.unwrap();
    }
    let mut chunks = log.read(Position(3));
    while chunks.next().await.unwrap().unwrap().texts().all(|(position, _)| position < Position(5)) {}
    sleep(20 * REST).await; // It has looked at the end.

    elsewhere.restart().unwrap();
    let other = JetStreamLog::open(&Options { urls: vec![elsewhere.url()], ..options.clone() }).await.unwrap();
    for n in 14..=19 {
        begin(&other, &point(n), "works").await;
    }
    elsewhere.kill().unwrap();
    node.kill().unwrap();
    replace(&node, &elsewhere.folder().join("jetstream"));
    node.restart().unwrap();
    let live = timeout(PATIENCE, chunks.next()).await.expect("somebody looks").unwrap();
    assert!(live.as_ref().unwrap_err().to_string().contains("another commit than before"), "{live:?}");
    assert_eq!(damaged_at(live), 5);
    until("it is seen", async || log.trouble().is_some_and(|trouble| trouble.contains("older copy"))).await;
    let refused = log.append(&commit(&point(20), None, "works"), None).await;
    assert!(matches!(refused, Err(LogError::Unavailable(_))), "{refused:?}");
}

/// Who waited for a connection meets the log first, before anybody could look at it.
#[tokio::test]
async fn an_older_copy_takes_nothing_that_is_told_as_stored() {
    let Some(mut node) = had("an older copy", Node::start(&Settings::default())) else { return };
    let options = options([node.url()]);
    let log = jetstream::create(&options, 1).await.unwrap();
    begin(&log, &point(1), "flood").await;
    let backup = backed_up(&mut node);
    until("it is back", async || append_resolved(&log, &commit(&point(2), None, "flood"), None).await.is_ok()).await;
    for n in 3..=4 {
        begin(&log, &point(n), "flood").await;
    }
    node.kill().unwrap();
    replace(&node, &backup);
    let commits: Vec<_> = (10..40).map(|n| commit(&point(n), None, "works")).collect();
    let waiting = join_all(commits.iter().map(|commit| append_resolved(&log, commit, None)));
    let (answers, ()) = tokio::join!(waiting, async {
        sleep(Duration::from_millis(100)).await;
        node.restart().unwrap();
    });
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
    let context = raw::new(async_nats::connect(node.url()).await.unwrap());
    let copy = context.get_stream(&options.stream).await.unwrap().cached_info().state.last_sequence;
    assert_eq!(copy, 1, "nothing was written to it either");
}

/// The connection stays, and nobody looks for half a minute.
#[tokio::test]
async fn another_stream_of_the_same_name_takes_nothing_that_is_told_as_stored() {
    let Some(server) = server() else { return };
    let options = options([server.url()]);
    let log = jetstream::create(&options, 1).await.unwrap();
    for n in 1..=3 {
        begin(&log, &point(n), "flood").await;
    }
    let context = raw::new(async_nats::connect(server.url()).await.unwrap());
    context.delete_stream(&options.stream).await.unwrap();
    jetstream::create(&options, 1).await.unwrap();
    let answer = append_resolved(&log, &commit(&point(4), None, "works"), None).await;
    assert!(answer.is_err(), "{answer:?}");
    until("it is seen", async || log.trouble().is_some_and(|trouble| trouble.contains("took the place"))).await;
}

#[tokio::test]
async fn a_stream_with_a_part_of_an_export_is_opened_by_nobody_but_who_restores() {
    let Some(server) = server() else { return };
    let options = watchful(server.url());
    let restores = jetstream::create_to_restore(&options, 1).await.unwrap();
    let other = jetstream::create(&options, 1).await.unwrap();
    restores.restoring().await.unwrap();
    begin(&restores, &point(1), "flood").await;

    until("it is seen", async || other.trouble().is_some_and(|trouble| trouble.contains("a restore"))).await;
    for refused in [JetStreamLog::open(&options).await, jetstream::create(&options, 1).await] {
        assert!(matches!(refused, Err(OpenError::Part { .. })), "{refused:?}");
    }
    drop(restores);
    let goes_on = jetstream::create_to_restore(&options, 1).await.unwrap();
    begin(&goes_on, &point(2), "flood").await;
    assert_eq!(goes_on.trouble(), None);
    goes_on.restored().await.unwrap();
    goes_on.restored().await.unwrap();
    until("it is seen", async || other.trouble().is_none()).await;
    assert_eq!(JetStreamLog::open(&options).await.unwrap().head().await.unwrap(), Position(2));
}
