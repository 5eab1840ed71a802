//! Sending what was handed in, in turns: what comes while answers are on their way goes together, as one batch.
//!
//! A server that syncs before it answers syncs a batch once, and single messages one after another. A batch is no
//! transaction of ours: each commit in it has its own expectation and its own outcome. Where the server refuses one, all
//! are sent alone, each to find out by itself. A crash here leaves what was sent stored or not; nobody was told anything.

use std::{
    collections::HashSet,
    sync::{Arc, Weak},
    time::Duration,
};

use async_nats::{
    HeaderValue,
    header::{NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE},
};
use futures::{FutureExt as _, future::join_all};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::timeout,
};
use traccia_domain::{Hash, Position};

use super::{
    Shared,
    send::{Message, Outcome, Untaken},
};
use crate::LogError;

/// Commits that may wait before callers do, and messages under way where nothing goes together.
pub(super) const WINDOW: usize = 2_000;

/// Commits in a batch. The server takes 1,000.
const MOST: usize = 500;

/// Bytes in a batch. The server holds them until it has the last message.
const BYTES: usize = 1 << 20;

/// What comes meanwhile is not held longer than this by an answer that does not come.
const TURN: Duration = Duration::from_secs(1);

/// A commit that was handed in, and who waits for its answer.
pub(super) struct Waiting {
    pub(super) message: Message,
    pub(super) answer: oneshot::Sender<Outcome>,
}

/// Sends what is handed in until the log is gone.
pub(super) async fn take(shared: Weak<Shared>, mut waiting: mpsc::Receiver<Waiting>) {
    let window = Arc::new(Semaphore::new(WINDOW));
    let mut taken = Vec::with_capacity(MOST);
    while waiting.recv_many(&mut taken, MOST).await > 0 {
        let Some(shared) = shared.upgrade() else { return };
        if shared.standing.borrow().batches {
            while !taken.is_empty() {
                let turn = taken.drain(..together(&taken)).collect();
                let turn = tokio::spawn(Arc::clone(&shared).turn(turn));
                let _ = timeout(TURN, turn).await;
            }
            continue;
        }
        for one in taken.drain(..) {
            let place = Arc::clone(&window).acquire_owned().await;
            let sent = Arc::clone(&shared).alone(one, Before::Nothing).await;
            tokio::spawn(sent.map(|()| drop(place)));
        }
    }
}

/// What became of a message before it is sent alone.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    RefusedTogether,
}

impl Shared {
    /// Ends when everybody has an answer.
    async fn turn(self: Arc<Self>, waiting: Vec<Waiting>) {
        let (alone, before) = if waiting.len() > 1 {
            (self.together(waiting).await, Before::RefusedTogether)
        } else {
            (waiting, Before::Nothing)
        };
        let mut under_way = Vec::with_capacity(alone.len());
        for one in alone {
            under_way.push(Arc::clone(&self).alone(one, before).await);
        }
        join_all(under_way).await;
    }

    /// Sends one message by itself; what it returns waits for the answer.
    async fn alone(self: Arc<Self>, one: Waiting, before: Before) -> impl Future<Output = ()> + use<> {
        let Waiting { message, answer } = one;
        let sent = self.send(&message, message.headers()).await;
        async move {
            let outcome = match sent {
                Ok(sent) => self.answer(sent).await.map(|stored| Position(stored.sequence)),
                Err(untaken) => Err(untaken),
            };
            // Whoever stopped waiting finds out by reading.
            let _ = answer.send(match (outcome, before) {
                (Err(Untaken::Because(LogError::Conflict)), Before::RefusedTogether) => self.conflict(&message).await,
                (outcome, _) => outcome,
            });
        }
    }

    /// A refused batch has stored nothing, the server says. That a commit of one conflicts with itself is looked for all
    /// the same: a wrong "not stored" would be a second commit.
    async fn conflict(&self, message: &Message) -> Outcome {
        let after = self.load_from_leader(&message.stream, message.expected).await;
        let after = after.map_err(|error| Untaken::Because(LogError::Unknown(error.into())))?;
        let ours = Hash::of(&message.payload);
        let found = after.iter().find(|recorded| recorded.hash == ours);
        found.map(|recorded| recorded.position).ok_or(Untaken::Because(LogError::Conflict))
    }

    /// Sends messages as one batch and answers them all, or gives them back to be sent alone.
    async fn together(&self, waiting: Vec<Waiting>) -> Vec<Waiting> {
        let first = match self.batch(&waiting).await {
            Err(Untaken::Because(LogError::Conflict | LogError::Unavailable(_))) => return waiting,
            told => told,
        };
        for (one, number) in waiting.into_iter().zip(0..) {
            let _ = one.answer.send(match &first {
                Ok(first) => Ok(Position(first.0 + number)),
                Err(Untaken::NobodyThere) => Err(Untaken::NobodyThere),
                Err(Untaken::Because(error)) => Err(Untaken::Because(LogError::Unknown(error.to_string().into()))),
            });
        }
        Vec::new()
    }

    /// The position of the first. Only the last message has an answer; those before it are thrown away with it.
    async fn batch(&self, waiting: &[Waiting]) -> Outcome {
        let (id, size) = (nuid::next(), waiting.len() as u64);
        let mut last = None;
        for (one, number) in waiting.iter().zip(1..) {
            let mut headers = one.message.headers();
            headers.insert(NATS_BATCH_ID, id.as_str());
            headers.insert(NATS_BATCH_SEQUENCE, HeaderValue::from(number));
            if number == size {
                headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
                last = Some(self.send(&one.message, headers).await?);
            } else {
                self.send_unanswered(&one.message, headers).await?;
            }
        }
        let Some(last) = last else { return Err(Untaken::NobodyThere) };
        let stored = self.answer(last).await?;
        // A batch is stored in one piece. Should the server tell of another number, each has to be looked for.
        if stored.batch_size == Some(size) && stored.sequence >= size {
            return Ok(Position(stored.sequence - size + 1));
        }
        Err(Untaken::Because(LogError::Unknown("the server stored another number of commits than were sent".into())))
    }
}

/// How many of those that wait may go together, at least one: of a stream a batch takes one message. Who comes after them
/// goes after them, so that commits are stored in the order in which they were handed in.
fn together(waiting: &[Waiting]) -> usize {
    let (mut streams, mut bytes) = (HashSet::new(), 0);
    for (before, one) in waiting.iter().enumerate() {
        bytes += one.message.payload.len();
        if !streams.insert(&one.message.stream) || bytes > BYTES {
            return before.max(1);
        }
    }
    waiting.len()
}

#[cfg(test)]
mod tests {
    use traccia_domain::{StreamId, StreamKind};

    use super::*;

    fn waiting(stream: usize, bytes: usize) -> Waiting {
        let message = Message {
            stream: StreamId::new(StreamKind::Point, stream),
            payload: vec![b' '; bytes].into(),
            expected: Position::START,
        };
        Waiting { message, answer: oneshot::channel().0 }
    }

    #[test]
    fn a_batch_ends_before_a_stream_comes_again_and_before_it_is_too_large() {
        let some = |streams: &[usize], bytes| streams.iter().map(|n| waiting(*n, bytes)).collect::<Vec<_>>();
        for (waiting, go) in [
            (some(&[1], 10), 1),
            (some(&[1, 2, 3], 10), 3),
            (some(&[1, 2, 1, 3], 10), 2),
            (some(&[1, 1, 1], 10), 1),
            (some(&[1, 2, 3], BYTES / 2), 2),
            (some(&[1, 2], BYTES + 1), 1),
        ] {
            assert_eq!(together(&waiting), go);
        }
    }
}
