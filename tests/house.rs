//! An installation in a temporary folder, spoken to as clients do: by requests to its routes.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt as _;
use traccia_application::{Application, Bearer, Clock, Scope, SystemClock, token};
use traccia_domain::{Actor, Role, hash::Hex};
use traccia_log::{AnyLog, Log as _, sqlite::SqliteLog};
use traccia_projections::Projections;
use traccia_projector::{Projector, Reading, Tables};
use traccia_vault::Vault;
use traccia_web::{App, Limits, Parts, Remembered, Room, Traccia};

use crate::ledger::Signing;

/// A running installation; it ends with the value.
pub struct House {
    // Dropped first: the folder is free for others then.
    pub signing: Signing,
    pub folder: TempDir,
    pub log: Arc<AnyLog>,
    pub tables: Tables,
    pub routes: Router,
    vault: Vault,
    _stop: watch::Sender<()>,
}

/// So many days from now.
struct Later(i64);

impl Clock for Later {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_hours(24 * self.0)
    }

    fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }
}

/// An answer: its status, and its body as JSON where it is.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub text: String,
    pub body: Value,
}

impl House {
    /// Starts an empty installation.
    pub async fn start() -> House {
        House::open(tempfile::tempdir().unwrap()).await
    }

    /// Starts an installation in a folder.
    pub async fn open(folder: TempDir) -> House {
        let vault = Vault::open(folder.path()).await.unwrap();
        let log = Arc::new(AnyLog::Sqlite(SqliteLog::open(&folder.path().join("log.db")).await.unwrap()));
        let epoch = traccia_log::start(&*log, Hex([7; 16]), Timestamp::now()).await.unwrap();
        let signing = Signing::start(log.clone(), epoch, folder.path(), vault.secrets());
        let tables = Tables::open_sqlite(folder.path().join("tables.db"));
        let projector = Projector::<Projections, _>::open(log.clone(), tables.clone()).await.unwrap();
        let (status, forks) = (projector.status(), projector.forks());
        let (stop, mut stopped) = watch::channel(());
        tokio::spawn(projector.run(async move { drop(stopped.changed().await) }));
        let remembered = Remembered(tables.clone());
        let application = Application::new(
            log.clone(),
            vault.record_keys(),
            remembered,
            vault.secrets().fingerprint().clone(),
            Arc::new(SystemClock),
        );
        let app = App::new(Parts {
            application: Arc::new(application),
            tables: tables.clone(),
            status,
            forks,
            room: watch::channel(Room::default()).1,
            ledger: Some(signing.ledger.clone()),
            tokens: vault.secrets().token().clone(),
            imports: folder.path().to_path_buf(),
            metrics: traccia_web::metrics_recorder().unwrap(),
            limits: Limits::default(),
        });
        House { signing, folder, log, tables, routes: traccia_web::router(app), vault, _stop: stop }
    }

    /// What carries out commands, so many days from now.
    pub async fn in_days(&self, days: i64) -> Traccia {
        let vault = Vault::open(self.folder.path()).await.unwrap();
        let remembered = Remembered(self.tables.clone());
        let fingerprints = vault.secrets().fingerprint().clone();
        Application::new(self.log.clone(), vault.record_keys(), remembered, fingerprints, Arc::new(Later(days)))
    }

    /// A token for a role, limited to a programme, a project or a point by `"programme:lombardia"` and the like.
    pub fn token(&self, role: Role, limits: &[&str]) -> String {
        self.named(&format!("{role:?}").to_lowercase(), role, limits)
    }

    /// The same for somebody by name, where it matters who of a role it is.
    pub fn named(&self, subject: &str, role: Role, limits: &[&str]) -> String {
        let mut scope = Scope::default();
        for limit in limits {
            match limit.split_once(':').unwrap() {
                ("programme", id) => scope.programmes.push(id.parse().unwrap()),
                ("project", id) => scope.projects.push(id.parse().unwrap()),
                ("point", id) => scope.points.push(id.parse().unwrap()),
                (other, _) => panic!("{other} limits nothing"),
            }
        }
        let actor = Actor { subject: subject.to_owned(), role };
        token::issue(self.vault.secrets().token(), &Bearer { actor, scope }, 1).unwrap()
    }

    /// A token that may do everything.
    pub fn admin(&self) -> String {
        self.token(Role::Admin, &[])
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        // Tiles are no text, and nobody looks at theirs.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    /// Sends a command under a token.
    pub async fn command(&self, token: &str, name: &str, body: Value) -> Answer {
        self.send(post(&format!("/v1/commands/{name}"), token).body(Body::from(body.to_string())).unwrap()).await
    }

    /// Sends a command as an admin; it must be carried out.
    pub async fn done(&self, name: &str, body: Value) -> Value {
        let answer = self.command(&self.admin(), name, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text);
        answer.body
    }

    /// Reads a path under a token.
    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(
            Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap(),
        )
        .await
    }

    /// Reads a path as an admin, once the read models have everything; it must be answered.
    pub async fn read(&self, path: &str) -> Value {
        self.caught_up().await;
        let answer = self.get(&self.admin(), path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.body
    }

    /// Waits until the read models have everything.
    pub async fn caught_up(&self) {
        let head = self.log.head().await.unwrap();
        let reading = Reading { min_position: Some(head), wait: Duration::from_secs(60), ..Reading::default() };
        self.tables.view_at(reading).await.unwrap();
    }
}

/// A POST under a token.
pub fn post(path: &str, token: &str) -> axum::http::request::Builder {
    Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
}

/// A programme file of `schemas/programmes` as JSON.
pub fn programme(name: &str) -> Value {
    let path = format!("{}/../schemas/programmes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    traccia_synthetic::programme_file(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A project of Lombardia in Milan, approved.
pub async fn project(house: &House) {
    house.done("DefineProgramme", programme("lombardia")).await;
    let application = json!({
        "project": "rete-milano", "programme": "lombardia", "name": "Rete Milano", "lead": {"name": "Comune capofila"},
        "award": "440059.10", "targets": {"points": 10, "citizens": 8055, "services": 12000}, "provinces": ["MI"],
        "starts": "2023-03-01", "ends": "2025-12-31",
    });
    house.done("SubmitApplication", application).await;
    house
        .done("ApproveApplication", json!({"project": "rete-milano", "act": "D.d.u.o. 1/2023", "on": "2023-02-15"}))
        .await;
}

/// The body of `OpenPoint` for a point of that project.
pub fn point(id: &str) -> Value {
    json!({
        "point": id, "project": "rete-milano", "name": format!("Punto {id}"), "kind": "fixed", "province": "MI",
        "municipality": "Milano", "opened_on": "2023-04-01", "weekly_hours": 24, "workstations": 2,
        "megabits_per_second": 100, "services": ["individual_facilitation", "group_facilitation"],
    })
}

/// The body of `EnrolFacilitator` for somebody at points of that project.
pub fn facilitator(id: &str, points: &[&str]) -> Value {
    json!({"facilitator": id, "project": "rete-milano", "role": "facilitator", "points": points, "from": "2023-04-01"})
}

/// An approved project with one open point and its facilitator.
pub async fn network(house: &House) {
    project(house).await;
    house.done("OpenPoint", point("mi-0001")).await;
    house.done("EnrolFacilitator", facilitator("anna", &["mi-0001"])).await;
}

/// The body of `RecordService` for a citizen at that point.
pub fn service(citizen: &str, on: &str) -> Value {
    json!({
        "citizen": citizen, "point": "mi-0001", "facilitator": "anna", "occurred_on": on, "minutes": 30,
        "kind": "individual_facilitation",
    })
}

/// Registers the holder of an identity card; the record's id.
pub async fn citizen(house: &House, number: &str) -> String {
    let body = json!({"documents": [{"kind": "identity_card", "number": number}], "profile": {"birth_year": 1950}});
    house.done("RegisterCitizen", body).await["id"].as_str().unwrap().to_owned()
}
