//! One stream, or one commit.

use std::{collections::HashSet, time::Duration};

use async_nats::{
    Message, StatusCode,
    jetstream::stream::{Info, RawMessageError, RawMessageErrorKind},
};
use futures::StreamExt as _;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use traccia_domain::{Position, Recorded, StreamId};

use super::{
    Shared,
    ask::{PAUSE, Unanswered, refused},
    connect::ATTEMPT,
};
use crate::{BoxError, LogError, chunk::describe};

/// Those who hear nothing of their leader for four seconds choose another one, at the earliest.
const ELECTION: Duration = Duration::from_secs(3);

/// Looks after which a commit that is not there, although the log goes on behind it, is believed to be missing.
const LOOKS: u32 = 3;

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
            let question = json!({"seq": last.next().0, "next_by_subj": subject, "batch": BATCH}).to_string();
            let page = self.ask(|| self.page(&question)).await.map_err(LogError::Unavailable)?;
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

    /// One by one, from a leader that others follow: what it does not answer has not happened. What another log answers
    /// tells nothing of this one.
    pub(super) async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        let until = Instant::now() + self.options.answer_within;
        loop {
            let view = self.looked().await?;
            let read = self.while_led(|| self.leaders(stream, after)).await?;
            if self.view() == view {
                return Ok(read);
            }
            if Instant::now() >= until {
                return Err(LogError::Unavailable("the connection was made anew again and again".into()));
            }
        }
    }

    async fn leaders(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
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
        for _ in 0..LOOKS {
            if let Some((found, text)) = self.while_led(|| self.leader_has(position, None)).await? {
                return recorded(found, &text).map(Some);
            }
            if self.head().await? < position {
                return Ok(None);
            }
            // One who was about to lose the lead may have answered first, and another one then.
            sleep(PAUSE).await;
        }
        Err(LogError::Corrupt { at: position, why: "the commit is missing".to_owned() })
    }

    /// What is read from a leader, as soon as it is one that others follow: a leader that was cut off goes on answering
    /// for about ten seconds, and tells of the past.
    async fn while_led<T, Reading>(&self, reading: impl Fn() -> Reading) -> Result<T, LogError>
    where
        Reading: Future<Output = Result<T, LogError>>,
    {
        let until = Instant::now() + self.options.answer_within;
        loop {
            let read = reading().await?;
            if followed(&self.info().await?) {
                return Ok(read);
            }
            if Instant::now() >= until {
                return Err(LogError::Unavailable("the log's leader has lost those who follow it".into()));
            }
            sleep(PAUSE).await;
        }
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

    /// Which streams have begun: the last message of each, so many at once as a server answers.
    pub(super) async fn begun(&self, streams: &[StreamId]) -> Result<Vec<bool>, LogError> {
        let mut found = HashSet::new();
        for streams in streams.chunks(BATCH) {
            let subjects: Vec<_> = streams.iter().map(|stream| self.subject(stream)).collect();
            let question = json!({"multi_last": subjects, "batch": BATCH}).to_string();
            let page = self.ask(|| self.page(&question)).await.map_err(LogError::Unavailable)?;
            for (position, text) in &page.messages {
                found.insert(recorded(*position, text)?.commit.stream);
            }
        }
        Ok(streams.iter().map(|stream| found.contains(stream)).collect())
    }

    /// Asks for messages and reads until the server says that this was all.
    async fn page(&self, question: &str) -> Result<Page, Unanswered> {
        let failed = |error: BoxError| Unanswered::Yet(error);
        let client = &self.link.client;
        let inbox = client.new_inbox();
        let mut answers = client.subscribe(inbox.clone()).await.map_err(|error| failed(error.into()))?;
        let asked = format!("$JS.API.DIRECT.GET.{}", self.options.stream);
        client
            .publish_with_reply(asked, inbox, question.to_owned().into())
            .await
            .map_err(|error| failed(error.into()))?;
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

/// Whether a majority has been heard of so lately that it cannot have chosen another leader.
fn followed(info: &Info) -> bool {
    let followers = info.cluster.iter().flat_map(|cluster| &cluster.replicas);
    let near = followers.filter(|peer| !peer.offline && peer.active < ELECTION).count();
    2 * (1 + near) > info.config.num_replicas
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(replicas: usize, seconds: &[u64]) -> Info {
        let peer = |ago: &u64| json!({"name": "n", "current": true, "active": ago * 1_000_000_000});
        let peers: Vec<Value> = seconds.iter().map(peer).collect();
        let config = json!({"name": "L", "num_replicas": replicas, "retention": "limits", "max_consumers": -1,
            "max_msgs": -1, "max_bytes": -1, "discard": "new", "max_age": 0, "storage": "file"});
        let state = json!({"messages": 0, "bytes": 0, "first_seq": 0, "first_ts": "2026-01-01T00:00:00Z",
            "last_seq": 0, "last_ts": "2026-01-01T00:00:00Z", "consumer_count": 0});
        serde_json::from_value(json!({"config": config, "created": "2026-01-01T00:00:00Z", "state": state,
            "ts": "2026-01-01T00:00:00Z", "cluster": {"name": "c", "leader": "l", "replicas": peers}}))
        .unwrap()
    }

    #[test]
    fn a_leader_is_one_while_a_majority_was_heard_of_lately() {
        assert!(followed(&told(1, &[])));
        assert!(followed(&told(3, &[0, 60])) && followed(&told(3, &[1, 1])));
        assert!(!followed(&told(3, &[4, 60])) && !followed(&told(3, &[])));
        assert!(followed(&told(5, &[1, 2, 60, 60])) && !followed(&told(5, &[1, 60, 60, 60])));
    }
}
