//! Sending: one commit, one message, one expectation; and what an answer means.

use std::error::Error as _;

use async_nats::{
    HeaderMap, HeaderValue,
    header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE,
    jetstream::{
        self, ErrorCode,
        context::{PublishAckFuture, PublishError, PublishErrorKind},
        message::PublishMessage,
        publish::PublishAck,
    },
};
use bytes::Bytes;
use traccia_domain::{Commit, Position, StreamId};

use super::{Shared, standing::View};
use crate::{BoxError, LogError};

/// The stream's last message of the subject is not the one expected.
const WRONG_LAST_SEQUENCE: ErrorCode = ErrorCode(10_071);

/// The same, said by a cluster while another message of the subject is on its way.
const WRONG_LAST_SEQUENCE_ON_ITS_WAY: ErrorCode = ErrorCode(10_164);

/// A commit as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) stream: StreamId,
    pub(super) payload: Bytes,
    pub(super) expected: Position,
}

/// A message on its way, and how all was when it left.
pub(super) struct Sent {
    answer: PublishAckFuture,
    /// By what it left.
    view: View,
    /// The last position known to be taken.
    after: Position,
    /// How often the connection had been lost.
    lost: u64,
    /// How many servers had led the stream.
    reigns: u64,
}

/// What became of a message.
pub(super) type Outcome = Result<Position, Untaken>;

/// Why a message has no position.
#[derive(Debug)]
pub(super) enum Untaken {
    /// There is no leader for the moment, or nobody has looked yet who it is. It is certainly not stored.
    NobodyThere,
    /// What is known of it, or that nothing is.
    Because(LogError),
}

impl Message {
    pub(super) fn new(commit: &Commit, expected: Option<Position>) -> Message {
        Message {
            stream: commit.stream.clone(),
            payload: commit.encode().into(),
            expected: expected.unwrap_or(Position::START),
        }
    }

    /// The expectation goes with every message.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, HeaderValue::from(self.expected.0));
        headers
    }
}

impl Shared {
    /// Hands a message to the connection, which keeps the order. Whatever fails here was not sent.
    pub(super) async fn send(&self, message: &Message, headers: HeaderMap) -> Result<Sent, Untaken> {
        let unsent = |why: BoxError| Untaken::Because(LogError::Unavailable(why));
        let (lost, reigns) = (self.link.news.borrow().lost, self.standing.borrow().reigns);
        let after = self.last_known().map_or(Position::START, |last| last.0);
        if !self.link.up() {
            return Err(unsent("there is no connection to the NATS server".into()));
        }
        let view = self.accepting()?;
        let sent = PublishMessage::build().payload(message.payload.clone()).headers(headers);
        let sent = self.link.storing.send_publish(self.subject(&message.stream), sent).await;
        let answer = sent.map_err(|error| unsent(error.into()))?;
        Ok(Sent { answer, view, after, lost, reigns })
    }

    /// As [`Shared::send`], of a message that the server does not answer.
    pub(super) async fn send_unanswered(&self, message: &Message, headers: HeaderMap) -> Result<(), Untaken> {
        let subject = self.subject(&message.stream);
        let sent = self.link.client.publish_with_headers(subject, headers, message.payload.clone()).await;
        sent.map_err(|error| Untaken::Because(LogError::Unavailable(error.into())))
    }

    /// Waits for the answer as long as it can come: not beyond the time for it, nor the connection it would come by,
    /// nor the leader who would give it.
    pub(super) async fn answer(&self, sent: Sent) -> Result<PublishAck, Untaken> {
        let Sent { answer, view, after, lost, reigns } = sent;
        let unknown = |why: &str| Err(Untaken::Because(LogError::Unknown(why.into())));
        let stored = tokio::select! {
            biased;
            answer = answer.into_future() => answer.map_err(judge)?,
            () = self.link.lost_since(lost) => return unknown("the connection was lost before the answer came"),
            () = self.deposed_since(reigns) => return unknown("another server took the lead before the answer came"),
        };
        let first = (stored.sequence + 1).saturating_sub(stored.batch_size.unwrap_or(1));
        if first <= after.0 {
            self.doubt();
        }
        // A message that waited while the connection was made anew went to a log that nobody had looked at.
        if self.view() != view {
            return unknown("the answer came from what may be another log");
        }
        Ok(stored)
    }
}

/// What it means that something was not stored, or not surely.
fn judge(error: PublishError) -> Untaken {
    if error.kind() == PublishErrorKind::StreamNotFound {
        return Untaken::NobodyThere;
    }
    let refusal = error.source().and_then(|cause| cause.downcast_ref::<jetstream::Error>());
    Untaken::Because(match refusal.map(|refusal| (refusal.error_code(), refusal.code())) {
        Some((WRONG_LAST_SEQUENCE | WRONG_LAST_SEQUENCE_ON_ITS_WAY, _)) => LogError::Conflict,
        // The message is at fault, and was looked at before it was given a place.
        Some((_, 400..500)) => LogError::Unavailable(error.into()),
        // The server is at fault. "Store failed" can come from one replica while the others stored it.
        Some(_) | None => LogError::Unknown(error.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: usize, err_code: u64) -> Untaken {
        let refusal: jetstream::Error =
            serde_json::from_value(serde_json::json!({"code": code, "err_code": err_code, "description": "no"}))
                .unwrap();
        judge(PublishError::with_source(PublishErrorKind::Other, refusal))
    }

    #[test]
    fn both_conflicts_are_told_by_their_numbers() {
        for (code, err_code) in [(400, 10_071), (400, 10_164)] {
            let outcome = refused(code, err_code);
            assert!(matches!(outcome, Untaken::Because(LogError::Conflict)), "{err_code}: {outcome:?}");
        }
    }

    #[test]
    fn what_the_server_refuses_was_not_stored_and_what_it_failed_at_may_have_been() {
        let too_large = refused(400, 10_054);
        assert!(matches!(too_large, Untaken::Because(LogError::Unavailable(_))), "{too_large:?}");
        let store_failed = refused(503, 10_077);
        assert!(matches!(store_failed, Untaken::Because(LogError::Unknown(_))), "{store_failed:?}");
        let late = judge(PublishError::new(PublishErrorKind::TimedOut));
        assert!(matches!(late, Untaken::Because(LogError::Unknown(_))), "{late:?}");
        let nobody = judge(PublishError::new(PublishErrorKind::StreamNotFound));
        assert!(matches!(nobody, Untaken::NobodyThere), "{nobody:?}");
    }
}
