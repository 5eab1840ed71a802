//! An installation in a temporary folder, and histories put straight into its log.

use std::{net::SocketAddr, path::Path, sync::Arc};

use jiff::{Timestamp, ToSpan as _, civil::date};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch};
use traccia_application::{Application, Bearer, Scope, SystemClock, token};
use traccia_domain::{
    Actor, Command, Commit, Event, Hash, Role, ServiceId, StreamId, StreamKind,
    document::{DocumentKind, KeyVersion},
    hash::{Hex, ShortHash},
    programme::Definition,
    record::{RecordRegistered, SealedProfile},
    service::{ServiceKind, ServiceRecorded},
};
use traccia_log::{AnyLog, Log as _, sqlite::SqliteLog};
use traccia_projector::{Status, Tables};
use traccia_synthetic::Network;
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
}

/// Who does everything here.
pub fn admin() -> Bearer {
    Bearer { actor: Actor { subject: "bench".into(), role: Role::Admin }, scope: Scope::default() }
}

impl Installation {
    /// An embedded installation with the programme of Lombardia and its network.
    pub async fn new() -> Installation {
        let folder = tempfile::tempdir().expect("a folder");
        let log = AnyLog::Sqlite(SqliteLog::open(&folder.path().join("log.db")).await.expect("a log"));
        let tables = Tables::open_sqlite(folder.path().join("tables.db"));
        Installation::on(folder, log, tables).await
    }

    /// The same on an empty log, with tables that are empty too.
    pub async fn on(folder: TempDir, log: AnyLog, tables: Tables) -> Installation {
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
        Installation { folder, log, vault, tables, application: Arc::new(application), network }
    }

    /// Appends registrations of so many persons; their records.
    pub async fn register(&self, persons: u64) -> Vec<ShortHash> {
        let mut random = fastrand::Rng::with_seed(4);
        let records: Vec<ShortHash> = (0..persons).map(|_| Hex(random.u128(..).to_be_bytes())).collect();
        for some in records.chunks(4_000) {
            let batch: Vec<_> = some.iter().map(|record| (registered(*record), None)).collect();
            for stored in self.log.append_many(&batch).await {
                stored.expect("it is stored");
            }
        }
        records
    }

    /// What serves requests, on a free port; it ends with the runtime.
    pub async fn serve(&self, status: watch::Receiver<Status>) -> SocketAddr {
        let app = App::new(Parts {
            application: self.application.clone(),
            tables: self.tables.clone(),
            status,
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

    /// Appends registrations and services of invented persons: two registrations for every three services.
    pub async fn fill(&self, commits: u64) {
        let points: Vec<(String, String)> = self.network.places().map(|(p, f)| (p.to_owned(), f.to_owned())).collect();
        let mut random = fastrand::Rng::with_seed(2);
        let (mut records, mut batch) = (Vec::new(), Vec::with_capacity(4_000));
        for number in 0..commits {
            let commit = if records.is_empty() || number % 5 < 2 {
                let record = Hex(random.u128(..).to_be_bytes());
                records.push(record);
                registered(record)
            } else {
                let record =
                    if number % 5 == 2 { records[records.len() - 1] } else { records[random.usize(0..records.len())] };
                let (point, facilitator) = &points[random.usize(0..points.len())];
                served(record, point, facilitator, random.i32(0..700), &mut random)
            };
            batch.push((commit, None));
            if batch.len() == 4_000 || number + 1 == commits {
                for stored in self.log.append_many(&batch).await {
                    stored.expect("it is stored");
                }
                batch.clear();
            }
        }
    }
}

fn registered(record: ShortHash) -> Commit {
    let profile = Some(SealedProfile("5a".repeat(120)));
    let event = RecordRegistered { document: DocumentKind::FiscalCode, key_version: KeyVersion(1), profile };
    commit(StreamId::new(StreamKind::Record, record), event.into())
}

fn served(record: ShortHash, point: &str, facilitator: &str, day: i32, random: &mut fastrand::Rng) -> Commit {
    let event = ServiceRecorded {
        record: traccia_domain::RecordId(record),
        point: point.parse().expect("an id"),
        facilitator: facilitator.parse().expect("an id"),
        supported_by: None,
        occurred_on: date(2024, 1, 15).saturating_add(day.days()),
        start_time: None,
        minutes: 30,
        kind: ServiceKind::ALL[random.usize(0..6)],
        age: Some(random.u8(14..90)),
        mode: None,
        competences: vec![random.u8(1..=13)],
        domains: vec!['A'],
        questionnaire: None,
        refers_to: None,
    };
    let service = ServiceId(Hex(random.u128(..).to_be_bytes()));
    commit(StreamId::new(StreamKind::Service, service), event.into())
}

fn commit(stream: StreamId, event: Event) -> Commit {
    Commit {
        command: ShortHash::of_parts([stream.as_str().as_bytes()]),
        stream,
        first: 1,
        body: Hex([3; 16]),
        prev: Hash::ZERO,
        recorded_at: Timestamp::now(),
        actor: Actor { subject: "bench".into(), role: Role::Facilitator },
        events: vec![event],
    }
}

fn programme() -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/programmes/lombardia.toml");
    traccia_synthetic::programme_file(&std::fs::read_to_string(path).expect("the file")).expect("it is TOML")
}
