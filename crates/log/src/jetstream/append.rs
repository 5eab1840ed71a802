//! Storing, as whoever stores sees it: a commit is handed in and answered.
//!
//! What was handed in is sent by [`turns`](super::turns). A crash here leaves a message sent or not; whoever asked finds
//! out by reading from the leader.

use futures::{StreamExt as _, stream};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};
use traccia_domain::{Commit, Position};

use super::{
    Shared,
    ask::PAUSE,
    send::{Message, Outcome, Untaken},
    turns::Waiting,
};
use crate::LogError;

/// Answers waited for at a time, and commits that found nobody there and are handed in again.
const ABREAST: usize = 64;

impl Shared {
    pub(super) async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        let until = Instant::now() + self.options.answer_within;
        self.link.connected().await.map_err(LogError::Unavailable)?;
        let message = Message::new(commit, expected);
        let answer = self.hand_in(message.clone()).await;
        self.known(message, answer, until).await
    }

    /// Handed in in the order given, and stored so where nobody is refused.
    pub(super) async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        let until = Instant::now() + self.options.answer_within;
        // The first may wait for a connection; without one, the others need not wait as long again.
        let _ = self.link.connected().await;
        let mut handed_in = Vec::with_capacity(commits.len());
        for (commit, expected) in commits {
            let message = Message::new(commit, *expected);
            handed_in.push((message.clone(), self.hand_in(message).await));
        }
        let known = handed_in.into_iter().map(|(message, answer)| self.known(message, answer, until));
        stream::iter(known.collect::<Vec<_>>()).buffered(ABREAST).collect().await
    }

    async fn hand_in(&self, message: Message) -> oneshot::Receiver<Outcome> {
        let (answer, answered) = oneshot::channel();
        // Should nobody take it any more, the answer is lost with it.
        let _ = self.waiting.send(Waiting { message, answer }).await;
        answered
    }

    /// Waits for the answer. A commit that nobody took is handed in again until the time for it is over: a cluster is
    /// electing a leader.
    async fn known(
        &self,
        message: Message,
        mut answer: oneshot::Receiver<Outcome>,
        until: Instant,
    ) -> Result<Position, LogError> {
        loop {
            match answer.await {
                Ok(Ok(position)) => {
                    self.known_to_be_there(position, message.payload);
                    return Ok(position);
                }
                Ok(Err(Untaken::Because(error))) => return Err(error),
                Ok(Err(Untaken::NobodyThere)) if Instant::now() + PAUSE >= until => {
                    return Err(LogError::Unavailable("nobody leads the stream, or it could not be looked at".into()));
                }
                Ok(Err(Untaken::NobodyThere)) => sleep(PAUSE).await,
                Err(_) => return Err(LogError::Unknown("what sends to the stream ended meanwhile".into())),
            }
            self.link.connected().await.map_err(LogError::Unavailable)?;
            answer = self.hand_in(message.clone()).await;
        }
    }
}
