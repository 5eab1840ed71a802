//! A small programme on a log in memory: one project, one point, one facilitator.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use futures::StreamExt as _;
use serde_json::json;
use traccia_application::{
    Answers, Application, Bearer, Desk, Earlier, Figures, PortError, RecordKey, RecordKeys, Scope, SystemClock,
};
use traccia_domain::{
    Actor, Command, Position, RecordId, Role,
    document::{FingerprintKey, KeyVersion},
    hash::ShortHash,
};
use traccia_log::{Log as _, memory::MemoryLog};

use crate::{ImportError, Options, PointNames, Progress, RejectedRows, Report, Source, spool::Spool};

#[derive(Default)]
pub(super) struct Keys(Mutex<HashMap<RecordId, Option<RecordKey>>>);

impl RecordKeys for Keys {
    async fn obtain(&self, records: &[RecordId]) -> Result<Vec<Option<RecordKey>>, PortError> {
        let mut keys = self.0.lock().unwrap();
        Ok(records.iter().map(|record| keys.entry(*record).or_insert(Some(RecordKey([7; 32]))).clone()).collect())
    }

    async fn destroy(&self, records: &[RecordId]) -> Result<(), PortError> {
        self.0.lock().unwrap().extend(records.iter().map(|record| (*record, None)));
        Ok(())
    }

    async fn find(&self, record: RecordId) -> Result<Option<RecordKey>, PortError> {
        Ok(self.0.lock().unwrap().get(&record).cloned().flatten())
    }
}

pub(super) struct NoAnswers;

impl Figures for NoAnswers {}

impl Answers for NoAnswers {
    async fn find(&self, _: ShortHash) -> Result<Option<Earlier>, PortError> {
        Ok(None)
    }
}

pub(super) struct Programme {
    pub(super) app: Application<MemoryLog, Keys, NoAnswers>,
    pub(super) who: Bearer,
}

/// What an import gave back.
pub(super) struct Outcome {
    pub(super) result: Result<Report, ImportError>,
    pub(super) rejected: String,
    pub(super) progress: Vec<Progress>,
}

impl Programme {
    pub(super) async fn new() -> Programme {
        let key = FingerprintKey::new(KeyVersion(1), &[1; 32]);
        let app =
            Application::new(Arc::new(MemoryLog::default()), Keys::default(), NoAnswers, key, Arc::new(SystemClock));
        let who = Bearer { actor: Actor { subject: "prova".to_owned(), role: Role::Admin }, scope: Scope::default() };
        let programme = Programme { app, who };
        for command in setup() {
            programme.app.carry_out(&programme.who, None, command).await.unwrap();
        }
        programme
    }

    pub(super) fn desk(&self) -> Desk<'_, MemoryLog, Keys, NoAnswers> {
        self.app.desk(&self.who)
    }

    pub(super) async fn import(&self, content: &[u8], options: Options) -> Outcome {
        let mut spool = Spool::default();
        spool.write(content).unwrap();
        let source = Source::Spooled(spool.finish().unwrap());
        let (mut out, mut progress) = (Vec::new(), Vec::new());
        let mut rejected = RejectedRows::new(&mut out).unwrap();
        let mut desk = self.desk();
        let running = crate::run(&mut desk, &source, &options, &mut rejected, |now| progress.push(now));
        let result = on_any_thread(running).await;
        drop(rejected);
        Outcome { result, rejected: String::from_utf8(out).unwrap(), progress }
    }

    pub(super) async fn head(&self) -> Position {
        self.app.log().head().await.unwrap()
    }

    /// A commit as the log stores it.
    pub(super) async fn stored(&self, position: u64) -> String {
        let mut chunks = self.app.log().read(Position(position - 1));
        format!("{:?}", chunks.next().await.unwrap().unwrap())
    }

    pub(super) fn points() -> Arc<PointNames> {
        Arc::new(PointNames::new([("Punto Milano 1".to_owned(), "mi-001".parse().unwrap())]))
    }
}

/// A server moves an import between its threads.
fn on_any_thread<F: Future + Send>(future: F) -> F {
    future
}

fn setup() -> Vec<Command> {
    let commands = [
        (
            "DefineProgramme",
            json!({"id": "prova", "name": "Prova", "measure": "M1C1-1.7.2",
            "region": {"istat": "03", "name": "Lombardia"}, "award": "1000.00", "currency": "EUR",
            "starts": "2023-01-01", "ends": "2026-06-30",
            "targets": {"points": 1, "citizens": 10, "services": 20}}),
        ),
        (
            "SubmitApplication",
            json!({"project": "prova-mi", "programme": "prova", "name": "Rete Milano",
            "lead": {"name": "Capofila"}, "award": "1000.00", "targets": {"points": 1, "citizens": 10, "services": 20},
            "provinces": ["MI"], "starts": "2023-03-01", "ends": "2025-12-31"}),
        ),
        ("ApproveApplication", json!({"project": "prova-mi", "act": "D.d.u.o. 1/2023", "on": "2023-02-15"})),
        (
            "OpenPoint",
            json!({"point": "mi-001", "project": "prova-mi", "name": "Punto Milano 1", "kind": "fixed",
            "province": "MI", "municipality": "Milano", "opened_on": "2023-03-01", "weekly_hours": 24,
            "workstations": 2, "megabits_per_second": 30, "services": ["individual_facilitation"]}),
        ),
        (
            "EnrolFacilitator",
            json!({"facilitator": "f-mi-1", "project": "prova-mi", "role": "facilitator",
            "points": ["mi-001"], "from": "2023-03-01"}),
        ),
    ];
    commands.into_iter().map(|(name, body)| Command::read(name, body).unwrap().unwrap()).collect()
}
