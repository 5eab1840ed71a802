//! An installation in a temporary folder: embedded, or on servers of its own.

use std::{net::SocketAddr, path::Path, sync::Arc};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    task::JoinHandle,
};
use traccia_application::{Application, Bearer, Scope, SystemClock, token};
use traccia_domain::{Actor, Command, Position, Role, hash::Hex, programme::Definition};
use traccia_log::{
    AnyLog, Log as _,
    jetstream::{self, Options},
    memory::MemoryLog,
    sqlite::SqliteLog,
};
use traccia_projections::Projections;
use traccia_projector::{Forks, Projector, Reading, Status, Tables};
use traccia_synthetic::Network;
use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
    postgres,
};
use traccia_vault::Vault;
use traccia_web::{App, Limits, Parts, Remembered, Room, Traccia};

/// An installation whose read models nobody writes yet.
pub struct Installation {
    pub folder: TempDir,
    pub log: Arc<AnyLog>,
    pub vault: Vault,
    pub tables: Tables,
    pub application: Arc<Traccia>,
    pub network: Network,
    /// Where the log is, when it is on a server.
    pub nats: Option<Node>,
    /// Where the tables are, when they are on a server.
    _postgres: Option<postgres::Server>,
}

/// Who does everything here.
pub fn admin() -> Bearer {
    Bearer { actor: Actor { subject: "bench".into(), role: Role::Admin }, scope: Scope::default() }
}

/// When a nats-server syncs, and whether that is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// Before it answers: what waits is sent together.
    Always,
    /// The same, and nobody named the address that tells: every commit is sent by itself.
    Unseen,
    /// Every two minutes.
    ByDefault,
}

impl Installation {
    /// An embedded installation with the programme of Lombardia and its network.
    pub async fn embedded() -> Installation {
        let folder = tempfile::tempdir().expect("a folder");
        let log = AnyLog::Sqlite(SqliteLog::open(&folder.path().join("log.db")).await.expect("a log"));
        let tables = Tables::open_sqlite(folder.path().join("tables.db"));
        Installation::on(folder, log, tables).await
    }

    /// The same with a log that stores nothing.
    pub async fn in_memory() -> Installation {
        let folder = tempfile::tempdir().expect("a folder");
        let tables = Tables::open_sqlite(folder.path().join("tables.db"));
        Installation::on(folder, AnyLog::Memory(MemoryLog::default()), tables).await
    }

    /// The same on a nats-server and a PostgreSQL of its own. `None` where one of them cannot be had; why is printed.
    pub async fn production(sync: Sync) -> Option<Installation> {
        let settings = Settings { sync_always: sync != Sync::ByDefault, ..Settings::default() };
        let nats = had("the figures on JetStream", Node::start(&settings))?;
        let postgres = postgres::Server::start()?;
        let monitoring = if sync == Sync::Unseen { Vec::new() } else { vec![nats.monitoring()] };
        let options = Options { monitoring, ..Options::new([nats.url()]) };
        let log = jetstream::create(&options, 1).await.expect("a log");
        let tables = Tables::open_postgres(postgres.database().parse().expect("an address"));
        let folder = tempfile::tempdir().expect("a folder");
        let on_servers = Installation::on(folder, AnyLog::JetStream(log), tables).await;
        Some(Installation { nats: Some(nats), _postgres: Some(postgres), ..on_servers })
    }

    async fn on(folder: TempDir, log: AnyLog, tables: Tables) -> Installation {
        let vault = Vault::open(folder.path()).await.expect("a vault");
        let log = Arc::new(log);
        traccia_log::start(&*log, Hex([1; 16]), Timestamp::now()).await.expect("a started log");
        let application = Application::new(
            log.clone(),
            vault.record_keys(),
            Remembered(tables.clone()),
            vault.secrets().fingerprint().clone(),
            Arc::new(SystemClock),
        );
        let programme = programme();
        let definition: Definition = serde_json::from_value(programme.clone()).expect("a programme");
        let network = Network::new(&definition, programme, &mut fastrand::Rng::with_seed(1));
        for (name, data) in network.commands() {
            let command: Command = traccia_web::read_command(name, data.to_string().as_bytes()).expect("a command");
            application.carry_out(&admin(), None, command).await.expect("it is carried out");
        }
        let application = Arc::new(application);
        Installation { folder, log, vault, tables, application, network, nats: None, _postgres: None }
    }

    /// What serves requests, on a free port; it ends with the runtime.
    pub async fn serve(&self, status: watch::Receiver<Status>) -> SocketAddr {
        self.serve_with(status, Forks::nowhere()).await
    }

    /// The same, with copies of a fold that follows.
    pub async fn serve_with(&self, status: watch::Receiver<Status>, forks: Forks<Projections>) -> SocketAddr {
        let app = App::new(Parts {
            application: self.application.clone(),
            tables: self.tables.clone(),
            status,
            forks,
            room: watch::channel(Room::default()).1,
            ledger: None,
            tokens: self.vault.secrets().token().clone(),
            imports: self.folder.path().to_path_buf(),
            metrics: traccia_web::metrics_recorder().expect("metrics"),
            limits: Limits::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let routes = traccia_web::router(app).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        address
    }

    /// A token that may do everything.
    pub fn token(&self) -> String {
        token::issue(self.vault.secrets().token(), &admin(), 1).expect("a token")
    }

    /// Follows the log into the tables, in a task of its own, from when the tables have reached the log's end.
    pub async fn follow(&self) -> Following {
        let projector =
            Projector::<Projections, _>::open(self.log.clone(), self.tables.clone()).await.expect("a projector");
        let (status, forks) = (projector.status(), projector.forks());
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            projector.run(async { drop(stopped.await) }).await.expect("it ends well");
        });
        let head = self.log.head().await.expect("a head");
        self.reached(head).await;
        Following { status, forks, stop, task }
    }

    /// Waits until reads show a position.
    pub async fn reached(&self, position: Position) {
        let wait = std::time::Duration::from_secs(3_600);
        let reading = Reading { min_position: Some(position), wait, ..Reading::default() };
        self.tables.view_at(reading).await.expect("the read models follow");
    }
}

/// A projector that runs.
pub struct Following {
    pub status: watch::Receiver<Status>,
    pub forks: Forks<Projections>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Following {
    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.expect("it ends");
    }
}

fn programme() -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/programmes/lombardia.toml");
    traccia_synthetic::programme_file(&std::fs::read_to_string(path).expect("the file")).expect("it is TOML")
}
