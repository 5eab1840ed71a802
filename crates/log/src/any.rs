//! The log a configuration names.

use futures::stream::BoxStream;
use traccia_domain::{Commit, Position, Recorded, StreamId};

#[cfg(feature = "jetstream")]
use crate::JetStreamLog;
use crate::{BoxError, Chunk, Log, LogError, MemoryLog, SqliteLog};

/// The log a configuration names. Clones share it.
#[derive(Clone, Debug)]
pub enum AnyLog {
    /// In memory.
    Memory(MemoryLog),
    /// In a file.
    Sqlite(SqliteLog),
    /// On a NATS JetStream server.
    #[cfg(feature = "jetstream")]
    JetStream(JetStreamLog),
}

impl AnyLog {
    /// Why nothing may be written now, as it was last seen; nothing when all is well.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        match self {
            AnyLog::Memory(_) | AnyLog::Sqlite(_) => None,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.trouble(),
        }
    }

    /// Says where the log is that a restore begins, so that nobody opens a part of it from elsewhere. A file is opened from
    /// its own folder only, which says so itself.
    ///
    /// # Errors
    /// When it cannot be said.
    pub async fn restoring(&self) -> Result<(), BoxError> {
        match self {
            AnyLog::Memory(_) | AnyLog::Sqlite(_) => Ok(()),
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => Ok(log.restoring().await?),
        }
    }

    /// Says there that the log is whole.
    ///
    /// # Errors
    /// When it cannot be said.
    pub async fn restored(&self) -> Result<(), BoxError> {
        match self {
            AnyLog::Memory(_) | AnyLog::Sqlite(_) => Ok(()),
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => Ok(log.restored().await?),
        }
    }
}

impl From<MemoryLog> for AnyLog {
    fn from(log: MemoryLog) -> Self {
        AnyLog::Memory(log)
    }
}

impl From<SqliteLog> for AnyLog {
    fn from(log: SqliteLog) -> Self {
        AnyLog::Sqlite(log)
    }
}

#[cfg(feature = "jetstream")]
impl From<JetStreamLog> for AnyLog {
    fn from(log: JetStreamLog) -> Self {
        AnyLog::JetStream(log)
    }
}

impl Log for AnyLog {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        match self {
            AnyLog::Memory(log) => log.append(commit, expected).await,
            AnyLog::Sqlite(log) => log.append(commit, expected).await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.append(commit, expected).await,
        }
    }

    async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        match self {
            AnyLog::Memory(log) => log.append_many(commits).await,
            AnyLog::Sqlite(log) => log.append_many(commits).await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.append_many(commits).await,
        }
    }

    async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        match self {
            AnyLog::Memory(log) => log.load(stream, after).await,
            AnyLog::Sqlite(log) => log.load(stream, after).await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.load(stream, after).await,
        }
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        match self {
            AnyLog::Memory(log) => log.load_from_leader(stream, after).await,
            AnyLog::Sqlite(log) => log.load_from_leader(stream, after).await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.load_from_leader(stream, after).await,
        }
    }

    async fn begun(&self, streams: &[StreamId]) -> Result<Vec<bool>, LogError> {
        match self {
            AnyLog::Memory(log) => log.begun(streams).await,
            AnyLog::Sqlite(log) => log.begun(streams).await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.begun(streams).await,
        }
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        match self {
            AnyLog::Memory(log) => log.read(after),
            AnyLog::Sqlite(log) => log.read(after),
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.read(after),
        }
    }

    async fn head(&self) -> Result<Position, LogError> {
        match self {
            AnyLog::Memory(log) => log.head().await,
            AnyLog::Sqlite(log) => log.head().await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.head().await,
        }
    }

    async fn check(&self) -> Result<(), LogError> {
        match self {
            AnyLog::Memory(log) => log.check().await,
            AnyLog::Sqlite(log) => log.check().await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.check().await,
        }
    }

    async fn at(&self, position: Position) -> Result<Option<Recorded>, LogError> {
        match self {
            AnyLog::Memory(log) => log.at(position).await,
            AnyLog::Sqlite(log) => log.at(position).await,
            #[cfg(feature = "jetstream")]
            AnyLog::JetStream(log) => log.at(position).await,
        }
    }
}
