//! The servers of the production legs: JetStream's store on a disk that fills, or PostgreSQL's folder.

use std::{path::Path, sync::Arc};

use fastrand::Rng;
use traccia_tests::servers::{
    SmallDisk, had,
    nats::{Node, Settings},
    postgres,
};

use super::{CLIENTS, FULL, PATIENCE, Tally, goes_on, newcomer, until};
use crate::{
    faults::{
        checker::{Evidence, check, listed},
        kills::installed,
        load::Load,
        raw,
        rows::Rows,
        size,
    },
    program::{Server, ran},
};

/// What JetStream keeps of a round is small, and it refuses to start with little room.
const STORE: u64 = 96 << 20;

/// A new database takes 40 MB, and its write-ahead log pieces of 16 MB.
const DATABASE: u64 = 256 << 20;

/// nats-server with its store on a disk.
fn node(disk: &SmallDisk) -> Option<Node> {
    // The last word on JetStream is the one that counts.
    let more = format!(
        "jetstream {{ store_dir: {:?}, sync_interval: always, max_memory_store: 64MB, max_file_store: 8GB }}",
        disk.path().join("store")
    );
    had("a full disk under JetStream", Node::start(&Settings { sync_always: true, more }))
}

/// What is wrong with a log on JetStream and the read models in a folder.
async fn examined(log: &str, folder: &Path, load: &Load, when: &str) {
    let stored = raw::of_stream(log, "traccia").await;
    let rows = Rows::of_file(&folder.join("tables.db")).await.unwrap();
    let journal = load.journal().clone();
    let findings = check(&Evidence { log: &stored, journal: &journal, rows: Some(&rows) });
    assert!(findings.is_empty(), "{when}:\n{}", listed(&findings));
    ran(&["verify", "--data", folder.to_str().unwrap(), "--log", log]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_of_jetstream_is_full_nothing_is_lost_and_it_goes_on_once_started_again() {
    let Some(disk) = had("a full disk (JetStream)", SmallDisk::of(STORE)) else { return };
    let Some(mut nats) = node(&disk) else { return };
    let (folder, log) = (tempfile::tempdir().unwrap(), nats.url());
    let load = installed(folder.path(), 400, &["--log", &log, "--replicas", "1"]);
    let seed = size::seed().unwrap_or_else(|| fastrand::u64(..));
    let mut rng = Rng::with_seed(seed);
    let server = Server::call("serve", folder.path(), &["--log", &log]);
    load.begin(&server.url).await;
    let (rounds, mut by_itself) = (size::full_disks(), 0);
    for round in 0..rounds {
        for killed in [false, true] {
            let when = format!("seed {seed}, round {round}, killed {killed}");
            let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
            goes_on(&load, 10 * CLIENTS).await;
            disk.fill(rng.u64(..64 << 10)).unwrap();
            // It stops answering: each client gives up in the end.
            tokio::time::timeout(PATIENCE, crowd.join_all()).await.expect("nobody is told that it was done");
            assert_eq!(load.read(&server.url).await, Some(200), "reads go on");
            if killed {
                nats.kill().unwrap();
            }
            disk.make_room().unwrap();
            if !killed {
                let newcomer = newcomer(&load, &mut rng);
                load.ask(&server.url, newcomer).await;
                by_itself += u64::from(load.journal().requests[newcomer].settled());
            }
            // As the runbook says.
            nats.restart().unwrap();
            let ready = async || load.ready(&server.url).await.unwrap_or_default();
            let since = std::time::Instant::now();
            while ready().await["ready"] != true {
                let why = ready().await;
                assert!(since.elapsed() < PATIENCE, "{when}: {why}\n{}", nats.output());
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            let mut crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
            let before = Tally::of(&load).done;
            let t = std::time::Instant::now();
            while Tally::of(&load).done < before + 4 * CLIENTS {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                if t.elapsed() > std::time::Duration::from_secs(40) {
                    let mut left = 0; while let Some(Some(_)) = futures::FutureExt::now_or_never(crowd.join_next()) { left += 1; }
                    let q = load.journal().requests.iter().rev().take(40).map(|r| format!("{} {:?}", r.command.0, r.attempts)).collect::<Vec<_>>().join("\n");
                    let jsz = reqwest::get(format!("{}/jsz?streams=true&config=true", nats.monitoring())).await.unwrap().text().await.unwrap();
                    let ls = std::process::Command::new("sh").args(["-c", "ls -laR $0; df $0"]).arg(disk.path()).output().unwrap();
                    let client = async_nats::connect(nats.url()).await.unwrap();
                    let ack = async_nats::jetstream::new(client).publish("traccia.point.zzz", "x".into()).await.unwrap();
                    let ack = tokio::time::timeout(FULL, std::future::IntoFuture::into_future(ack)).await;
                    panic!("{when}: {} done, {left} clients gave up, raw publish {ack:?}\n{q}\n{jsz}\n{}\n{}", Tally::of(&load).done - before, String::from_utf8_lossy(&ls.stdout), nats.output());
                }
            }
            drop(crowd);
            load.resolve(&server.url).await;
            load.caught_up(&server.url).await;
            examined(&log, folder.path(), &load, &when).await;
        }
    }
    assert!(server.terminate());
    let (Tally { done, failed }, unknown) = (Tally::of(&load), load.journal().unknown());
    println!(
        "full disks: {} of JetStream, {done} commands carried out, {failed} not, {unknown} of them unknown, all resolved; \
         {by_itself} of {rounds} went on without being started again",
        2 * rounds
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_of_postgresql_is_full_commands_go_on_and_the_tables_follow_with_room() {
    let Some(disk) = had("a full disk (PostgreSQL)", SmallDisk::of(DATABASE)) else { return };
    let Some(database) = postgres::Server::start_in(disk.path()) else { return };
    let tables = database.database();
    let name = tables.rsplit('/').next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let load: Arc<Load> = installed(folder.path(), 400, &[]);
    let seed = size::seed().unwrap_or_else(|| fastrand::u64(..));
    let mut rng = Rng::with_seed(seed);
    let server = Server::call("serve", folder.path(), &["--tables", &tables]);
    load.begin(&server.url).await;
    let (rounds, mut ended) = (size::full_disks(), 0);
    for round in 0..rounds {
        for crashes in [false, true] {
            let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
            goes_on(&load, 10 * CLIENTS).await;
            disk.fill(rng.u64(..64 << 10)).unwrap();
            if crashes {
                database.crashes_for_want_of_room();
            }
            until("the read models wait", async || {
                let ready = load.ready(&server.url).await.unwrap_or_default();
                ready["ready"] == false && ready["why"].as_str().is_some_and(|why| why.contains("read models"))
            })
            .await;
            // Only while the database is there can it be known whether a key was used before: without it a command is refused,
            // or its client gives up.
            if !crashes {
                goes_on(&load, 4 * CLIENTS).await;
            }
            tokio::time::sleep(FULL).await;
            ended += u64::from(!database.answers());
            // Old numbers, or none while the server is down; never others.
            assert!(matches!(load.read(&server.url).await, None | Some(200 | 503)));
            drop(crowd);
            disk.make_room().unwrap();
            if crashes || !database.answers() {
                database.recover();
            }
            let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
            goes_on(&load, 4 * CLIENTS).await;
            drop(crowd);
            load.resolve(&server.url).await;
            load.caught_up(&server.url).await;
            let when = format!("seed {seed}, round {round}");
            let rows = Rows::of_postgres(&database, name);
            let stored = raw::of_file(&folder.path().join("log.db")).await.unwrap();
            let journal = load.journal().clone();
            let findings = check(&Evidence { log: &stored, journal: &journal, rows: Some(&rows) });
            assert!(findings.is_empty(), "{when}:\n{}", listed(&findings));
            ran(&["verify", "--data", folder.path().to_str().unwrap(), "--tables", &tables]);
        }
    }
    assert!(server.terminate());
    let (Tally { done, failed }, unknown) = (Tally::of(&load), load.journal().unknown());
    println!(
        "full disks: {} of PostgreSQL, which answered nobody in {ended} of them, {done} commands carried out, {failed} not, \
         {unknown} of them unknown, all resolved",
        2 * rounds
    );
}
