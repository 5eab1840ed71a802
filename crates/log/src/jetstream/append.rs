//! Storing: one commit, one message, one expectation.
//!
//! A crash here leaves a message sent or not; whoever asked finds out by reading from the leader.

use std::{collections::VecDeque, error::Error as _};

use async_nats::jetstream::{
    self, ErrorCode,
    context::{PublishAckFuture, PublishError, PublishErrorKind},
    message::PublishMessage,
    publish::PublishAck,
};
use futures::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};
use traccia_domain::{Commit, Position};

use super::{Shared, ask::PAUSE};
use crate::LogError;

/// Messages under way in one `append_many`.
const WINDOW: usize = 2_000;

/// Commits that found nobody there and are sent again, at a time.
const ABREAST: usize = 64;

/// The stream's last message of the subject is not the one expected.
const WRONG_LAST_SEQUENCE: ErrorCode = ErrorCode(10_071);

/// The same, said by a cluster while another message of the subject is on its way.
const WRONG_LAST_SEQUENCE_ON_ITS_WAY: ErrorCode = ErrorCode(10_164);

/// A message on its way: how often the connection had been lost when it left, and how many servers had led the stream.
struct Sent {
    answer: PublishAckFuture,
    lost: u64,
    reigns: u64,
}

/// What became of a message.
#[derive(Debug)]
enum Outcome {
    /// Nobody took it: there is no leader for the moment. It is certainly not stored.
    NobodyThere,
    /// Something is known, or that nothing is.
    Known(Result<Position, LogError>),
}

impl Shared {
    pub(super) async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        self.append_until(commit, expected, Instant::now() + self.options.answer_within).await
    }

    /// Sends again as long as nobody is there to take it, which lasts while a cluster elects a leader.
    async fn append_until(
        &self,
        commit: &Commit,
        expected: Option<Position>,
        until: Instant,
    ) -> Result<Position, LogError> {
        loop {
            self.link.connected().await.map_err(LogError::Unavailable)?;
            let sent = self.send(commit, expected).await?;
            match self.outcome(sent).await {
                Outcome::Known(result) => return result,
                Outcome::NobodyThere if Instant::now() + PAUSE >= until => {
                    return Err(LogError::Unavailable("nobody leads the stream".into()));
                }
                Outcome::NobodyThere => sleep(PAUSE).await,
            }
        }
    }

    /// One message each, in the order given, many on their way at a time.
    pub(super) async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        let until = Instant::now() + self.options.answer_within;
        let mut outcomes = Vec::with_capacity(commits.len());
        let mut under_way: VecDeque<Result<Sent, LogError>> = VecDeque::new();
        // The first may wait for a connection; without one, the others need not wait as long again.
        let _ = self.link.connected().await;
        for (commit, expected) in commits {
            if under_way.len() >= WINDOW
                && let Some(first) = under_way.pop_front()
            {
                outcomes.push(self.outcome_of(first).await);
            }
            under_way.push_back(self.send(commit, *expected).await);
        }
        for sent in under_way {
            outcomes.push(self.outcome_of(sent).await);
        }
        let again = outcomes.into_iter().zip(commits).map(|(outcome, (commit, expected))| async move {
            match outcome {
                Outcome::Known(result) => result,
                Outcome::NobodyThere => self.append_until(commit, *expected, until).await,
            }
        });
        stream::iter(again.collect::<Vec<_>>()).buffered(ABREAST).collect().await
    }

    async fn outcome_of(&self, sent: Result<Sent, LogError>) -> Outcome {
        match sent {
            Ok(sent) => self.outcome(sent).await,
            Err(error) => Outcome::Known(Err(error)),
        }
    }

    /// Hands a message to the connection, which keeps the order. Whatever fails here was not sent.
    async fn send(&self, commit: &Commit, expected: Option<Position>) -> Result<Sent, LogError> {
        self.accepting()?;
        let (lost, reigns) = (self.link.news.borrow().lost, self.standing.borrow().reigns);
        if !self.link.up() {
            return Err(LogError::Unavailable("there is no connection to the NATS server".into()));
        }
        let subject = self.subject(&commit.stream);
        let message = PublishMessage::build()
            .payload(commit.encode().into())
            .expected_last_subject_sequence(expected.unwrap_or(Position::START).0);
        let sent = self.link.storing.send_publish(subject, message).await;
        let answer = sent.map_err(|error| LogError::Unavailable(error.into()))?;
        Ok(Sent { answer, lost, reigns })
    }

    /// Waits for the answer as long as it can come: not beyond the time for it, nor the connection it would come by,
    /// nor the leader who would give it.
    async fn outcome(&self, sent: Sent) -> Outcome {
        tokio::select! {
            biased;
            answer = sent.answer.into_future() => judge(answer),
            () = self.link.lost_since(sent.lost) => {
                Outcome::Known(Err(LogError::Unknown("the connection was lost before the answer came".into())))
            }
            () = self.deposed_since(sent.reigns) => {
                Outcome::Known(Err(LogError::Unknown("another server took the lead before the answer came".into())))
            }
        }
    }
}

/// What an answer means.
fn judge(answer: Result<PublishAck, PublishError>) -> Outcome {
    Outcome::Known(match answer {
        Ok(stored) => Ok(Position(stored.sequence)),
        Err(error) if error.kind() == PublishErrorKind::StreamNotFound => return Outcome::NobodyThere,
        Err(error) => {
            let refusal = error.source().and_then(|cause| cause.downcast_ref::<jetstream::Error>());
            Err(match refusal.map(|refusal| (refusal.error_code(), refusal.code())) {
                Some((WRONG_LAST_SEQUENCE | WRONG_LAST_SEQUENCE_ON_ITS_WAY, _)) => LogError::Conflict,
                // The message is at fault, and was looked at before it was given a place.
                Some((_, 400..500)) => LogError::Unavailable(error.into()),
                // The server is at fault. "Store failed" can come from one replica while the others stored it.
                Some(_) | None => LogError::Unknown(error.into()),
            })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: usize, err_code: u64) -> Outcome {
        let refusal: jetstream::Error =
            serde_json::from_value(serde_json::json!({"code": code, "err_code": err_code, "description": "no"}))
                .unwrap();
        judge(Err(PublishError::with_source(PublishErrorKind::Other, refusal)))
    }

    #[test]
    fn both_conflicts_are_told_by_their_numbers() {
        for (code, err_code) in [(400, 10_071), (400, 10_164)] {
            let outcome = refused(code, err_code);
            assert!(matches!(outcome, Outcome::Known(Err(LogError::Conflict))), "{err_code}: {outcome:?}");
        }
    }

    #[test]
    fn what_the_server_refuses_was_not_stored_and_what_it_failed_at_may_have_been() {
        let too_large = refused(400, 10_054);
        assert!(matches!(too_large, Outcome::Known(Err(LogError::Unavailable(_)))), "{too_large:?}");
        let store_failed = refused(503, 10_077);
        assert!(matches!(store_failed, Outcome::Known(Err(LogError::Unknown(_)))), "{store_failed:?}");
        let late = judge(Err(PublishError::new(PublishErrorKind::TimedOut)));
        assert!(matches!(late, Outcome::Known(Err(LogError::Unknown(_)))), "{late:?}");
        let nobody = judge(Err(PublishError::new(PublishErrorKind::StreamNotFound)));
        assert!(matches!(nobody, Outcome::NobodyThere), "{nobody:?}");
    }
}
