//! What survives the processes: the commits on a log's disk, those that wait to be synced, and messages under way.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fastrand::Rng;
use traccia_domain::{Commit, Hash, Position, Recorded, StreamId};
use traccia_log::LogError;

use super::watched::Watched;
use crate::faults::raw::Stored;

/// A promise that is broken, for the negative controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sabotage {
    /// None.
    #[default]
    Honest,
    /// It stores whatever it is sent.
    ExpectationOff,
    /// It answers before it has synced.
    SyncOff,
    /// Whoever gets no answer sends the command again, behind whatever is there by now.
    BlindRetry,
    /// It says that nothing was written when something was.
    SaysItDidNot,
    /// The tables move their checkpoint before their rows, not with them.
    CheckpointOutside,
}

/// A log's disk. Clones share it.
#[derive(Clone, Debug)]
pub struct Disk {
    state: Arc<Mutex<State>>,
    head: Arc<Watched<Position>>,
    pub sabotage: Sabotage,
}

#[derive(Debug, Default)]
struct State {
    texts: Vec<String>,
    /// The same, decoded: every load would do it anew.
    decoded: Vec<Recorded>,
    streams: HashMap<StreamId, Vec<Position>>,
    /// How many of the texts are synced; nobody sees the others.
    synced: usize,
    under_way: Vec<UnderWay>,
    /// Operations so far: the only clock a disk needs.
    operations: u64,
}

#[derive(Debug)]
struct UnderWay {
    commit: Commit,
    expected: Option<Position>,
    arrives: u64,
}

impl Disk {
    pub fn new(sabotage: Sabotage) -> Disk {
        Disk { state: Arc::default(), head: Arc::default(), sabotage }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another operation begins: what is due arrives, and what the others have left unsynced is synced.
    pub fn operation(&self) {
        let mut state = self.state();
        state.operations += 1;
        let now = state.operations;
        let (due, later) = std::mem::take(&mut state.under_way).into_iter().partition(|sent| sent.arrives <= now);
        state.under_way = later;
        let due: Vec<UnderWay> = due;
        for sent in due {
            let _ = state.write(&sent.commit, sent.expected, self.sabotage);
        }
        if now.is_multiple_of(4) {
            let all = state.texts.len();
            self.synced(&mut state, all);
        }
    }

    /// Sends a commit that arrives so many operations later, if it still may.
    pub fn send_late(&self, commit: &Commit, expected: Option<Position>, later: u64) {
        let mut state = self.state();
        let arrives = state.operations + later;
        state.under_way.push(UnderWay { commit: commit.clone(), expected, arrives });
    }

    /// Writes a commit where its stream ends as expected; it is not synced yet.
    pub fn write(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        self.state().write(commit, expected, self.sabotage)
    }

    /// Syncs everything up to a position.
    pub fn sync(&self, position: Position) {
        let mut state = self.state();
        self.synced(&mut state, index(position) + 1);
    }

    fn synced(&self, state: &mut State, number: usize) {
        state.synced = state.synced.max(number.min(state.texts.len()));
        self.head.set(Position(state.synced as u64));
    }

    /// The power fails: of what was not synced, some reached the disk all the same.
    pub fn crash(&self, rng: &mut Rng) {
        let mut state = self.state();
        let lost = if self.sabotage == Sabotage::SyncOff { rng.usize(..6) } else { 0 };
        let synced = state.synced.saturating_sub(lost);
        let left = rng.usize(synced..=state.texts.len());
        self.cut(&mut state, left);
    }

    /// Takes everything after a position away: an older copy was put in its place.
    pub fn restore(&self, position: Position) {
        self.cut(&mut self.state(), index(position) + 1);
    }

    fn cut(&self, state: &mut State, left: usize) {
        state.texts.truncate(left);
        state.decoded.truncate(left);
        for positions in state.streams.values_mut() {
            positions.retain(|position| index(*position) < left);
        }
        state.synced = left;
        self.head.set(Position(left as u64));
    }

    /// What everybody can see of it, one text at each position.
    pub fn seen(&self) -> Vec<Stored> {
        let state = self.state();
        (1..).zip(state.texts[..state.synced].iter().cloned()).collect()
    }

    /// Changes what is stored, as only damage does.
    pub fn damage(&self, position: Position, change: impl FnOnce(&str) -> String) {
        let mut state = self.state();
        let text = change(&state.texts[index(position)]);
        if let Ok(recorded) = Recorded::decode(position, &text) {
            state.decoded[index(position)] = recorded;
        }
        state.texts[index(position)] = text;
    }

    /// The commit at a position that everybody can see.
    pub fn at(&self, position: Position) -> Option<Recorded> {
        let state = self.state();
        state.decoded[..state.synced].get(index(position)).cloned()
    }

    /// Its text.
    pub fn text(&self, position: Position) -> Option<String> {
        let state = self.state();
        state.texts[..state.synced].get(index(position)).cloned()
    }

    /// A stream after a position, up to another.
    pub fn stream(&self, stream: &StreamId, after: Position, up_to: Position) -> Vec<Recorded> {
        let state = self.state();
        let last = up_to.min(Position(state.synced as u64));
        let positions = state.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let wanted = positions.iter().filter(|position| after < **position && **position <= last);
        wanted.map(|position| state.decoded[index(*position)].clone()).collect()
    }

    /// The last position that everybody can see.
    pub fn head(&self) -> Position {
        self.head.get()
    }

    /// Waits until there is something after a position; where the log ends then.
    pub async fn beyond(&self, after: Position) -> Position {
        self.head.wait_for(|head| head > after).await
    }
}

impl State {
    fn write(&mut self, commit: &Commit, expected: Option<Position>, sabotage: Sabotage) -> Result<Position, LogError> {
        let ends = self.streams.get(&commit.stream).and_then(|positions| positions.last().copied());
        if ends != expected && sabotage != Sabotage::ExpectationOff {
            return Err(LogError::Conflict);
        }
        let text = commit.encode();
        let position = Position(self.texts.len() as u64 + 1);
        self.decoded.push(Recorded { position, commit: commit.clone(), hash: Hash::of(text.as_bytes()) });
        self.texts.push(text);
        self.streams.entry(commit.stream.clone()).or_default().push(position);
        Ok(position)
    }
}

/// Where a position's text is, in a list that begins with the first. Of the start, far outside.
fn index(position: Position) -> usize {
    usize::try_from(position.0).unwrap_or(0).wrapping_sub(1)
}
