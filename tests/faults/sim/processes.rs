//! The processes of an installation, over simulated log, tables and keys: several that take commands, and one or two that
//! project.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil::Date};
use tokio::time;
use traccia_application::{
    Answers, Application, Bearer, Clock, Done, Earlier, Failure, Figures, IdempotencyKey, PortError, RecordKey,
    RecordKeys, Scope,
};
use traccia_domain::{
    Actor, Command, Position, RecordId, Role,
    document::{FingerprintKey, KeyVersion},
    hash::ShortHash,
};
use traccia_projections::{Projections, trail::tables::TRAIL};
use traccia_projector::{
    Projector, ProjectorError, Tables,
    memory::{MemoryTables, Place, Weather as _},
};

use super::{
    chaos::{Chaos, Spot},
    log::SimLog,
    watched::Watched,
};
use crate::faults::journal::Answer;

/// Keys of records, in a vault of their own. Clones share it.
#[derive(Clone, Debug)]
pub struct SimKeys {
    keys: Arc<Mutex<HashMap<RecordId, Option<RecordKey>>>>,
    pub chaos: Arc<Chaos>,
}

impl SimKeys {
    pub fn new() -> SimKeys {
        SimKeys { keys: Arc::default(), chaos: Arc::new(Chaos::calm()) }
    }

    async fn reached(&self) -> Result<(), PortError> {
        self.chaos.pass(Spot::Keys).await;
        if self.chaos.strikes(self.chaos.rates.away / 4.0) { Err("the vault is away".into()) } else { Ok(()) }
    }
}

impl RecordKeys for SimKeys {
    async fn obtain(&self, records: &[RecordId]) -> Result<Vec<Option<RecordKey>>, PortError> {
        self.reached().await?;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.iter().map(|record| keys.entry(*record).or_insert(Some(RecordKey([9; 32]))).clone()).collect())
    }

    async fn destroy(&self, records: &[RecordId]) -> Result<(), PortError> {
        self.reached().await?;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.extend(records.iter().map(|record| (*record, None)));
        Ok(())
    }

    async fn find(&self, record: RecordId) -> Result<Option<RecordKey>, PortError> {
        self.reached().await?;
        Ok(self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&record).cloned().flatten())
    }
}

/// What was answered before, from the trail in the tables, which may be behind.
#[derive(Clone, Debug)]
pub struct SimAnswers {
    tables: MemoryTables,
    chaos: Arc<Chaos>,
}

impl Figures for SimAnswers {}

impl Answers for SimAnswers {
    async fn find(&self, command: ShortHash) -> Result<Option<Earlier>, PortError> {
        self.chaos.at(Place::Reading).await?;
        let mut lead = [0; 8];
        lead.copy_from_slice(&command.0[..8]);
        let wanted = i64::from_be_bytes(lead);
        let column = 2 + TRAIL.columns.iter().position(|column| column.name == "command").unwrap();
        let rows = self.tables.rows(&TRAIL);
        let found = rows.iter().find(|row| row.integer(column) == wanted);
        Ok(found.map(|row| Earlier { position: Position(row.integer(0).cast_unsigned()) }))
    }
}

/// A clock that is set an hour forward or back at any time.
#[derive(Debug)]
struct SimClock(Arc<Chaos>);

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let noon: Timestamp = "2024-06-30T10:00:00Z".parse().unwrap();
        let off = self.0.draw(|rng| rng.i64(-3_600..3_600)).unwrap_or(0);
        noon + SignedDuration::from_secs(off)
    }

    fn today(&self) -> Date {
        jiff::civil::date(2024, 6, 30)
    }
}

/// A process that takes commands. Killed, it answers nobody any more.
pub struct Api {
    application: Application<SimLog, SimKeys, SimAnswers>,
    killed: Watched<bool>,
}

impl Api {
    pub fn start(log: &SimLog, keys: &SimKeys, tables: &MemoryTables) -> Api {
        let chaos = log.chaos.clone();
        let answers = SimAnswers { tables: tables.clone(), chaos: chaos.clone() };
        let keys = SimKeys { chaos: chaos.clone(), ..keys.clone() };
        let fingerprint = FingerprintKey::new(KeyVersion(1), &[1; 32]);
        let application =
            Application::new(Arc::new(log.clone()), keys, answers, fingerprint, Arc::new(SimClock(chaos)));
        Api { application, killed: Watched::default() }
    }

    pub fn kill(&self) {
        self.killed.set(true);
    }

    /// Carries out a command; `None` when it was killed before it could answer.
    pub async fn carry_out(&self, subject: &str, key: &str, command: Command) -> Option<Answer> {
        let who = Bearer { actor: Actor { subject: subject.into(), role: Role::Admin }, scope: Scope::default() };
        let key: IdempotencyKey = key.parse().unwrap();
        tokio::select! {
            biased;
            _ = self.killed.wait_for(|killed| killed) => None,
            outcome = self.application.carry_out(&who, Some(key), command) => Some(told(outcome)),
        }
    }
}

/// An outcome as a client is told it.
fn told(outcome: Result<Done, Failure>) -> Answer {
    match outcome {
        Ok(done) => Answer::Done {
            position: done.position.0,
            stream: done.stream.to_string(),
            events: done.events.iter().map(ToString::to_string).collect(),
            replayed: done.replayed,
        },
        Err(Failure::Refused { refusal, .. }) => Answer::Refused(format!("{:?}", refusal.code())),
        Err(Failure::Unavailable(_) | Failure::Contended) => Answer::NotWritten,
        Err(Failure::Unknown { .. }) => Answer::Unknown,
        Err(
            failure @ (Failure::Forbidden { .. }
            | Failure::KeyReused
            | Failure::KeyMismatch(_)
            | Failure::TooLong { .. }
            | Failure::Damaged(_)),
        ) => Answer::Alarm(format!("{failure:?}")),
    }
}

/// Why projectors have stopped. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stops {
    /// For the faults that there were.
    pub fair: Arc<Mutex<Vec<String>>>,
    /// For what none of these faults gives reason to.
    pub alarms: Arc<Mutex<Vec<String>>>,
}

/// Projects for ever: whoever runs the program starts it again when it has stopped. It ends with an alarm.
pub async fn project(log: SimLog, tables: MemoryTables, stops: Stops) {
    let tables = Tables::in_memory(tables);
    loop {
        let stopped = match Projector::<Projections, SimLog>::open(Arc::new(log.clone()), tables.clone()).await {
            Ok(projector) => projector.run(std::future::pending()).await.err(),
            Err(error) => Some(error),
        };
        let Some(error) = stopped else { return };
        match error {
            ProjectorError::LogAway(_)
            | ProjectorError::TablesAway(_)
            | ProjectorError::NotWritten { .. }
            | ProjectorError::Fenced { .. }
            | ProjectorError::Gap { .. }
            | ProjectorError::Unreadable { .. } => {}
            ProjectorError::NotStarted
            | ProjectorError::OtherLog { .. }
            | ProjectorError::LogShorter { .. }
            | ProjectorError::OtherHistory { .. }
            | ProjectorError::Busy
            | ProjectorError::NoTables
            | ProjectorError::OtherVersion { .. }
            | ProjectorError::NewerLayout { .. }
            | ProjectorError::NewerTables { .. }
            | ProjectorError::NotYet { .. }
            | ProjectorError::Broken(_) => {
                stops.alarms.lock().unwrap_or_else(PoisonError::into_inner).push(error.to_string());
                return;
            }
        }
        stops.fair.lock().unwrap_or_else(PoisonError::into_inner).push(error.to_string());
        time::sleep(Duration::from_millis(50)).await;
    }
}
