//! nats-server's folder on a disk that fills.

use std::sync::Arc;

use fastrand::Rng;
use traccia_tests::servers::{
    SmallDisk, had,
    nats::{Node, Settings},
};

use super::{CLIENTS, FULL, Tally, goes_on, until};
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

/// Of the disk: the stream's blocks are of 8 MiB.
const DISK: u64 = 64 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_of_nats_server_is_full_nothing_is_lost_and_it_goes_on_with_room() {
    let Some(disk) = had("a full disk (nats-server)", SmallDisk::of(DISK)) else { return };
    let settings = Settings { sync_always: true, within: Some(disk.path().to_owned()), ..Settings::default() };
    let Some(mut nats) = had("a full disk (nats-server)", Node::start(&settings)) else { return };
    let log = nats.url();
    let folder = tempfile::tempdir().unwrap();
    let load: Arc<Load> = installed(folder.path(), 400, &["--log", &log, "--replicas", "1"]);
    let seed = size::or_drawn();
    let mut rng = Rng::with_seed(seed);
    let server = Server::call("serve", folder.path(), &["--log", &log]);
    load.begin(&server.url).await;
    let rounds = size::full_disks();
    for round in 0..rounds {
        let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
        goes_on(&load, 10 * CLIENTS).await;
        disk.fill(rng.u64(..64 << 10)).unwrap();
        nothing_is_carried_out(&load).await;
        assert!(matches!(load.read(&server.url).await, Some(200)), "reads go on");
        drop(crowd);
        disk.make_room().unwrap();
        // It writes nothing any more until it is started again, whatever room there is: the runbook says so.
        let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
        nothing_is_carried_out(&load).await;
        drop(crowd);
        nats.restart().unwrap();
        let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
        goes_on(&load, 4 * CLIENTS).await;
        drop(crowd);
        load.resolve(&server.url).await;
        load.caught_up(&server.url).await;
        let stored = raw::of_jetstream(std::slice::from_ref(&log), "traccia").await.unwrap();
        let rows = Rows::of_file(&folder.path().join("tables.db")).await.unwrap();
        let journal = load.journal().clone();
        let findings = check(&Evidence { log: &stored, journal: &journal, rows: Some(&rows) });
        assert!(findings.is_empty(), "seed {seed}, round {round}:\n{}", listed(&findings));
        ran(&["verify", "--data", folder.path().to_str().unwrap(), "--log", &log]);
    }
    assert!(server.terminate());
    let (Tally { done, failed }, unknown) = (Tally::of(&load), load.journal().unknown());
    println!(
        "full disks: {rounds} of nats-server, {done} commands carried out, {failed} not, {unknown} of them unknown, all \
         resolved"
    );
}

/// Waits until no command was carried out for some time.
async fn nothing_is_carried_out(load: &Load) {
    until("commands stand still", async || {
        let before = Tally::of(load).done;
        tokio::time::sleep(FULL).await;
        Tally::of(load).done == before
    })
    .await;
}
