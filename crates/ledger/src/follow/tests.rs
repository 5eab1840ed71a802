use std::{fs, path::Path};

use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
};
use traccia_domain::hash::Hex;
use traccia_log::{Log as _, MemoryLog, contract};

use super::*;
use crate::{
    State, Status,
    testing::{SECRET, files, lengthen, log, root},
};

const EPOCH: Epoch = Hex([5; 16]);

/// A follower at work.
struct Running {
    status: watch::Receiver<Status>,
    ledger: Ledger,
    stop: oneshot::Sender<()>,
    done: JoinHandle<Result<(), LedgerError>>,
}

fn run(log: &MemoryLog, dir: &Path) -> Running {
    let follower = Follower::new(Arc::new(log.clone()), EPOCH, Folder::new(dir), &SECRET).unwrap();
    let (stop, told) = oneshot::channel::<()>();
    let (status, ledger) = (follower.teller.subscribe(), follower.ledger());
    let done = tokio::spawn(follower.run(async move { drop(told.await) }));
    Running { status, ledger, stop, done }
}

impl Running {
    async fn signed(&mut self, size: u64) {
        let reached = |status: &Status| status.size >= size && status.state == State::Following;
        let waited = tokio::time::timeout(Duration::from_secs(60), self.status.wait_for(reached)).await;
        waited.expect("it signs").expect("it runs");
    }

    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        self.done.await.unwrap().unwrap();
    }

    /// It stops by itself.
    async fn refused(self) -> (LedgerError, Status) {
        let done = tokio::time::timeout(Duration::from_secs(60), self.done).await;
        let error = done.expect("it stops").unwrap().expect_err("it refuses");
        (error, self.status.borrow().clone())
    }
}

async fn leaves(log: &MemoryLog) -> Vec<traccia_domain::Hash> {
    let head = log.head().await.unwrap();
    let mut leaves = Vec::new();
    let mut chunks = log.read(Position::START);
    while (leaves.len() as u64) < head.0 {
        let chunk = chunks.next().await.unwrap().unwrap();
        leaves.extend(chunk.texts().map(|(_, text)| hash::leaf(text.as_bytes())));
    }
    leaves
}

#[tokio::test]
async fn what_is_stored_is_signed_and_a_next_start_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let log = log(10).await;
    let mut running = run(&log, dir.path());
    running.signed(10).await;
    lengthen(&log, 300).await;
    running.signed(300).await;
    assert_eq!(running.ledger.signed().unwrap().unwrap().checkpoint.root, root(&leaves(&log).await));
    let proof = running.ledger.prove(299).unwrap().unwrap();
    assert_eq!((proof.leaf, proof.signed.checkpoint.size), (leaves(&log).await[299], 300));
    assert_eq!(running.ledger.prove(300).unwrap(), None);
    running.stop().await;
    lengthen(&log, 600).await;
    let running = run(&log, dir.path());
    let ledger = running.ledger.clone();
    running.stop().await;
    let signed = ledger.signed().unwrap().unwrap().checkpoint;
    assert_eq!((signed.size, signed.root), (600, root(&leaves(&log).await)), "told to stop, it signs what there is");
}

#[tokio::test]
async fn a_shorter_log_is_refused_and_nothing_is_signed() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = run(&log(300).await, dir.path());
    running.signed(300).await;
    running.stop().await;
    let before = files(dir.path());
    let (error, status) = run(&log(299).await, dir.path()).refused().await;
    assert!(matches!(error, LedgerError::LogShorter { signed: 300, head: Position(299) }), "{error}");
    let State::Stopped { why, history_changed, .. } = status.state else { panic!("{status:?}") };
    assert!(history_changed && why.starts_with("HISTORY HAS CHANGED: the log ends at position 299"), "{why}");
    assert_eq!(files(dir.path()), before);
}

#[tokio::test]
async fn a_log_with_another_end_is_refused_and_nothing_is_signed() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = run(&log(300).await, dir.path());
    running.signed(300).await;
    running.stop().await;
    let before = files(dir.path());
    let other = log(299).await;
    contract::begin(&other, &contract::point(7), "somebody else's").await;
    lengthen(&other, 310).await;
    let (error, status) = run(&other, dir.path()).refused().await;
    assert!(matches!(error, LedgerError::OtherHistory { at: Position(300) }), "{error}");
    assert!(matches!(status.state, State::Stopped { history_changed: true, .. }), "{status:?}");
    assert_eq!(files(dir.path()), before);
}

#[tokio::test]
async fn lost_tiles_are_made_again_from_the_same_log_and_from_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let log = log(300).await;
    let mut running = run(&log, dir.path());
    running.signed(300).await;
    running.stop().await;
    let whole = files(dir.path());
    fs::remove_dir_all(dir.path().join("tile")).unwrap();
    let running = run(&log, dir.path());
    running.stop().await;
    assert_eq!(files(dir.path()), whole);

    fs::remove_dir_all(dir.path().join("tile")).unwrap();
    let other = MemoryLog::default();
    contract::begin(&other, &contract::point(7), "another first one").await;
    lengthen(&other, 310).await;
    let (error, _) = run(&other, dir.path()).refused().await;
    assert!(matches!(error, LedgerError::OtherHistory { .. }), "{error}");
}

#[tokio::test]
async fn a_tile_damaged_while_it_runs_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let log = log(255).await;
    let mut running = run(&log, dir.path());
    running.signed(255).await;
    lengthen(&log, 700).await;
    running.signed(700).await;
    // Needed for the next step from the signed tree to the new one.
    fs::write(dir.path().join("tile/0/002.p/188"), b"nonsense").unwrap();
    fs::write(dir.path().join("tile/0/001"), vec![0; 8_192]).unwrap();
    lengthen(&log, 701).await;
    running.signed(701).await;
    let ledger = running.ledger.clone();
    running.stop().await;
    let verified = crate::verify_log(&log, &ledger, |_| {}).await.unwrap().unwrap();
    assert_eq!((verified.checkpoint.size, verified.root), (701, root(&leaves(&log).await)));
}

#[tokio::test]
async fn a_second_one_stands_by_until_the_first_ends() {
    let dir = tempfile::tempdir().unwrap();
    let log = log(3).await;
    let mut first = run(&log, dir.path());
    first.signed(3).await;
    let mut second = run(&log, dir.path());
    lengthen(&log, 5).await;
    first.signed(5).await;
    assert_eq!(second.status.borrow().state, State::Idle);
    first.stop().await;
    second.signed(5).await;
    second.stop().await;
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let in_the_way = dir.path().join("tile");
    fs::write(&in_the_way, b"a file where a folder must be").unwrap();
    let mut running = run(&log(3).await, dir.path());
    running.status.wait_for(|status| matches!(status.state, State::Waiting { .. })).await.unwrap();
    fs::remove_file(&in_the_way).unwrap();
    running.signed(3).await;
    running.stop().await;
}

#[tokio::test]
async fn a_commit_too_long_for_a_bundle_stops_it_after_what_came_before() {
    let dir = tempfile::tempdir().unwrap();
    let log = log(3).await;
    contract::begin(&log, &contract::point(7), &"x".repeat(70_000)).await;
    let (error, status) = run(&log, dir.path()).refused().await;
    assert!(matches!(error, LedgerError::TooLong { at: Position(4), .. }), "{error}");
    assert_eq!(status.size, 3);
    assert!(matches!(status.state, State::Stopped { history_changed: false, .. }), "{status:?}");
}
