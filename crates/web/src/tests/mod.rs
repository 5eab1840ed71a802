//! The whole of HTTP over a log in memory and tables in a file, without a socket.

mod asking;
mod comparing;
mod description;
mod expenses;
mod exports;
mod foreseeing;
mod health;
mod impact;
mod importing;
mod ledger;
mod looking;
mod pages;
mod paying;
mod reading;
mod redistributing;
mod reports;
mod rights;
mod schema;
mod trail;
mod writing;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, request},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;
use traccia_application::{Application, Bearer, Scope, SystemClock, token};
use traccia_domain::{Actor, Role, hash::Hex};
use traccia_ledger::{Folder, Follower};
use traccia_log::{AnyLog, Epoch, MemoryLog};
use traccia_projections::Projections;
use traccia_projector::{Projector, Tables};
use traccia_vault::Vault;

use crate::{App, Limits, Parts, Remembered, Room, metrics_recorder, router};

/// What the log of these tests is called.
const EPOCH: Epoch = Hex([7; 16]);

/// A server without a socket. Its projector follows until the test is over.
struct Server {
    app: App,
    router: Router,
    vault: Vault,
    _dir: TempDir,
}

/// An answer, read to its end.
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answered {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of a problem, or nothing.
    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Server {
    async fn start() -> Server {
        Server::with(Limits::default()).await
    }

    async fn with(limits: Limits) -> Server {
        let dir = tempfile::tempdir().unwrap();
        let log = Arc::new(AnyLog::from(MemoryLog::default()));
        traccia_log::start(&*log, EPOCH, Timestamp::UNIX_EPOCH).await.unwrap();
        let tables = Tables::open_sqlite(dir.path().join("tables.db"));
        let projector = Projector::<Projections, _>::open(log.clone(), tables.clone()).await.unwrap();
        let (status, forks) = (projector.status(), projector.forks());
        tokio::spawn(projector.run(std::future::pending()));
        let vault = Vault::open(dir.path()).await.unwrap();
        let ledger = Folder::new(dir.path().join("ledger"));
        let follower = Follower::new(log.clone(), EPOCH, ledger, vault.secrets().ledger()).unwrap();
        let ledger = follower.ledger();
        tokio::spawn(follower.run(std::future::pending()));
        let application = Application::new(
            log,
            vault.record_keys(),
            Remembered(tables.clone()),
            vault.secrets().fingerprint().clone(),
            Arc::new(SystemClock),
        );
        let app = App::new(Parts {
            application: Arc::new(application),
            tables,
            status,
            forks,
            room: tokio::sync::watch::channel(Room::default()).1,
            ledger: Some(ledger),
            tokens: vault.secrets().token().clone(),
            imports: dir.path().to_path_buf(),
            metrics: metrics_recorder().unwrap(),
            limits,
        });
        Server { router: router(app.clone()), app, vault, _dir: dir }
    }

    fn token(&self, role: Role, scope: Scope) -> String {
        let who = Bearer { actor: Actor { subject: format!("{role:?}").to_lowercase(), role }, scope };
        token::issue(self.vault.secrets().token(), &who, 1).unwrap()
    }

    fn admin(&self) -> String {
        self.token(Role::Admin, Scope::default())
    }

    fn auditor(&self) -> String {
        self.token(Role::Auditor, Scope::default())
    }

    async fn send(&self, request: request::Builder, body: impl Into<Body>) -> Answered {
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
        Answered { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str, token: &str) -> Answered {
        self.send(Request::get(path).header("authorization", format!("Bearer {token}")), Body::empty()).await
    }

    async fn post(&self, path: &str, token: &str, body: impl Into<Body>) -> Answered {
        self.send(Request::post(path).header("authorization", format!("Bearer {token}")), body).await
    }

    /// Carries out a command that nothing speaks against.
    async fn command(&self, name: &str, body: Value) -> Value {
        let answered = self.post(&format!("/v1/commands/{name}"), &self.admin(), body.to_string()).await;
        assert_eq!(answered.status, StatusCode::OK, "{name}: {}", answered.text());
        answered.json()
    }

    /// A programme with two provinces, an approved project, a point in each province with a facilitator.
    async fn set_up(&self) {
        self.command("DefineProgramme", programme()).await;
        let application = json!({
            "project": "j", "programme": "p", "name": "Progetto", "lead": {"name": "Comune"}, "award": "1000.00",
            "targets": {"points": 2, "citizens": 100, "services": 150}, "provinces": ["MI", "VA"],
            "starts": "2024-01-01", "ends": "2025-12-31",
        });
        self.command("SubmitApplication", application).await;
        self.command("ApproveApplication", json!({"project": "j", "act": "DGR 1", "on": "2024-01-02"})).await;
        for (point, province, facilitator) in [("mi-1", "MI", "f-1"), ("va-1", "VA", "f-2")] {
            self.command("OpenPoint", open_point(point, province)).await;
            let enrol = json!({"facilitator": facilitator, "project": "j", "role": "facilitator", "points": [point], "from": "2024-01-10"});
            self.command("EnrolFacilitator", enrol).await;
        }
    }

    /// Registers a citizen and records a service; returns the record, the service and the position.
    async fn serve(&self, document: &str, point: &str, on: &str) -> (String, String, u64) {
        let citizen = self.register(document).await;
        let done = self.command("RecordService", service(&citizen, point, on)).await;
        (citizen, done["id"].as_str().unwrap().to_owned(), done["position"].as_u64().unwrap())
    }

    async fn register(&self, document: &str) -> String {
        let done =
            self.command("RegisterCitizen", json!({"documents": [{"kind": "passport", "number": document}]})).await;
        done["id"].as_str().unwrap().to_owned()
    }
}

fn service(citizen: &str, point: &str, on: &str) -> Value {
    let facilitator = if point == "mi-1" { "f-1" } else { "f-2" };
    json!({
        "citizen": citizen, "point": point, "facilitator": facilitator, "occurred_on": on, "minutes": 30,
        "kind": "individual_facilitation",
    })
}

fn open_point(point: &str, province: &str) -> Value {
    json!({
        "point": point, "project": "j", "name": format!("Punto {point}"), "kind": "fixed", "province": province,
        "municipality": "Comune", "opened_on": "2024-01-10", "weekly_hours": 24, "days_per_week": 6,
        "workstations": 2, "megabits_per_second": 100, "services": ["individual_facilitation"],
    })
}

fn programme() -> Value {
    let province = |code: &str, istat: &str, name: &str| json!({"code": code, "istat": istat, "name": name, "citizens": 50, "award": "500.00", "points": 1, "services": 75});
    json!({
        "id": "p", "name": "Programma di prova", "measure": "M1C1-1.7.2", "region": {"istat": "03", "name": "Lombardia"},
        "award": "1000.01", "currency": "EUR", "starts": "2024-01-01", "ends": "2025-12-31",
        "targets": {"points": 2, "citizens": 100, "services": 150},
        "expense_caps": [{"item": "training", "share": "0.90"}, {"item": "equipment", "share": "0.05", "measure_share": "0.15"}],
        "milestones": [{"id": "M1", "deadline": "2024-12-31", "points_share": "0.75", "citizens_share": "0.25"}],
        "monitoring_targets": [{"by": "2024-12-31", "citizens": 20, "services": 30}],
        "tranches": [{"id": "T1", "share": "0.10", "trigger": "approval"}, {"id": "T2", "share": "0.90", "trigger": "M1"}],
        "provinces": [province("MI", "015", "Milano"), province("VA", "012", "Varese")],
    })
}
