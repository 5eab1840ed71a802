//! Whether a log hangs together: positions, versions, and the hash each commit keeps of the one before it.

use std::collections::HashMap;

use futures::StreamExt as _;
use traccia_domain::{Hash, Position, Recorded, hash::ShortHash};

use crate::{Log, LogError};

/// Checks commits one after another.
///
/// A stream is kept under the hash of its name: three million streams take some two hundred megabytes.
#[derive(Debug, Default)]
pub struct Chain {
    head: Position,
    streams: HashMap<ShortHash, Last>,
}

/// What the next commit of a stream builds on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub(crate) position: Position,
    version: u64,
    hash: Hash,
}

impl Chain {
    /// Takes the next commit in; before it, says where its stream ended.
    ///
    /// # Errors
    /// When the commit does not fit what came before it.
    pub fn extend(&mut self, recorded: &Recorded) -> Result<Option<Position>, LogError> {
        let commit = &recorded.commit;
        let wrong = |why: String| LogError::Corrupt { at: recorded.position, why };
        if recorded.position != self.head.next() {
            return Err(wrong(format!("it follows {}", self.head)));
        }
        let last = self.streams.get(&key(recorded)).copied();
        let (version, hash) = last.map_or((0, Hash::ZERO), |last| (last.version, last.hash));
        if commit.events.is_empty() {
            return Err(wrong(format!("a commit to {} holds no event", commit.stream)));
        }
        if commit.first != version + 1 {
            return Err(wrong(format!(
                "{} stood at version {version} and goes on with {}",
                commit.stream, commit.first
            )));
        }
        if commit.prev != hash {
            return Err(wrong(format!("it does not hold the hash of the commit before it in {}", commit.stream)));
        }
        let next = Last { position: recorded.position, version: commit.last(), hash: recorded.hash };
        self.streams.insert(key(recorded), next);
        self.head = recorded.position;
        Ok(last.map(|last| last.position))
    }

    /// How far it was checked.
    #[must_use]
    pub fn head(&self) -> Position {
        self.head
    }
}

fn key(recorded: &Recorded) -> ShortHash {
    ShortHash::of_parts([recorded.commit.stream.as_str().as_bytes()])
}

/// Reads a log up to its present head and checks that it hangs together; the number of commits.
///
/// # Errors
/// `Corrupt` with the first position that is wrong.
pub async fn verify_chain(log: &impl Log) -> Result<u64, LogError> {
    log.check().await?;
    let head = log.head().await?;
    let mut chain = Chain::default();
    let mut chunks = log.read(Position::START);
    while chain.head() < head {
        let chunk = chunks.next().await.ok_or_else(|| LogError::Unavailable("the reading ended".into()))??;
        for recorded in chunk.commits() {
            chain.extend(&recorded?)?;
        }
    }
    Ok(chain.head().0)
}
