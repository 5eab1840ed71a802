//! The embedded log: one SQLite file with full sync.
//!
//! One task owns the only writing connection and commits in groups: whatever waits is stored in one transaction, with
//! one sync, and answered after it. Several processes may open the same file; the order is decided inside the
//! transaction, so both are right.

mod batch;
mod index;
mod loads;
mod reader;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;

use futures::stream::BoxStream;
use tokio::sync::watch;
use traccia_domain::{Commit, Position, Recorded, StreamId};

use crate::{Chunk, Log, LogError};
use reader::Reader;
pub use schema::OpenError;
use writer::Writer;

/// A log in an SQLite file. Clones share it.
#[derive(Clone, Debug)]
pub struct SqliteLog {
    writer: Writer,
    reader: Reader,
}

impl SqliteLog {
    /// Opens the file, and makes it where there is none; its folder must exist.
    ///
    /// # Errors
    /// When the file cannot be opened, belongs to something else (see [`OpenError`]), or is damaged.
    pub async fn open(path: &Path) -> Result<SqliteLog, LogError> {
        schema::prepare(path).await.map_err(|error| LogError::Unavailable(Box::new(error)))?;
        let head = watch::Sender::new(Position::START);
        let reader = Reader::open(path, head.subscribe()).await?;
        let writer = Writer::open(path, head).await?;
        Ok(SqliteLog { writer, reader })
    }
}

impl Log for SqliteLog {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        let mut outcomes = self.writer.store(vec![batch::Pending::new(commit, expected)]).await;
        outcomes.pop().unwrap_or_else(|| Err(LogError::Unknown("the log gave no answer".into())))
    }

    async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        let mut outcomes = Vec::with_capacity(commits.len());
        // One transaction each: what waits behind a very large call waits for one of these at most.
        for slice in commits.chunks(batch::LARGEST) {
            let pending = slice.iter().map(|(commit, expected)| batch::Pending::new(commit, *expected)).collect();
            outcomes.extend(self.writer.store(pending).await);
        }
        outcomes
    }

    async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        self.reader.load(stream, after).await
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        // Every read begins a new snapshot of the one file: there is no follower to be behind.
        self.reader.load(stream, after).await
    }

    async fn begun(&self, streams: &[StreamId]) -> Result<Vec<bool>, LogError> {
        self.reader.begun(streams).await
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        self.reader.read(after)
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.reader.head().await
    }

    async fn check(&self) -> Result<(), LogError> {
        self.reader.check().await
    }

    async fn at(&self, position: Position) -> Result<Option<Recorded>, LogError> {
        self.reader.at(position).await
    }
}

/// A position as the file holds it.
fn stored(position: Position) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}

/// A position the file holds; it holds none below zero.
fn position(stored: i64) -> Position {
    Position(u64::try_from(stored).unwrap_or(0))
}

/// Whether the database says that its file is damaged, or no database.
fn damage(error: &sqlx::Error) -> bool {
    const CORRUPT: u32 = 11;
    const NOT_A_DATABASE: u32 = 26;
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    // Extended codes keep the primary one in their lowest byte.
    code.is_some_and(|code| matches!(code & 0xff, CORRUPT | NOT_A_DATABASE))
}

/// What a failed read means, somewhere at or after a position.
fn failure(error: sqlx::Error, at: Position) -> LogError {
    if damage(&error) {
        return LogError::Corrupt { at, why: error.to_string() };
    }
    LogError::Unavailable(Box::new(error))
}
