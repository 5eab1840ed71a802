//! A small programme in memory, and everything that can go wrong around it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::{StreamExt as _, future::BoxFuture, stream::BoxStream};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use traccia_domain::{
    Actor, Command, Commit, Event, Position, ProgrammeId, ProjectId, RecordId, Recorded, Role, StreamId,
    document::{Document, DocumentKind, DocumentNumber, FingerprintKey, FingerprintKeys, KeyVersion},
    hash::ShortHash,
    payments::{Batched, PaymentsEvent},
    service::ServiceKind,
    tranche::{MoneyEvent, OpenExposure},
};
use traccia_log::{Chunk, Log, LogError, memory::MemoryLog};

use crate::{
    Answers, Application, Bearer, Clock, Done, Earlier, Failure, Figures, IdempotencyKey, PortError, RecordKey,
    RecordKeys, Row, RowService, Scope,
};

/// Keys of records in memory.
#[derive(Clone, Default)]
pub(crate) struct MemoryKeys {
    keys: Arc<Mutex<HashMap<RecordId, Option<RecordKey>>>>,
    held: Arc<AtomicBool>,
}

impl MemoryKeys {
    /// A key is there as if it had never been destroyed.
    pub(crate) fn put_back(&self, record: RecordId) {
        self.keys.lock().unwrap().insert(record, Some(RecordKey([9; 32])));
    }

    /// Whether nothing can be destroyed for now.
    pub(crate) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
    }
}

impl RecordKeys for MemoryKeys {
    async fn obtain(&self, records: &[RecordId]) -> Result<Vec<Option<RecordKey>>, PortError> {
        let mut keys = self.keys.lock().unwrap();
        Ok(records.iter().map(|record| keys.entry(*record).or_insert(Some(RecordKey([9; 32]))).clone()).collect())
    }

    async fn destroy(&self, records: &[RecordId]) -> Result<(), PortError> {
        if self.held.load(Ordering::SeqCst) {
            return Err("somebody holds the store".into());
        }
        self.keys.lock().unwrap().extend(records.iter().map(|record| (*record, None)));
        Ok(())
    }

    async fn find(&self, record: RecordId) -> Result<Option<RecordKey>, PortError> {
        Ok(self.keys.lock().unwrap().get(&record).cloned().flatten())
    }
}

/// Answers as projections that have seen the whole log would give them.
#[derive(Clone)]
pub(crate) struct AllSeen(pub(crate) MemoryLog);

impl Figures for AllSeen {
    /// Nothing is exposed.
    fn exposures<'a>(&'a self, _: &'a ProjectId, _: Position) -> BoxFuture<'a, Result<Vec<OpenExposure>, PortError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// What was given goes, and comes back when it is given again. There is one programme.
    fn waiting<'a>(&'a self, _: &'a ProgrammeId, at: Position) -> BoxFuture<'a, Result<Vec<Batched>, PortError>> {
        Box::pin(async move {
            let mut waiting = Vec::<Batched>::new();
            for recorded in all(&self.0).await.into_iter().filter(|recorded| recorded.position <= at) {
                let stream = recorded.commit.stream;
                for event in recorded.commit.events {
                    if let Event::Money(MoneyEvent::PaymentOrdered(said)) = event {
                        let (project, tranche) = (stream.id().parse()?, said.tranche);
                        waiting.push(Batched { project, tranche, order: said.order, amount: said.amount });
                    } else if let Event::Money(MoneyEvent::PaymentConfirmed(said)) = event {
                        waiting.retain(|one| one.order != said.order);
                    } else if let Event::Money(MoneyEvent::PaymentFailed(said)) = event {
                        waiting.retain(|one| one.order != said.order);
                    } else if let Event::Payments(PaymentsEvent::BatchClosed(batch)) = event {
                        waiting.retain(|one| !batch.orders.iter().any(|other| other.order == one.order));
                    }
                }
            }
            Ok(waiting)
        })
    }
}

impl Answers for AllSeen {
    async fn find(&self, command: ShortHash) -> Result<Option<Earlier>, PortError> {
        let commits = all(&self.0).await;
        let earlier = commits.iter().find(|recorded| recorded.commit.command == command);
        Ok(earlier.map(|recorded| Earlier { position: recorded.position }))
    }
}

/// Answers as projections that are far behind would give them.
#[derive(Clone)]
pub(crate) struct NoneSeen;

impl Figures for NoneSeen {}

impl Answers for NoneSeen {
    async fn find(&self, _: ShortHash) -> Result<Option<Earlier>, PortError> {
        Ok(None)
    }
}

pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        "2024-06-30T10:00:00Z".parse().unwrap()
    }

    fn today(&self) -> Date {
        "2024-06-30".parse().unwrap()
    }
}

/// What a flaky log does with the next append.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    Works,
    StoresAndLosesTheAnswer,
    LosesTheQuestion,
    IsAway,
    Conflicts,
}

/// A log that fails as it is told to, then works.
pub(crate) struct FlakyLog {
    pub(crate) inner: MemoryLog,
    pub(crate) next: Mutex<VecDeque<Next>>,
    /// How far a load sees that does not go to the leader.
    pub(crate) replica: Mutex<Option<Position>>,
    pub(crate) leader_is_away: AtomicBool,
    /// Another log that was put in its place, for whoever asks for positions.
    pub(crate) replaced: Mutex<Option<MemoryLog>>,
}

impl FlakyLog {
    pub(crate) fn new(inner: MemoryLog) -> FlakyLog {
        FlakyLog {
            inner,
            next: Mutex::default(),
            replica: Mutex::default(),
            leader_is_away: AtomicBool::default(),
            replaced: Mutex::default(),
        }
    }

    fn in_place(&self) -> MemoryLog {
        self.replaced.lock().unwrap().clone().unwrap_or_else(|| self.inner.clone())
    }

    pub(crate) fn will(&self, next: impl IntoIterator<Item = Next>) {
        self.next.lock().unwrap().extend(next);
    }
}

impl Log for FlakyLog {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        // Others get their turn between a decision and its append.
        tokio::task::yield_now().await;
        let next = self.next.lock().unwrap().pop_front().unwrap_or(Next::Works);
        match next {
            Next::Works => self.inner.append(commit, expected).await,
            Next::StoresAndLosesTheAnswer => {
                let _ = self.inner.append(commit, expected).await;
                Err(LogError::Unknown("lost".into()))
            }
            Next::LosesTheQuestion => Err(LogError::Unknown("lost".into())),
            Next::IsAway => Err(LogError::Unavailable("away".into())),
            Next::Conflicts => Err(LogError::Conflict),
        }
    }

    async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        let mut outcomes = Vec::new();
        for (commit, expected) in commits {
            outcomes.push(self.append(commit, *expected).await);
        }
        outcomes
    }

    async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        let replica = self.replica.lock().unwrap().unwrap_or(Position(u64::MAX));
        let mut commits = self.inner.load(stream, after).await?;
        commits.retain(|recorded| recorded.position <= replica);
        Ok(commits)
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        if self.leader_is_away.load(Ordering::SeqCst) {
            return Err(LogError::Unavailable("away".into()));
        }
        self.inner.load(stream, after).await
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        self.in_place().read(after)
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.in_place().head().await
    }
}

pub(crate) type App<L = FlakyLog, A = AllSeen> = Application<L, MemoryKeys, A>;

/// An application on a log that others may share.
pub(crate) fn app(log: &MemoryLog) -> Arc<App> {
    app_with(log, MemoryKeys::default(), AllSeen(log.clone()))
}

pub(crate) fn app_with<A: Answers>(log: &MemoryLog, keys: MemoryKeys, answers: A) -> Arc<App<FlakyLog, A>> {
    app_after(log, 0, keys, answers)
}

/// The same once the fingerprint key was rotated so many times.
pub(crate) fn app_after<A: Answers>(
    log: &MemoryLog,
    rotations: u8,
    keys: MemoryKeys,
    answers: A,
) -> Arc<App<FlakyLog, A>> {
    let drawn = (1..=rotations + 1).map(|n| FingerprintKey::new(KeyVersion(n.into()), &[n; 32]));
    let fingerprint = FingerprintKeys::new(drawn).unwrap();
    let log = Arc::new(FlakyLog::new(log.clone()));
    Arc::new(Application::new(log, keys, answers, fingerprint, Arc::new(FixedClock)))
}

/// Every commit there is.
pub(crate) async fn all(log: &MemoryLog) -> Vec<Recorded> {
    let (mut commits, mut after, head) = (Vec::new(), Position::START, log.head().await.unwrap());
    while after < head {
        let chunk = log.read(after).next().await.unwrap().unwrap();
        commits.extend(chunk.commits().map(Result::unwrap));
        after = commits.last().map(|last: &Recorded| last.position).unwrap();
    }
    commits
}

pub(crate) fn bearer(subject: &str, role: Role) -> Bearer {
    let scope = Scope {
        programmes: vec!["prog".parse().unwrap()],
        projects: vec!["proj".parse().unwrap()],
        points: vec!["point".parse().unwrap()],
    };
    Bearer { actor: Actor { subject: subject.into(), role }, scope }
}

pub(crate) fn admin() -> Bearer {
    Bearer { scope: Scope::default(), ..bearer("root", Role::Admin) }
}

pub(crate) fn key(text: &str) -> Option<IdempotencyKey> {
    Some(text.parse().unwrap())
}

pub(crate) fn command(name: &str, body: Value) -> Command {
    Command::read(name, body).unwrap().unwrap()
}

pub(crate) async fn carry<L: Log, A: Answers>(app: &App<L, A>, name: &str, body: Value) -> Result<Done, Failure> {
    app.carry_out(&admin(), None, command(name, body)).await
}

/// A fiscal code that is nobody's: the textbook one.
pub(crate) const CODE: &str = "RSSMRA80A01H501U";

pub(crate) fn citizen(number: &str) -> Value {
    json!({"documents": [{"kind": "passport", "number": number}], "profile": {"birth_year": 1950}})
}

pub(crate) fn service(citizen: &str) -> Value {
    json!({"citizen": citizen, "point": "point", "facilitator": "fac", "occurred_on": "2024-03-01", "minutes": 30,
        "kind": "individual_facilitation"})
}

/// An expense of that project: half of an invoice over 100 euro.
pub(crate) fn expense(id: &str, invoice: &str) -> Value {
    json!({"project": "proj", "expense": id, "item": "training", "supplier_tax_id": "12345678903", "invoice": invoice,
        "date": "2024-03-01", "amount": "100.00", "share": "0.5"})
}

/// A row of an upload about that point, today.
pub(crate) fn row(kind: DocumentKind, number: &str) -> Row {
    Row {
        key: ShortHash::of_parts([number.as_bytes()]),
        document: Document::new(kind, None, &DocumentNumber(number.into())).unwrap(),
        profile: None,
        service: RowService {
            point: "point".parse().unwrap(),
            facilitator: "fac".parse().unwrap(),
            occurred_on: FixedClock.today(),
            start_time: None,
            minutes: 30,
            kind: ServiceKind::IndividualFacilitation,
            mode: None,
            competences: vec![],
            domains: vec![],
            questionnaire: None,
        },
    }
}

/// The commands that make a programme, an approved project, a point and a facilitator.
pub(crate) fn set_up_commands() -> Vec<(&'static str, Value)> {
    vec![
        (
            "DefineProgramme",
            json!({"id": "prog", "name": "P", "measure": "M1C1-1.7.2", "award": "1000.00",
            "region": {"istat": "03", "name": "R"}, "currency": "EUR", "starts": "2023-01-01", "ends": "2025-12-31",
            "targets": {"points": 1, "citizens": 10, "services": 10},
            "expense_caps": [{"item": "training", "share": "0.90"}]}),
        ),
        (
            "SubmitApplication",
            json!({"project": "proj", "programme": "prog", "name": "N", "lead": {"name": "L"},
            "award": "100.00", "targets": {"points": 1, "citizens": 10, "services": 10}, "provinces": ["MI"],
            "starts": "2023-01-01", "ends": "2025-12-31"}),
        ),
        ("ApproveApplication", json!({"project": "proj", "act": "A", "on": "2023-02-01"})),
        (
            "OpenPoint",
            json!({"point": "point", "project": "proj", "name": "Centro", "kind": "fixed", "province": "MI",
            "municipality": "Milano", "opened_on": "2023-03-01", "weekly_hours": 24, "workstations": 2,
            "megabits_per_second": 30, "services": ["individual_facilitation"]}),
        ),
        (
            "EnrolFacilitator",
            json!({"facilitator": "fac", "project": "proj", "role": "facilitator",
            "points": ["point"], "from": "2023-03-01"}),
        ),
    ]
}

/// A programme that is running.
pub(crate) async fn running(log: &MemoryLog) -> Arc<App> {
    let app = app(log);
    for (name, body) in set_up_commands() {
        carry(&*app, name, body).await.unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
    app
}

/// Registers a citizen by a passport and gives the record.
pub(crate) async fn registered<L: Log, A: Answers>(app: &App<L, A>, number: &str) -> String {
    carry(app, "RegisterCitizen", citizen(number)).await.unwrap().id
}
