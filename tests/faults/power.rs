//! Power cuts under load: whatever the system held back is gone, and the disk comes back as it was synced last. What was
//! answered is there all the same.

use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};
use traccia_tests::servers::{
    CutDisk, had,
    nats::{Node, Settings},
};

use super::{
    checker::{Broken, Evidence, Finding, check, listed},
    kills::{holds, installed},
    load::Load,
    raw,
    rows::Rows,
    size,
    tabled::Tabled,
};
use crate::program::{Server, ran};

/// A new database takes 40 MB, and its write-ahead log pieces of 16 MB.
const DISK: u64 = 256 << 20;

/// Clients who ask all the time.
const CLIENTS: usize = 6;

/// Lets clients ask until a moment that nobody chose.
async fn busy(load: &Arc<Load>, server: &Server, rng: &mut Rng) -> JoinSet<()> {
    let crowd = load.crowd(&server.url, rng, CLIENTS, usize::MAX);
    let goal = load.journal().requests.len() + 4 * CLIENTS;
    while load.journal().requests.len() < goal {
        sleep(Duration::from_millis(1)).await;
    }
    sleep(Duration::from_millis(rng.u64(..250))).await;
    crowd
}

/// Requests, and the last position that a client knows.
fn asked(load: &Load) -> (usize, u64) {
    let journal = load.journal();
    (journal.requests.len(), journal.known)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_embedded_server_whose_power_is_cut_keeps_every_promise() {
    let Some(disk) = had("power cuts", CutDisk::of(DISK)) else { return };
    let folder = disk.path().join("data");
    let load = installed(&folder, 400, &[]);
    disk.settle().unwrap();
    let (seed, cuts) = (size::or_drawn(), size::cuts());
    let mut rng = Rng::with_seed(seed);
    for round in 0..cuts {
        let server = Server::start(&folder);
        if round == 0 {
            load.begin(&server.url).await;
        }
        let mut crowd = busy(&load, &server, &mut rng).await;
        server.kill();
        disk.cut().unwrap();
        crowd.shutdown().await;
        disk.comes_back().unwrap();
        holds(&folder, &load, &format!("seed {seed}, cut {round}")).await;
    }
    let server = Server::start(&folder);
    let unknown = load.journal().unknown();
    load.resolve(&server.url).await;
    load.caught_up(&server.url).await;
    server.kill();
    holds(&folder, &load, &format!("seed {seed}, in the end")).await;
    let (asked, head) = asked(&load);
    println!(
        "power cuts: {cuts} of the embedded server, {asked} requests, {head} commits, {unknown} unknown outcomes, all resolved"
    );
}

/// A server on its disk, with the program elsewhere.
struct Site {
    disk: CutDisk,
    nats: Node,
    folder: tempfile::TempDir,
    load: Arc<Load>,
    server: Server,
}

impl Site {
    async fn start(sync_always: bool) -> Option<Site> {
        let disk = had("power cuts of nats-server", CutDisk::of(DISK))?;
        let within = Some(disk.path().to_owned());
        let settings = Settings { sync_always, within, ..Settings::default() };
        let nats = had("power cuts of nats-server", Node::start(&settings))?;
        let (log, monitoring) = (nats.url(), nats.monitoring());
        let folder = tempfile::tempdir().unwrap();
        let load = installed(folder.path(), 400, &["--log", &log, "--replicas", "1"]);
        // Where it is seen that the server syncs, commits go in batches.
        let server = Server::call("serve", folder.path(), &["--log", &log, "--nats-monitoring", &monitoring]);
        disk.settle().unwrap();
        load.begin(&server.url).await;
        Some(Site { disk, nats, folder, load, server })
    }

    async fn loses_power(&mut self, rng: &mut Rng) {
        let mut crowd = busy(&self.load, &self.server, rng).await;
        self.nats.kill().unwrap();
        self.disk.cut().unwrap();
        crowd.shutdown().await;
        self.disk.comes_back().unwrap();
        self.nats.restart().unwrap();
    }

    async fn checked(&self) -> Vec<Finding> {
        let stored = raw::of_jetstream(&[self.nats.url()], "traccia").await.unwrap();
        let rows = Rows::of_file(&self.folder.path().join("tables.db")).await.unwrap();
        let journal = self.load.journal().clone();
        check(&Evidence { log: &stored, journal: &journal, rows: Some(&rows) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_server_that_always_syncs_keeps_what_was_answered_when_its_power_is_cut() {
    let Some(mut site) = Site::start(true).await else { return };
    let (seed, cuts) = (size::or_drawn(), size::cuts());
    let mut rng = Rng::with_seed(seed);
    for round in 0..cuts {
        site.loses_power(&mut rng).await;
        site.load.resolve(&site.server.url).await;
        site.load.caught_up(&site.server.url).await;
        let findings = site.checked().await;
        assert!(findings.is_empty(), "seed {seed}, cut {round}:\n{}", listed(&findings));
    }
    ran(&["verify", "--data", site.folder.path().to_str().unwrap(), "--log", &site.nats.url()]);
    let ((asked, head), unknown) = (asked(&site.load), site.load.journal().unknown());
    println!(
        "power cuts: {cuts} of nats-server, {asked} requests, {head} commits, {unknown} unknown outcomes, all resolved"
    );
}

/// The negative control, and the reason for `sync_interval: always`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_server_with_default_sync_loses_what_was_answered_and_it_is_found() {
    let Some(mut site) = Site::start(false).await else { return };
    site.loses_power(&mut Rng::new()).await;
    let stored = raw::of_jetstream(&[site.nats.url()], "traccia").await.unwrap_or_default();
    let journal = site.load.journal().clone();
    let findings = check(&Evidence { log: &stored, journal: &journal, rows: None });
    assert!(findings.iter().any(|finding| finding.broken == Broken::AnsweredIsThere), "{}", listed(&findings));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_whose_power_is_cut_comes_back_and_the_read_models_follow() {
    let Some(disk) = had("power cuts of PostgreSQL", CutDisk::of(DISK)) else { return };
    let Some(site) = Tabled::start_on(disk.path()).await else { return };
    let Tabled { database, load, server, .. } = &site;
    let (seed, cuts) = (size::or_drawn(), size::cuts());
    let mut rng = Rng::with_seed(seed);
    disk.settle().unwrap();
    for round in 0..cuts {
        let mut crowd = busy(load, server, &mut rng).await;
        database.kill();
        disk.cut().unwrap();
        crowd.shutdown().await;
        let ready = load.ready(&server.url).await.expect("the program goes on");
        assert_eq!((&ready["ready"], &ready["position"]), (&json!(false), &Value::Null), "{ready}");
        disk.comes_back().unwrap();
        database.start_again();
        site.holds(&format!("seed {seed}, cut {round}")).await;
    }
    let (asked, head) = asked(load);
    assert!(site.server.terminate());
    println!("power cuts: {cuts} of PostgreSQL, {asked} requests, {head} commits");
}
