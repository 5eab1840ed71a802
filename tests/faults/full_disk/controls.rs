//! Negative controls: what a careless program would do on a full disk, the checker finds.

use fastrand::Rng;
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

use super::{
    CLIENTS,
    embedded::{Part, Site},
    goes_on,
};
use crate::faults::{
    checker::{Broken, Finding, listed},
    examine::{copy, examine},
    journal::{Answer, Journal, Request},
    load::SUBJECT,
    raw::{self, command_of},
};

fn found(findings: &[Finding], broken: Broken) {
    assert!(findings.iter().any(|finding| finding.broken == broken), "not found: {broken:?}\n{}", listed(findings));
}

/// What is left of an installation that was killed on its full disk, and what its clients know.
async fn killed_when_full(part: Part) -> Option<(Site, Journal)> {
    let (site, mut rng) = (Site::new(part).await?, Rng::new());
    let server = site.serve();
    let crowd = site.load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
    goes_on(&site.load, 10 * CLIENTS).await;
    site.fills(&server, &mut rng).await;
    server.kill();
    crowd.join_all().await;
    let journal = site.load.journal().clone();
    assert!(examine(&site.data, &journal).await.is_empty(), "nothing is wrong yet");
    Some((site, journal))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_before_the_disk_has_taken_it_is_found_out() {
    let Some((site, mut journal)) = killed_when_full(Part::Folder).await else { return };
    let copied = copy(&site.data);
    let stored = raw::of_file(&copied.path().join("log.db")).await.unwrap();
    let nowhere = |key: &str| stored.iter().all(|(_, text)| !text.contains(&command_of(SUBJECT, key)));
    // Of a group session the disk may have taken a part, and then the answer would be half true.
    let whole = |request: &Request| request.streams() == 1 && nowhere(&request.key);
    let open = journal.open();
    let lost = open.into_iter().find(|index| whole(&journal.requests[*index])).expect("it was full for somebody");
    let attempt = journal.requests[lost].attempts.last_mut().unwrap();
    // What it would have been told, had the answer not waited for the disk.
    let (stream, events) = ("point.p-0".to_owned(), vec!["PointOpened".to_owned()]);
    attempt.answer = Answer::Done { position: attempt.known + 1, stream, events, replayed: false };
    found(&examine(&site.data, &journal).await, Broken::AnsweredIsThere);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_that_moves_on_without_its_rows_is_found_out() {
    let Some((site, journal)) = killed_when_full(Part::Tables).await else { return };
    let copied = copy(&site.data);
    let tables = SqliteConnectOptions::new().filename(copied.path().join("tables.db"));
    let mut tables = tables.connect().await.unwrap();
    let stored = raw::of_file(&copied.path().join("log.db")).await.unwrap();
    let last = raw::commit(stored.last().unwrap()).unwrap();
    // A small update finds room where many rows do not.
    let ahead = sqlx::query("update checkpoint set position = $1, hash = $2");
    ahead.bind(last.position.cast_signed()).bind(&last.hash).execute(&mut tables).await.unwrap();
    tables.close().await.unwrap();
    found(&examine(copied.path(), &journal).await, Broken::Counted);
}
