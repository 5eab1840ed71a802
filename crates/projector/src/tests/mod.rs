//! The projector with a small projection: a row for each point that holds while it is open, and a fact for each commit.

mod following;
mod forking;
mod reading;
mod rebuilding;
mod refusing;
mod verifying;

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt as _, stream, stream::BoxStream};
use jiff::{Timestamp, civil::date};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, sqlite::SqliteConnectOptions};
use tokio::{sync::oneshot, sync::watch, task::JoinHandle};
use traccia_domain::{
    Actor, Commit, Event, Hash, Position, Recorded, Role, StreamId, StreamKind,
    hash::{Hex, ShortHash},
    point::{PointClosed, PointEvent, PointSuspended},
};
use traccia_log::{Chunk, Log, LogError, memory::MemoryLog};
use traccia_tests::Place;

use crate::{
    At, Changes, Column, Forks, Projection, Projector, ProjectorError, Reading, Shape, Status, Table, Tables, rebuild,
};

pub(super) static POINT: Table = Table {
    name: "point",
    shape: Shape::Versioned,
    columns: &[Column::text("id"), Column::integer("changes"), Column::text("reason").or_null()],
    indexes: &[&["id"]],
};

pub(super) static DEED: Table = Table {
    name: "deed",
    shape: Shape::Appended,
    columns: &[Column::text("recorded_at"), Column::text("event")],
    indexes: &[&["event"]],
};

/// A reason that the fold does not bear.
pub(super) const PANIC: &str = "panic";

/// Points by what was suspended and closed; `V` is its version.
#[derive(Clone, Debug, Default)]
pub(super) struct Small<const V: u32 = 1> {
    /// Key, changes, and whether it has a row.
    points: HashMap<StreamId, (i64, i64, bool)>,
}

impl<const V: u32> Projection for Small<V> {
    const VERSION: u32 = V;

    fn tables() -> Vec<&'static Table> {
        vec![&POINT, &DEED]
    }

    fn apply(&mut self, at: &At<'_>, event: &Event, changes: &mut Changes) {
        changes.append(&DEED, || vec![at.recorded_at.to_string().into(), event.kind().stored.into()]);
        let next = i64::try_from(self.points.len()).unwrap();
        let (key, count, held) = self.points.entry(at.commit.stream.clone()).or_insert((next, 0, false));
        *count += 1;
        let id = at.commit.stream.id();
        match event {
            Event::Point(PointEvent::PointSuspended(suspended)) => {
                assert_ne!(suspended.reason, PANIC);
                let row = || vec![id.to_owned().into(), (*count).into(), suspended.reason.clone().into()];
                if *held {
                    changes.replace(&POINT, *key, row)
                } else {
                    changes.add(&POINT, *key, row)
                }
                *held = true;
            }
            Event::Point(PointEvent::PointClosed(_)) if *held => {
                changes.remove(&POINT, *key);
                *held = false;
            }
            Event::Point(_)
            | Event::Service(_)
            | Event::Record(_)
            | Event::Number(_)
            | Event::Link(_)
            | Event::Facilitator(_)
            | Event::Project(_)
            | Event::Report(_)
            | Event::Milestone(_)
            | Event::Programme(_)
            | Event::Invoice(_)
            | Event::Expense(_)
            | Event::Money(_)
            | Event::Payments(_)
            | Event::Log(_) => {}
        }
    }
}

/// What happens to a point; a reason that is different each time.
pub(super) fn suspended(reason: &str) -> Event {
    PointSuspended { on: date(2025, 1, 1), reason: reason.into() }.into()
}

pub(super) fn closed() -> Event {
    PointClosed { on: date(2025, 1, 1), reason: "done".into() }.into()
}

fn commit(point: &str, second: i64, events: Vec<Event>) -> Commit {
    Commit {
        stream: StreamId::new(StreamKind::Point, point),
        first: 1,
        command: Hex([0; 16]),
        body: Hex([0; 16]),
        prev: Hash::ZERO,
        recorded_at: Timestamp::from_second(1_700_000_000 + second).unwrap(),
        actor: Actor { subject: "somebody".into(), role: Role::Admin },
        events,
    }
}

pub(super) const EPOCH: ShortHash = Hex([7; 16]);

/// A log that was started.
pub(super) async fn log() -> Arc<MemoryLog> {
    started(EPOCH).await
}

pub(super) async fn started(epoch: ShortHash) -> Arc<MemoryLog> {
    let log = Arc::new(MemoryLog::default());
    traccia_log::start(&*log, epoch, Timestamp::UNIX_EPOCH).await.unwrap();
    log
}

/// Appends what happens to a point in one commit.
pub(super) async fn happens(log: &MemoryLog, point: &str, events: Vec<Event>) -> Position {
    let stream = StreamId::new(StreamKind::Point, point);
    let last = log.load(&stream, Position::START).await.unwrap().last().map(|recorded| recorded.position);
    let head = log.head().await.unwrap();
    // The clock of every third commit is behind.
    let second = head.0.cast_signed() - if head.0.is_multiple_of(3) { 100 } else { 0 };
    log.append(&commit(point, second, events), last).await.unwrap()
}

/// A history in which points are suspended, closed and suspended again, some of it in one commit.
pub(super) async fn history(log: &MemoryLog, commits: u64) {
    for n in 0..commits {
        let point = format!("p-{}", n * n % 7);
        let events = match n % 5 {
            0 | 1 => vec![suspended(&n.to_string())],
            2 => vec![suspended("first"), suspended("second")],
            3 => vec![closed()],
            _ => vec![suspended("gone"), closed(), suspended("back")],
        };
        happens(log, &point, events).await;
    }
}

/// A place with tables in it.
pub(super) struct Written {
    place: Place,
    pub(super) tables: Tables,
}

/// The tables of a place.
pub(super) fn tables(place: &Place) -> Tables {
    match place {
        Place::Folder(folder) => Tables::open_sqlite(folder.path().join("tables.sqlite")),
        Place::Postgres(address) => Tables::open_postgres(address.parse().unwrap()),
    }
}

impl Written {
    /// Nothing yet.
    pub(super) fn nothing(place: Place) -> Written {
        Written { tables: tables(&place), place }
    }

    /// Tables that were built from a log.
    pub(super) async fn built<L: Log>(place: Place, log: &Arc<L>) -> Written {
        let written = Written::nothing(place);
        rebuild::<Small, L>(log, &written.tables, |_| {}).await.unwrap();
        written
    }

    /// The same tables as another process sees them.
    pub(super) fn elsewhere(&self) -> Tables {
        tables(&self.place)
    }

    /// Every row as it was known at a position.
    pub(super) async fn rows(&self, position: Option<Position>) -> Vec<String> {
        let view = self.tables.view_at(Reading { position, ..Reading::default() }).await.unwrap();
        let points = r#"select "key", "since", case when "until" > $1 then null else "until" end, id, changes, reason
                        from point where "since" <= $1 order by 1, 2"#;
        let deeds = r#"select "position", "line", recorded_at, event from deed where "position" <= $1 order by 1, 2"#;
        let mut rows = view.rows(points, &[]).await.unwrap();
        rows.extend(view.rows(deeds, &[]).await.unwrap());
        rows.iter().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect()
    }

    /// The generations there are, whole or not, and what else was left behind.
    pub(super) async fn generations(&self) -> Vec<String> {
        match &self.place {
            Place::Folder(folder) => {
                let entries = std::fs::read_dir(folder.path()).unwrap();
                let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
                let beside = ["tables.sqlite", "tables.sqlite.lock"];
                names
                    .filter(|name| {
                        !beside.contains(&name.as_str()) && !name.ends_with("-wal") && !name.ends_with("-shm")
                    })
                    .collect()
            }
            Place::Postgres(address) => {
                let mut database = PgConnection::connect(address).await.unwrap();
                let schemas =
                    "select nspname::text from pg_namespace where nspname like 'traccia!_%' escape '!' order by 1";
                sqlx::query_scalar(schemas).fetch_all(&mut database).await.unwrap()
            }
        }
    }

    /// Does to the tables what nobody should do.
    pub(super) async fn tamper(&self, sql: &'static str) {
        match &self.place {
            Place::Folder(folder) => {
                let options = SqliteConnectOptions::new().filename(folder.path().join("tables.sqlite"));
                sqlx::query(sql).execute(&mut options.connect().await.unwrap()).await.unwrap();
            }
            Place::Postgres(address) => {
                let mut database = PgConnection::connect(address).await.unwrap();
                let in_place = "select 'traccia_g' || generation from traccia.installation";
                let schema: String = sqlx::query_scalar(in_place).fetch_one(&mut database).await.unwrap();
                let path = "select set_config('search_path', $1, false)";
                sqlx::query(path).bind(schema).execute(&mut database).await.unwrap();
                sqlx::query(sql).execute(&mut database).await.unwrap();
            }
        }
    }
}

/// The rows that a log gives, whatever the database.
pub(super) async fn expected<L: Log>(log: &Arc<L>) -> Vec<String> {
    Written::built(Place::sqlite().unwrap(), log).await.rows(None).await
}

/// A projector at work.
pub(super) struct Running {
    pub(super) status: watch::Receiver<Status>,
    pub(super) forks: Forks<Small>,
    pub(super) task: JoinHandle<Result<(), ProjectorError>>,
    stop: oneshot::Sender<()>,
}

impl Running {
    pub(super) async fn start<L: Log>(log: &Arc<L>, tables: &Tables) -> Running {
        let projector = Projector::<Small, L>::open(log.clone(), tables.clone()).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let (status, forks) = (projector.status(), projector.forks());
        let task = tokio::spawn(projector.run(async move {
            let _ = stopped.await;
        }));
        Running { status, forks, task, stop }
    }

    pub(super) async fn reaches(&mut self, position: Position) {
        self.status.wait_for(|status| status.position >= position).await.unwrap();
    }

    pub(super) async fn stop(self) {
        self.told().await.unwrap();
    }

    /// Tells it to stop, and listens to how it ended.
    pub(super) async fn told(self) -> Result<(), ProjectorError> {
        self.stop.send(()).unwrap();
        self.task.await.unwrap()
    }
}

/// A log with any texts in it, damaged ones too.
#[derive(Clone, Debug)]
pub(super) struct Texts(pub(super) Vec<String>);

impl Texts {
    /// What another log holds, up to a position.
    pub(super) async fn of(log: &MemoryLog, up_to: u64) -> Texts {
        let chunk = log.read(Position::START).next().await.unwrap().unwrap();
        Texts(chunk.texts().take(usize::try_from(up_to).unwrap()).map(|(_, text)| text.to_owned()).collect())
    }
}

impl Log for Texts {
    async fn append(&self, _: &Commit, _: Option<Position>) -> Result<Position, LogError> {
        Err(LogError::Conflict)
    }

    async fn append_many(&self, _: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        Vec::new()
    }

    async fn load(&self, _: &StreamId, _: Position) -> Result<Vec<Recorded>, LogError> {
        Ok(Vec::new())
    }

    async fn load_from_leader(&self, _: &StreamId, _: Position) -> Result<Vec<Recorded>, LogError> {
        Ok(Vec::new())
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        let texts: Vec<String> = self.0.iter().skip(usize::try_from(after.0).unwrap()).cloned().collect();
        // An empty text stands for a commit that is gone.
        let gap = texts.iter().position(String::is_empty).unwrap_or(texts.len());
        let mut chunks = Vec::new();
        for (first, texts) in [(0, &texts[..gap]), (gap + 1, texts.get(gap + 1..).unwrap_or_default())] {
            if !texts.is_empty() {
                chunks.push(Ok(Chunk::new(Position(after.0 + 1 + first as u64), texts.join("\n"))));
            }
        }
        stream::iter(chunks).chain(stream::pending()).boxed()
    }

    async fn head(&self) -> Result<Position, LogError> {
        Ok(Position(self.0.len() as u64))
    }
}
