//! The fold's state and how far it has come.

use std::sync::Arc;

use jiff::Timestamp;
use traccia_domain::{Hash, Position, Recorded, hash::ShortHash};
use traccia_log::Log;

use crate::{At, Changes, Checkpoint, Projection, ProjectorError, batch::Batch, source};

/// The fold's state and how far it has come.
pub(crate) struct Folder<P> {
    pub(crate) state: P,
    pub(crate) position: Position,
    pub(crate) hash: Hash,
    pub(crate) recorded_at: Option<Timestamp>,
    /// Events taken in since the last batch.
    pub(crate) events: usize,
    changes: Changes,
}

impl<P: Projection> Folder<P> {
    /// Before the first commit; its changes are collected or not.
    pub(crate) fn start(changes: Changes) -> Folder<P> {
        let (position, hash) = (Position::START, Hash::ZERO);
        Folder { state: P::default(), position, hash, recorded_at: None, events: 0, changes }
    }

    /// How far it has come, with a copy of its state; what the copy takes in is not written.
    pub(crate) fn copied(&self, state: P) -> Folder<P> {
        let Folder { position, hash, recorded_at, .. } = *self;
        Folder { state, position, hash, recorded_at, events: 0, changes: Changes::ignored() }
    }

    /// Takes the next commit in.
    pub(crate) fn take(&mut self, recorded: &Recorded) {
        let commit = &recorded.commit;
        let recorded_at = self.recorded_at.map_or(commit.recorded_at, |latest| latest.max(commit.recorded_at));
        self.changes.at(recorded.position);
        self.state.commit(&At { position: recorded.position, recorded_at, commit }, &mut self.changes);
        self.position = recorded.position;
        self.hash = recorded.hash;
        self.recorded_at = Some(recorded_at);
        self.events += commit.events.len().max(1);
    }

    /// From now on changes are collected.
    pub(crate) fn collect(&mut self) {
        self.changes = Changes::collected();
        self.events = 0;
    }

    /// What has changed since the last batch, and the checkpoint that belongs to it.
    pub(crate) fn batch(&mut self, epoch: ShortHash) -> (Batch, Checkpoint) {
        self.events = 0;
        (Batch::of(&P::tables(), self.changes.take()), self.checkpoint(epoch))
    }

    /// How far the fold has come.
    pub(crate) fn checkpoint(&self, epoch: ShortHash) -> Checkpoint {
        Checkpoint {
            epoch,
            position: self.position,
            hash: self.hash,
            version: P::VERSION,
            recorded_at: self.recorded_at.map_or_else(String::new, |at| at.to_string()),
        }
    }
}

/// Folds the log from its start up to a position, or its end as it is now, without any tables. Returns the state and how
/// many commits it took in.
///
/// # Errors
/// When the log is away, damaged or shorter.
pub async fn fold_only<P: Projection, L: Log>(
    log: &Arc<L>,
    up_to: Option<Position>,
) -> Result<(P, u64), ProjectorError> {
    let head = log.head().await.map_err(ProjectorError::LogAway)?;
    let up_to = up_to.unwrap_or(head);
    if head < up_to {
        return Err(ProjectorError::LogShorter { tables: up_to, log: head });
    }
    let mut folder = Folder::<P>::start(Changes::ignored());
    let mut commits = source::commits(log.clone(), Position::START, Some(up_to));
    while folder.position < up_to {
        let ended = || ProjectorError::Broken("the log's reader ended".into());
        commits.recv().await.ok_or_else(ended)??.iter().for_each(|recorded| folder.take(recorded));
        tokio::task::yield_now().await;
    }
    Ok((folder.state, folder.position.0))
}
