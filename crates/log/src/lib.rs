//! The event log: one trait, its backends, and the contract they share.
//!
//! A crash at any line of a backend leaves a commit stored whole or not at all; an answer given is a commit stored.

mod any;
pub mod chain;
mod chunk;
pub mod contract;
mod error;
pub mod export;
mod genesis;
#[cfg(feature = "jetstream")]
pub mod jetstream;
pub mod memory;
mod resolve;
pub mod sqlite;

use std::future::Future;

use futures::{StreamExt as _, stream::BoxStream};
use traccia_domain::{Commit, Position, Recorded, StreamId};

pub use any::AnyLog;
pub use chain::verify_chain;
pub use chunk::Chunk;
pub use error::{BoxError, LogError};
pub use genesis::{Epoch, epoch, newest_key, rotate_key, start};
#[cfg(feature = "jetstream")]
pub use jetstream::JetStreamLog;
pub use memory::MemoryLog;
pub use resolve::{append_many_resolved, append_resolved};
pub use sqlite::SqliteLog;

/// An append-only log of commits, in one order.
pub trait Log: Send + Sync + 'static {
    /// Stores a commit if its stream still ends at `expected` (`None`: if the stream is new).
    ///
    /// # Errors
    /// `Conflict` when the stream ends elsewhere, `Unavailable` when nothing was stored, `Unknown` when it may have been.
    fn append(
        &self,
        commit: &Commit,
        expected: Option<Position>,
    ) -> impl Future<Output = Result<Position, LogError>> + Send;

    /// Stores independent commits in one durable round trip; each has its own outcome, in the order given.
    /// A later commit may build on an earlier one of the same call only through another call.
    fn append_many(
        &self,
        commits: &[(Commit, Option<Position>)],
    ) -> impl Future<Output = Vec<Result<Position, LogError>>> + Send;

    /// The commits of one stream after a position, oldest first. It may be a moment old: the expectation catches that.
    ///
    /// # Errors
    /// When the log is away or damaged.
    fn load(&self, stream: &StreamId, after: Position) -> impl Future<Output = Result<Vec<Recorded>, LogError>> + Send;

    /// As [`Log::load`], from whoever decides the order: what it does not answer has not happened.
    ///
    /// # Errors
    /// When the log is away or damaged.
    fn load_from_leader(
        &self,
        stream: &StreamId,
        after: Position,
    ) -> impl Future<Output = Result<Vec<Recorded>, LogError>> + Send;

    /// Which of these streams have begun, in the order given. It may be a moment old.
    ///
    /// # Errors
    /// When the log is away or damaged.
    fn begun(&self, streams: &[StreamId]) -> impl Future<Output = Result<Vec<bool>, LogError>> + Send {
        async move {
            let mut begun = Vec::with_capacity(streams.len());
            for stream in streams {
                begun.push(!self.load(stream, Position::START).await?.is_empty());
            }
            Ok(begun)
        }
    }

    /// Everything after a position in order, then what is appended from now on; it never ends by itself.
    /// Chunks are contiguous: a gap is an error.
    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>>;

    /// Checks what the backend keeps besides the commits, an index for one. Slow; for whoever verifies.
    ///
    /// # Errors
    /// `Corrupt` when it does not agree with the commits.
    fn check(&self) -> impl Future<Output = Result<(), LogError>> + Send {
        async { Ok(()) }
    }

    /// The last position.
    ///
    /// # Errors
    /// When the log is away.
    fn head(&self) -> impl Future<Output = Result<Position, LogError>> + Send;

    /// The commit at a position, or nothing where the log does not reach it.
    ///
    /// # Errors
    /// When the log is away or damaged there.
    fn at(&self, position: Position) -> impl Future<Output = Result<Option<Recorded>, LogError>> + Send {
        async move {
            if position == Position::START || self.head().await? < position {
                return Ok(None);
            }
            match self.read(Position(position.0 - 1)).next().await {
                Some(chunk) => chunk?.commits().next().transpose(),
                None => Ok(None),
            }
        }
    }
}
