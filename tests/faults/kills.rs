//! `kill -9`, at random times under load and at chosen moments. What was answered is there, what was not is there once or
//! never, and the next start mends the rest.

use std::{path::Path, sync::Arc, time::Duration};

use fastrand::Rng;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    checker::listed,
    examine::examine,
    journal::Answer,
    load::{Load, SUBJECT},
    raw::{self, command_of},
    size,
};
use crate::program::{Server, ran};

/// An empty installation, and clients who may do everything in it.
pub fn installation(documents: u32) -> (tempfile::TempDir, Arc<Load>) {
    let folder = tempfile::tempdir().unwrap();
    let load = installed(folder.path(), documents, &[]);
    (folder, load)
}

/// The same in a folder, made with more arguments.
pub fn installed(folder: &Path, documents: u32, more: &[&str]) -> Arc<Load> {
    let data = folder.to_str().unwrap();
    ran(&[&["init", "--data", data], more].concat());
    Load::of(data, documents)
}

/// That every promise is kept in a folder.
pub async fn holds(folder: &Path, load: &Load, when: &str) {
    let journal = load.journal().clone();
    let findings = examine(folder, &journal).await;
    assert!(findings.is_empty(), "{when}:\n{}", listed(&findings));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_at_any_time_under_load_keeps_every_promise() {
    let (folder, load) = installation(400);
    let seed = size::or_drawn();
    let mut rng = Rng::with_seed(seed);
    let kills = size::kills();
    for kill in 0..kills {
        let server = Server::start(folder.path());
        if kill == 0 {
            load.begin(&server.url).await;
        }
        let mut crowd = load.crowd(&server.url, &mut rng, 6, usize::MAX);
        // A moment that nobody chose, some time into the load.
        let moment = Duration::from_millis(rng.u64(..250));
        let _ = tokio::time::timeout(moment, crowd.join_next()).await;
        server.kill();
        crowd.join_all().await;
        holds(folder.path(), &load, &format!("seed {seed}, kill {kill}")).await;
    }
    let server = Server::start(folder.path());
    let unknown = load.journal().unknown();
    load.resolve(&server.url).await;
    load.caught_up(&server.url).await;
    server.kill();
    holds(folder.path(), &load, &format!("seed {seed}, in the end")).await;
    let journal = load.journal();
    let (asked, head) = (journal.requests.len(), journal.known);
    println!(
        "kills: {kills} of the embedded server, {asked} requests, {head} commits, {unknown} unknown outcomes, all resolved"
    );
    assert!(unknown as u64 >= kills / 2, "the load was too light: {unknown} unknown outcomes in {kills} kills");
}

/// Holds a database's write lock while it lives: whoever writes there waits.
async fn locked(file: &Path) -> SqliteConnection {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await.expect("the file is there");
    sqlx::query("begin immediate").execute(&mut connection).await.expect("nobody else writes now");
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_at_chosen_moments_keeps_every_promise() {
    let (folder, load) = installation(10);
    let (log, tables) = (folder.path().join("log.db"), folder.path().join("tables.db"));
    let mut server = Server::start(folder.path());
    load.begin(&server.url).await;
    load.caught_up(&server.url).await;
    for turn in 0..3 {
        // Decided, and the log has not taken it yet: nobody may find it later.
        let decided = load.newcomer(&format!("decided-{turn}"));
        let lock = locked(&log).await;
        let asked = tokio::time::timeout(Duration::from_millis(300), load.ask(&server.url, decided)).await;
        assert!(asked.is_err(), "it waits for the log");
        server.kill();
        lock.close().await.unwrap();
        let stored = raw::of_file(&log).await.unwrap();
        assert!(!stored.iter().any(|(_, text)| text.contains(&command_of(SUBJECT, &format!("decided-{turn}")))));
        holds(folder.path(), &load, "killed after the decision").await;
        server = Server::start(folder.path());
        load.resolve(&server.url).await;

        // Stored, and not answered: there once, and the same key is told where.
        let key = format!("stored-{turn}");
        let stored = load.newcomer(&key);
        let _unread = load.shout(&server.url, stored).await;
        while !raw::of_file(&log).await.unwrap().iter().any(|(_, text)| text.contains(&command_of(SUBJECT, &key))) {}
        server.kill();
        holds(folder.path(), &load, "killed before the answer").await;
        server = Server::start(folder.path());
        load.resolve(&server.url).await;
        let answer = load.journal().requests[stored].attempts.last().unwrap().answer.clone();
        assert!(matches!(answer, Answer::Done { replayed: true, .. }), "{answer:?}");

        // Answered, and the tables have not taken it yet: they will.
        load.caught_up(&server.url).await;
        let lock = locked(&tables).await;
        let answered = load.newcomer(&format!("answered-{turn}"));
        load.ask(&server.url, answered).await;
        assert!(load.journal().requests[answered].settled(), "reads do not hold up the log");
        server.kill();
        lock.close().await.unwrap();
        holds(folder.path(), &load, "killed before the tables were written").await;
        server = Server::start(folder.path());
        load.caught_up(&server.url).await;
    }
    server.kill();
    holds(folder.path(), &load, "in the end").await;
}
