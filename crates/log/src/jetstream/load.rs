//! One stream, or one commit.

use async_nats::{
    Message, StatusCode,
    jetstream::stream::{RawMessageError, RawMessageErrorKind},
};
use futures::StreamExt as _;
use serde_json::json;
use tokio::time::timeout;
use traccia_domain::{Position, Recorded, StreamId};

use super::{
    Shared,
    ask::{Unanswered, refused},
    connect::ATTEMPT,
};
use crate::{BoxError, LogError, chunk::describe};

/// Commits in one answer.
const BATCH: usize = 1_000;

/// The status the server ends a batch with.
const END_OF_BATCH: u16 = 204;

/// A run of a subject's messages.
struct Page {
    messages: Vec<(Position, bytes::Bytes)>,
    more: bool,
}

impl Shared {
    /// In one round trip, from whichever replica is near: it may be a moment old.
    pub(super) async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        let subject = self.subject(stream);
        let mut commits = Vec::new();
        let mut last = after;
        loop {
            let page = self.ask(|| self.page(&subject, last.next())).await.map_err(LogError::Unavailable)?;
            for (position, text) in &page.messages {
                commits.push(recorded(*position, text)?);
                last = *position;
            }
            if !page.more || page.messages.is_empty() {
                break;
            }
        }
        belongs(stream, after, commits)
    }

    /// One by one, from the leader: what it does not answer has not happened.
    pub(super) async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        let subject = self.subject(stream);
        let mut commits = Vec::new();
        let mut last = after;
        while let Some((position, text)) = self.leader_has(last.next(), Some(&subject)).await? {
            commits.push(recorded(position, &text)?);
            last = position;
        }
        belongs(stream, after, commits)
    }

    pub(super) async fn at(&self, position: Position) -> Result<Option<Recorded>, LogError> {
        if position == Position::START {
            return Ok(None);
        }
        if let Some((found, text)) = self.leader_has(position, None).await? {
            return recorded(found, &text).map(Some);
        }
        if self.head().await? < position {
            return Ok(None);
        }
        Err(LogError::Corrupt { at: position, why: "the commit is missing".to_owned() })
    }

    /// The last position, from the leader.
    pub(super) async fn head(&self) -> Result<Position, LogError> {
        Ok(Position(self.info().await?.state.last_sequence))
    }

    /// The message at a position, or the first of a subject from there on.
    async fn leader_has(&self, from: Position, of: Option<&str>) -> Result<Option<(Position, bytes::Bytes)>, LogError> {
        let question = || async {
            let stream = self.link.asking.get_stream_no_info(&self.options.stream).await;
            let stream = stream.map_err(|error| Unanswered::AtAll(error.into()))?;
            let question = stream.raw_message_builder().sequence(from.0);
            let question = if let Some(subject) = of { question.next_by_subject(subject) } else { question };
            match question.send().await {
                Ok(message) => Ok(Some((Position(message.sequence), message.payload))),
                Err(error) => nothing(error),
            }
        };
        self.ask(question).await.map_err(LogError::Unavailable)
    }

    /// Asks for a run of a subject's messages and reads until the server says that this was all.
    async fn page(&self, subject: &str, from: Position) -> Result<Page, Unanswered> {
        let failed = |error: BoxError| Unanswered::Yet(error);
        let client = &self.link.client;
        let inbox = client.new_inbox();
        let mut answers = client.subscribe(inbox.clone()).await.map_err(|error| failed(error.into()))?;
        let question = json!({"seq": from.0, "next_by_subj": subject, "batch": BATCH}).to_string();
        let asked = format!("$JS.API.DIRECT.GET.{}", self.options.stream);
        client.publish_with_reply(asked, inbox, question.into()).await.map_err(|error| failed(error.into()))?;
        let mut messages = Vec::new();
        loop {
            let answer = timeout(ATTEMPT.min(self.options.answer_within), answers.next()).await;
            let answer =
                answer.map_err(|late| failed(late.into()))?.ok_or_else(|| failed("the client ended".into()))?;
            match answer.status {
                None => {
                    let position =
                        number(&answer, "Nats-Sequence").ok_or_else(|| failed("a message has no place".into()))?;
                    messages.push((Position(position), answer.payload));
                }
                Some(status) if status.as_u16() == END_OF_BATCH => {
                    return Ok(Page {
                        messages,
                        more: number(&answer, "Nats-Num-Pending").is_some_and(|more| more > 0),
                    });
                }
                Some(StatusCode::NOT_FOUND) => return Ok(Page { messages, more: false }),
                Some(StatusCode::NO_RESPONDERS) => return Err(failed("no replica of the stream answers".into())),
                Some(status) => {
                    let why = format!("{status} {}", answer.description.unwrap_or_default());
                    return Err(Unanswered::AtAll(why.into()));
                }
            }
        }
    }
}

fn number(message: &Message, header: &str) -> Option<u64> {
    message.headers.as_ref()?.get(header)?.as_str().parse().ok()
}

/// No such message, or no answer.
fn nothing<T>(error: RawMessageError) -> Result<Option<T>, Unanswered> {
    match error.kind() {
        RawMessageErrorKind::NoMessageFound => Ok(None),
        RawMessageErrorKind::JetStream(error) => Err(refused(error)),
        RawMessageErrorKind::InvalidSubject => Err(Unanswered::AtAll(error.into())),
        RawMessageErrorKind::Other => Err(Unanswered::Yet(error.into())),
    }
}

/// A stored text at its place.
fn recorded(position: Position, text: &[u8]) -> Result<Recorded, LogError> {
    let damaged = |why| LogError::Corrupt { at: position, why };
    let text = std::str::from_utf8(text).map_err(|_| damaged("the commit is not text".to_owned()))?;
    Recorded::decode(position, text).map_err(|error| damaged(describe(&error)))
}

/// Commits found under a stream's subject are that stream's, and none is missing between them: a server that meets a
/// flipped bit leaves the message out without a word, and nobody may decide on what is left.
fn belongs(stream: &StreamId, after: Position, commits: Vec<Recorded>) -> Result<Vec<Recorded>, LogError> {
    let mut version = (after == Position::START).then_some(0);
    for Recorded { position, commit, .. } in &commits {
        let wrong = |why| Err(LogError::Corrupt { at: *position, why });
        if commit.stream != *stream {
            return wrong(format!("it belongs to {} and is filed under {stream}", commit.stream));
        }
        if let Some(version) = version
            && commit.first != version + 1
        {
            return wrong(format!("{stream} stood at version {version} and goes on with {}", commit.first));
        }
        version = Some(commit.last());
    }
    Ok(commits)
}
