//! What makes a retry safe: a key, what it stood for, and the last answers.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use traccia_domain::hash::{Hex, ShortHash};

use crate::{Done, Failure, PortError};

/// What a client calls one request: the same key is the same request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// The text is not an idempotency key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an idempotency key has 1 to 128 visible characters of ASCII")]
pub struct InvalidKey;

impl IdempotencyKey {
    /// Draws a key nobody has.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn fresh() -> Result<IdempotencyKey, PortError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(IdempotencyKey(Hex(bytes).to_string()))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest that stands on commits: of the subject and the key, for keys are each subject's own.
    pub(crate) fn of(&self, subject: &str) -> ShortHash {
        ShortHash::of_parts([subject.as_bytes(), self.0.as_bytes()])
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidKey;
    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let valid = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if valid { Ok(IdempotencyKey(text.to_owned())) } else { Err(InvalidKey) }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Keys that are being used: a second request under one waits for the first one's answer, so that one key never writes
/// two commands.
#[derive(Default)]
pub(crate) struct InUse(Mutex<HashMap<ShortHash, Weak<tokio::sync::Mutex<()>>>>);

impl InUse {
    /// Waits for a key, and holds it until the guard is gone.
    pub(crate) async fn hold(&self, command: ShortHash) -> tokio::sync::OwnedMutexGuard<()> {
        self.turn(command).lock_owned().await
    }

    fn turn(&self, command: ShortHash) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&command).and_then(Weak::upgrade) {
            return turn;
        }
        // As many as requests that run at once, at most twice.
        if turns.len() >= 2 * turns.values().filter(|turn| turn.strong_count() > 0).count().max(512) {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::default();
        turns.insert(command, Arc::downgrade(&turn));
        turn
    }
}

/// How many answers are remembered in memory; older ones are found through the projections.
const REMEMBERED: usize = 16_384;

/// The last answers of this process, for a key used again on another stream before the projections have seen it.
#[derive(Default)]
pub(crate) struct Recent(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    answers: HashMap<ShortHash, (ShortHash, Done)>,
    oldest: VecDeque<ShortHash>,
}

impl Recent {
    /// The answer given under a command's digest, or that it was another body's.
    pub(crate) fn find(&self, command: ShortHash, body: ShortHash) -> Result<Option<Done>, Failure> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match remembered.answers.get(&command) {
            Some((known, done)) if *known == body => Ok(Some(Done { replayed: true, ..done.clone() })),
            Some(_) => Err(Failure::KeyReused),
            None => Ok(None),
        }
    }

    /// Remembers an answer, and forgets the oldest.
    pub(crate) fn remember(&self, command: ShortHash, body: ShortHash, done: &Done) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.answers.insert(command, (body, done.clone())).is_none() {
            remembered.oldest.push_back(command);
        }
        while remembered.oldest.len() > REMEMBERED {
            let forgotten = remembered.oldest.pop_front();
            forgotten.map(|command| remembered.answers.remove(&command));
        }
    }
}
