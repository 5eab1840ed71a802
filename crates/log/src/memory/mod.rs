//! A log in memory, for tests and for trying things out.

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt as _, stream, stream::BoxStream};
use tokio::sync::watch;
use traccia_domain::{Commit, Position, Recorded, StreamId};

use crate::{Chunk, Log, LogError, chunk::describe};

/// A log in memory. Clones share it.
#[derive(Clone, Debug)]
pub struct MemoryLog {
    state: Arc<Mutex<State>>,
    head: Arc<watch::Sender<Position>>,
}

#[derive(Debug, Default)]
struct State {
    texts: Vec<String>,
    streams: HashMap<StreamId, Vec<Position>>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        MemoryLog { state: Arc::default(), head: Arc::new(watch::Sender::new(Position::START)) }
    }
}

impl MemoryLog {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic between two lines of `store` is the only thing that poisons it, and `store` cannot panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        let mut state = self.state();
        if state.streams.get(&commit.stream).and_then(|positions| positions.last().copied()) != expected {
            return Err(LogError::Conflict);
        }
        state.texts.push(commit.encode());
        let position = Position(state.texts.len() as u64);
        state.streams.entry(commit.stream.clone()).or_default().push(position);
        self.head.send_replace(position);
        Ok(position)
    }
}

/// The stored text at a position that exists.
fn text(state: &State, position: Position) -> &str {
    usize::try_from(position.0 - 1).ok().and_then(|index| state.texts.get(index)).map_or("", String::as_str)
}

fn recorded(state: &State, position: Position) -> Result<Recorded, LogError> {
    Recorded::decode(position, text(state, position))
        .map_err(|error| LogError::Corrupt { at: position, why: describe(&error) })
}

impl Log for MemoryLog {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        self.store(commit, expected)
    }

    async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        commits.iter().map(|(commit, expected)| self.store(commit, *expected)).collect()
    }

    async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        let state = self.state();
        let positions = state.streams.get(stream).map_or(&[][..], Vec::as_slice);
        positions.iter().filter(|position| **position > after).map(|position| recorded(&state, *position)).collect()
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        self.load(stream, after).await
    }

    async fn begun(&self, streams: &[StreamId]) -> Result<Vec<bool>, LogError> {
        let state = self.state();
        Ok(streams.iter().map(|stream| state.streams.contains_key(stream)).collect())
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        let head = *self.head.borrow();
        if head < after {
            return stream::iter([Err(LogError::shorter(head, after))]).boxed();
        }
        let log = self.clone();
        let head = self.head.subscribe();
        stream::unfold((log, head, after), |(log, mut head, after)| async move {
            // The sender lives in `log`, so waiting ends only when something was stored.
            let last = *head.wait_for(|head| *head > after).await.ok()?;
            let last = Position(last.0.min(after.0 + 1_000));
            let lines = {
                let state = log.state();
                (after.0 + 1..=last.0).map(|p| text(&state, Position(p))).collect::<Vec<_>>().join("\n")
            };
            Some((Ok(Chunk::new(after.next(), lines)), (log, head, last)))
        })
        .boxed()
    }

    async fn at(&self, position: Position) -> Result<Option<Recorded>, LogError> {
        let state = self.state();
        if position == Position::START || position.0 > state.texts.len() as u64 {
            return Ok(None);
        }
        recorded(&state, position).map(Some)
    }

    async fn head(&self) -> Result<Position, LogError> {
        Ok(*self.head.borrow())
    }
}
