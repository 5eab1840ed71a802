//! One transaction: who may be stored, and storing them.

use std::{collections::HashMap, sync::Arc};

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection, SqliteTransaction};
use traccia_domain::{Commit, Position};

use super::index;

/// The most commits of one call that share a transaction.
pub(super) const LARGEST: usize = 4_096;

/// Rows of one insert statement: each batch is a few of these, and each is prepared once. A statement is two wakes of a
/// thread, whatever it inserts.
const ROWS: [usize; 10] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];

/// A commit on its way into the file.
#[derive(Debug)]
pub(super) struct Pending {
    stream: String,
    key: i64,
    text: String,
    expected: Option<Position>,
}

impl Pending {
    pub(super) fn new(commit: &Commit, expected: Option<Position>) -> Pending {
        let text = commit.encode();
        assert!(!text.contains('\n'), "JSON escapes line ends, and readers count on one line each");
        let stream = commit.stream.as_str().to_owned();
        Pending { key: index::key(&stream), stream, text, expected }
    }
}

/// What a commit is told once its transaction is through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It gets this position.
    Store(Position),
    /// Its stream ends elsewhere.
    Conflict,
}

/// The insert statements, made once.
#[derive(Debug)]
pub(super) struct Statements {
    commits: [Arc<str>; ROWS.len()],
    recent: [Arc<str>; ROWS.len()],
}

impl Statements {
    pub(super) fn new() -> Statements {
        let insert = |into: &str, row: &str| {
            ROWS.map(|n| format!("insert into {into} values {}", vec![row; n].join(",")).into())
        };
        Statements {
            commits: insert("commits (position, stream, text)", "(?,?,?)"),
            recent: insert("recent (key, position)", "(?,?)"),
        }
    }
}

/// How a transaction failed.
pub(super) enum Failed {
    /// Before it was committed: nothing was stored.
    Before(sqlx::Error),
    /// While it was: perhaps everything that was decided was stored, perhaps nothing.
    Committing(Vec<Decision>, sqlx::Error),
}

/// Stores what may be stored in one transaction: a decision on each, in order, and the head afterwards.
///
/// A crash before the commit's sync leaves nothing of it, a crash after it leaves all of it.
pub(super) async fn store(
    connection: &mut SqliteConnection,
    statements: &Statements,
    pending: Vec<Pending>,
) -> Result<(Vec<Decision>, Position), Failed> {
    // Dropped after an error, the transaction rolls back.
    let (transaction, decisions, head) = prepare(connection, statements, pending).await.map_err(Failed::Before)?;
    match transaction.commit().await {
        Ok(()) => Ok((decisions, head)),
        Err(error) => Err(Failed::Committing(decisions, error)),
    }
}

/// Everything short of the commit: decisions, rows, and the head there will be.
async fn prepare<'a>(
    connection: &'a mut SqliteConnection,
    statements: &Statements,
    pending: Vec<Pending>,
) -> Result<(SqliteTransaction<'a>, Vec<Decision>, Position), sqlx::Error> {
    // Immediate: from here on nobody else writes, in no process, so the heads read next stay true until the end.
    let mut transaction = connection.begin_with("begin immediate").await?;
    let asked = pending.iter().map(|pending| (pending.stream.as_str(), pending.key));
    let (before, heads) = index::heads(&mut transaction, asked).await?;
    let decisions = decide(before, heads, &pending);
    let survivors = pending.into_iter().zip(&decisions).filter_map(|(pending, decision)| match decision {
        Decision::Store(position) => Some((*position, pending)),
        Decision::Conflict => None,
    });
    let survivors: Vec<_> = survivors.collect();
    let head = survivors.last().map_or(before, |(position, _)| *position);
    insert(&mut transaction, statements, survivors).await?;
    index::settle(&mut transaction, before, head).await?;
    Ok((transaction, decisions, head))
}

/// Gives the next positions to those whose expectation holds, counting what stands before them in the same batch.
pub(super) fn decide(head: Position, heads: Vec<Option<u64>>, pending: &[Pending]) -> Vec<Decision> {
    let mut next = head;
    let mut moved: HashMap<&str, Position> = HashMap::new();
    pending
        .iter()
        .zip(heads)
        .map(|(pending, stored)| {
            let last = moved.get(pending.stream.as_str()).copied().or(stored.map(Position));
            if last != pending.expected {
                return Decision::Conflict;
            }
            next = next.next();
            moved.insert(&pending.stream, next);
            Decision::Store(next)
        })
        .collect()
}

async fn insert(
    connection: &mut SqliteConnection,
    statements: &Statements,
    survivors: Vec<(Position, Pending)>,
) -> Result<(), sqlx::Error> {
    let mut entries: Vec<_> = survivors.iter().map(|(position, pending)| (pending.key, *position)).collect();
    entries.sort_unstable();
    let mut entries = entries.into_iter();
    for (rows, statement) in ROWS.into_iter().zip(&statements.recent) {
        while entries.len() >= rows {
            let query = sqlx::query(AssertSqlSafe(Arc::clone(statement)));
            let bind = |query: Query<'static>, (key, position)| query.bind(key).bind(super::stored(position));
            entries.by_ref().take(rows).fold(query, bind).execute(&mut *connection).await?;
        }
    }
    let mut survivors = survivors.into_iter();
    for (rows, statement) in ROWS.into_iter().zip(&statements.commits) {
        while survivors.len() >= rows {
            let query = sqlx::query(AssertSqlSafe(Arc::clone(statement)));
            let bind = |query: Query<'static>, (position, pending): (Position, Pending)| {
                query.bind(super::stored(position)).bind(pending.stream).bind(pending.text)
            };
            survivors.by_ref().take(rows).fold(query, bind).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;
