//! The log, the keys and the answers as they would be: what is written here goes no further.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{future::BoxFuture, stream::BoxStream};
use traccia_domain::{
    Commit, Hash, Position, ProgrammeId, ProjectId, RecordId, Recorded, StreamId,
    hash::ShortHash,
    milestone::{Frozen, Standing, Terms},
    payments::Batched,
    tranche::OpenExposure,
};
use traccia_log::{Chunk, Log, LogError};

use crate::{Answers, Earlier, Figures, PortError, RecordKey, RecordKeys};

/// A log that goes on in thought: it is read as it stands, and what is appended is kept here alone.
pub(crate) struct ImaginedLog<L> {
    log: Arc<L>,
    written: Mutex<Vec<Recorded>>,
}

impl<L: Log> ImaginedLog<L> {
    pub(crate) fn on(log: Arc<L>) -> Self {
        ImaginedLog { log, written: Mutex::default() }
    }

    /// What was appended, in order.
    pub(crate) fn written(&self) -> Vec<Commit> {
        self.commits().iter().map(|recorded| recorded.commit.clone()).collect()
    }

    fn commits(&self) -> MutexGuard<'_, Vec<Recorded>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stream's commits with those that were only thought of behind them.
    fn with_written(&self, mut stored: Vec<Recorded>, stream: &StreamId) -> Vec<Recorded> {
        stored.extend(self.commits().iter().filter(|recorded| recorded.commit.stream == *stream).cloned());
        stored
    }
}

impl<L: Log> Log for ImaginedLog<L> {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        let stream = self.load_from_leader(&commit.stream, Position::START).await?;
        if stream.last().map(|last| last.position) != expected {
            return Err(LogError::Conflict);
        }
        let head = self.log.head().await?;
        let mut written = self.commits();
        let position = written.last().map_or(head, |last| last.position).next();
        let hash = Hash::of(commit.encode().as_bytes());
        written.push(Recorded { position, commit: commit.clone(), hash });
        Ok(position)
    }

    async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        let mut outcomes = Vec::with_capacity(commits.len());
        for (commit, expected) in commits {
            outcomes.push(self.append(commit, *expected).await);
        }
        outcomes
    }

    async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        Ok(self.with_written(self.log.load(stream, after).await?, stream))
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        Ok(self.with_written(self.log.load_from_leader(stream, after).await?, stream))
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        self.log.read(after)
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.log.head().await
    }
}

/// Keys that are found where there are some, and else drawn for this once.
pub(crate) struct PassingKeys<K> {
    keys: Arc<K>,
    drawn: Mutex<HashMap<RecordId, RecordKey>>,
}

impl<K> PassingKeys<K> {
    pub(crate) fn beside(keys: Arc<K>) -> Self {
        PassingKeys { keys, drawn: Mutex::default() }
    }

    fn drawn(&self) -> MutexGuard<'_, HashMap<RecordId, RecordKey>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: RecordKeys> RecordKeys for PassingKeys<K> {
    async fn obtain(&self, records: &[RecordId]) -> Result<Vec<Option<RecordKey>>, PortError> {
        let mut keys = Vec::with_capacity(records.len());
        for record in records {
            let key = match self.find(*record).await? {
                Some(key) => key,
                None => {
                    let mut drawn = [0; 32];
                    getrandom::fill(&mut drawn)?;
                    self.drawn().entry(*record).or_insert(RecordKey(drawn)).clone()
                }
            };
            keys.push(Some(key));
        }
        Ok(keys)
    }

    /// An erasure that is only asked about destroys nothing.
    async fn destroy(&self, _: &[RecordId]) -> Result<(), PortError> {
        Ok(())
    }

    async fn find(&self, record: RecordId) -> Result<Option<RecordKey>, PortError> {
        let drawn = self.drawn().get(&record).cloned();
        match drawn {
            Some(key) => Ok(Some(key)),
            None => self.keys.find(record).await,
        }
    }
}

/// Nothing was answered before: what is only asked has no idempotency. What the fold knows it knows all the same.
pub(crate) struct NothingAnswered<A>(pub(crate) Arc<A>);

impl<A: Answers> Figures for NothingAnswered<A> {
    fn standing<'a>(
        &'a self,
        project: &'a ProjectId,
        terms: &'a Terms,
        at: Position,
    ) -> BoxFuture<'a, Result<Standing, PortError>> {
        self.0.standing(project, terms, at)
    }

    fn frozen<'a>(
        &'a self,
        project: &'a ProjectId,
        milestone: &'a str,
        at: Position,
    ) -> BoxFuture<'a, Result<Option<Frozen>, PortError>> {
        self.0.frozen(project, milestone, at)
    }

    fn serials<'a>(
        &'a self,
        project: &'a ProjectId,
        milestone: &'a str,
        places: &'a [u32],
        at: Position,
    ) -> BoxFuture<'a, Result<Vec<RecordId>, PortError>> {
        self.0.serials(project, milestone, places, at)
    }

    fn exposures<'a>(
        &'a self,
        project: &'a ProjectId,
        at: Position,
    ) -> BoxFuture<'a, Result<Vec<OpenExposure>, PortError>> {
        self.0.exposures(project, at)
    }

    fn waiting<'a>(
        &'a self,
        programme: &'a ProgrammeId,
        at: Position,
    ) -> BoxFuture<'a, Result<Vec<Batched>, PortError>> {
        self.0.waiting(programme, at)
    }
}

impl<A: Answers> Answers for NothingAnswered<A> {
    async fn find(&self, _: ShortHash) -> Result<Option<Earlier>, PortError> {
        Ok(None)
    }
}
