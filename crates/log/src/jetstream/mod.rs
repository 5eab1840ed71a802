//! The production log: one stream of a NATS JetStream server or cluster.
//!
//! One commit is one message under a literal subject, `<prefix>.<aggregate>.<id>`; its position is the stream's
//! sequence. Every message carries the expectation where its subject ends. There is no `Nats-Msg-Id`: the expectation
//! alone keeps a commit from being stored twice. Where servers are seen to sync always, commits that come while others are on
//! their way go as one batch.

mod append;
mod ask;
mod configuration;
mod connect;
mod credentials;
mod load;
mod monitoring;
mod open;
mod options;
mod read;
mod refusal;
mod restoring;
mod rights;
mod send;
mod standing;
mod turns;
mod version;
mod watch;

use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64},
    },
};

use bytes::Bytes;
use futures::stream::BoxStream;
use tokio::sync::{Notify, mpsc, watch as channel};
use traccia_domain::{Commit, Position, Recorded, StreamId};

use crate::{Chunk, Log, LogError};
use connect::Link;
pub use open::{create, create_to_restore, init};
pub use options::{Credentials, Options, Tls};
pub use refusal::OpenError;
use standing::Standing;
use turns::Waiting;

/// A log on a NATS JetStream server. Clones share it.
#[derive(Clone)]
pub struct JetStreamLog {
    shared: Arc<Shared>,
}

/// What all clones share.
struct Shared {
    link: Link,
    options: Options,
    standing: channel::Receiver<Standing>,
    /// Where commits are handed in.
    waiting: mpsc::Sender<Waiting>,
    /// An answer does not come, or is strange: whoever watches looks at once.
    slow: Arc<Notify>,
    /// How often something made it doubtful that this is still the log that it was.
    doubts: AtomicU64,
    /// What was found at the start.
    found: OnceLock<Found>,
    /// The last commit that was answered or read, and where it stands.
    known: Mutex<Option<(Position, Bytes)>>,
    /// Whether it is us who restore an export into the stream.
    restores: AtomicBool,
}

/// What is looked at once.
struct Found {
    /// When the stream was made.
    created: async_nats::datetime::DateTime,
    /// What our user may do beyond what writing takes.
    excessive: Option<String>,
}

impl JetStreamLog {
    /// What is unsafe about the servers but works, a sentence each with the reason, as it was last seen.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.shared.standing.borrow().warnings.clone()
    }

    /// Why nothing may be written now, as it was last seen; nothing when all is well.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.shared.standing.borrow().trouble.clone()
    }
}

impl fmt::Debug for JetStreamLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JetStreamLog").field("stream", &self.shared.options.stream).finish_non_exhaustive()
    }
}

impl Shared {
    /// A stream's subject.
    fn subject(&self, stream: &StreamId) -> String {
        format!("{}.{stream}", self.options.prefix)
    }

    /// Whether the server still holds the log as it must: its configuration, and every commit.
    async fn check(&self) -> Result<(), LogError> {
        let info = self.info().await?;
        let wrong =
            configuration::differences(&info.config, &self.options).into_iter().chain(configuration::gap(&info));
        let wrong: Vec<String> = wrong.collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(LogError::Corrupt { at: Position(info.state.last_sequence).next(), why: wrong.join("; ") })
    }
}

impl Log for JetStreamLog {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        self.shared.append(commit, expected).await
    }

    async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        self.shared.append_many(commits).await
    }

    async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        self.shared.load(stream, after).await
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        self.shared.load_from_leader(stream, after).await
    }

    async fn begun(&self, streams: &[StreamId]) -> Result<Vec<bool>, LogError> {
        self.shared.begun(streams).await
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        read::read(Arc::clone(&self.shared), after)
    }

    async fn check(&self) -> Result<(), LogError> {
        self.shared.check().await
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.shared.head().await
    }

    async fn at(&self, position: Position) -> Result<Option<Recorded>, LogError> {
        self.shared.at(position).await
    }
}
