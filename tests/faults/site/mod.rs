//! Real servers: the program's processes, nats-server and PostgreSQL, with a wire at every joint.

mod cluster;
mod crowd;
mod disturbed;
mod killed;
mod lost;
mod moments;
mod process;
mod standby;
mod wire;

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use async_nats::jetstream;
use fastrand::Rng;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{sleep, timeout},
};
use traccia_log::{JetStreamLog, jetstream::Options};
use traccia_projector::Tables;
use traccia_tests::servers::{
    had,
    nats::{Cluster, Settings},
    postgres,
};

use self::{
    crowd::Crowd,
    process::Process,
    wire::{Weather, Wire},
};
use super::{
    checker::{Evidence, Finding, check, listed},
    examine::verified,
    load::Load,
    raw,
    rows::Rows,
};
use crate::program::ran;

/// How long anything that is waited for may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The stream that holds the log.
const STREAM: &str = "traccia";

/// One site at a time: each has a dozen processes.
static TURN: LazyLock<Arc<Mutex<()>>> = LazyLock::new(Arc::default);

/// Two servers and a projector, on a log on JetStream and tables on PostgreSQL.
struct Site {
    // Dropped in this order: those who ask before those who answer.
    servers: Vec<Process>,
    projector: Process,
    nats: Cluster,
    postgres: postgres::Server,
    /// From each nats-server to each other one.
    roads: HashMap<(usize, usize), Wire>,
    /// Where the tables are, by no wire.
    tables: String,
    folder: TempDir,
    load: Arc<Load>,
    rng: Rng,
    seed: u64,
    _turn: OwnedMutexGuard<()>,
}

impl Site {
    /// A site with a log on so many nats-servers, and a programme. `None` where a server cannot be had; why is printed.
    async fn start(what: &str, nats: usize, seed: u64) -> Option<Site> {
        let turn = Arc::clone(&TURN).lock_owned().await;
        let (mut rng, mut roads) = (Rng::with_seed(seed), HashMap::new());
        let settings = Settings { sync_always: true, ..Settings::default() };
        let mut road = |from, to, port| {
            let wire = Wire::to(port, &mut rng);
            let here = wire.port();
            roads.insert((from, to), wire);
            here
        };
        let nats = had(what, Cluster::start_along(nats, &settings, &mut road))?;
        let postgres = postgres::Server::start()?;
        let (tables, folder) = (postgres.database(), tempfile::tempdir().unwrap());
        let (data, log, replicas) =
            (folder.path().to_str().unwrap(), nats.urls().join(","), nats.nodes.len().to_string());
        ran(&["init", "--data", data, "--log", &log, "--replicas", &replicas]);
        let load = Load::of(data, 400);
        let mut process = |call| Process::start(call, folder.path(), &nats, &tables, &mut rng);
        let projector = process(&["project"]);
        let servers = vec![process(&["serve", "--no-projector"]), process(&["serve", "--no-projector"])];
        let site = Site { servers, projector, nats, postgres, roads, tables, folder, load, rng, seed, _turn: turn };
        site.load.begin(&site.servers[0].url()).await;
        Some(site)
    }

    /// Where clients go.
    fn urls(&self) -> Vec<String> {
        self.servers.iter().map(Process::url).collect()
    }

    /// Clients at every server, who stay whatever happens.
    fn crowd(&mut self, clients: usize) -> Crowd {
        Crowd::gather(&self.load, &self.urls(), clients, &mut self.rng)
    }

    /// One weather behind the program, on each wire to the log and to the tables; another before it, where clients are.
    fn weather(&self, behind: Weather, before: Weather) {
        for process in self.servers.iter().chain([&self.projector]) {
            process.log.iter().chain([&process.tables]).for_each(|wire| wire.weather(behind));
            process.front.weather(before);
        }
    }

    /// The log as it lies there. A cluster that has just begun again may have nobody yet who answers for it.
    async fn log(&self) -> Vec<raw::Stored> {
        let urls = self.nats.urls();
        let reading = async {
            loop {
                match raw::of_jetstream(&urls, STREAM).await {
                    Ok(log) => return log,
                    Err(_) => sleep(Duration::from_millis(100)).await,
                }
            }
        };
        timeout(PATIENCE, reading).await.expect("the log can be read")
    }

    /// Waits until nobody is in doubt any more, and the rows have reached the log's end.
    async fn rest(&self) {
        self.load.resolve(&self.servers[0].url()).await;
        self.caught_up().await;
    }

    /// Waits until the rows have reached the log's end, seen from the servers themselves.
    async fn caught_up(&self) {
        let nats = async_nats::connect(self.nats.urls()).await.unwrap();
        let context = jetstream::new(nats);
        let reached = async {
            loop {
                let info = context.get_stream(STREAM).await.map(|stream| stream.cached_info().state.last_sequence);
                if let (Ok(head), Ok(position)) = (info, self.position().await)
                    && head == position
                {
                    return;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        if timeout(PATIENCE, reached).await.is_err() {
            panic!("seed {}: the rows do not reach the log's end: {}", self.seed, self.projector.said());
        }
    }

    /// How far the rows have come.
    async fn position(&self) -> Result<u64, sqlx::Error> {
        let mut database = PgConnection::connect(&self.tables).await?;
        let position: i64 =
            sqlx::query_scalar("select position from traccia.installation").fetch_one(&mut database).await?;
        database.close().await?;
        Ok(position.cast_unsigned())
    }

    /// Everything that the checker finds wrong, from the raw log and the raw rows.
    async fn checked(&self) -> Vec<Finding> {
        let rows = Rows::of_database(&self.tables).await.expect("the rows can be read");
        let log = self.log().await;
        let journal = self.load.journal().clone();
        check(&Evidence { log: &log, journal: &journal, rows: Some(&rows) })
    }

    /// Everything that the program itself finds wrong when it folds the log again.
    async fn verified(&self) -> Vec<Finding> {
        let log = Arc::new(JetStreamLog::open(&Options::new(self.nats.urls())).await.expect("the log can be opened"));
        let tables = Tables::open_postgres(self.tables.parse().expect("it is an address"));
        verified(&log, &tables).await
    }

    async fn holds(&self, when: &str) {
        let mut findings = self.checked().await;
        findings.extend(self.verified().await);
        let said = || self.servers.iter().chain([&self.projector]).map(Process::said).collect::<Vec<_>>().join("\n");
        assert!(findings.is_empty(), "seed {}, {when}:\n{}\n{}", self.seed, listed(&findings), said());
    }

    /// Comes to rest, and everything holds: also what is signed.
    async fn ends_well(&self) {
        self.rest().await;
        self.holds("in the end").await;
        let data = self.folder.path().to_str().unwrap();
        let log = self.nats.urls().join(",");
        let verified = ran(&["verify", "--data", data, "--log", &log, "--tables", &self.tables]);
        assert!(verified.contains("every table is what the log says"), "seed {}: {verified}", self.seed);
    }
}
