//! What a command answers.

use serde::Serialize;
use traccia_domain::{Position, Recorded, StreamId};

use super::request::Request;

/// What a command did: where it stands and what happened. Without events, the effect was already there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The last position it wrote, or where its effect was already.
    pub position: Position,
    /// The stream; of several, the first.
    pub stream: StreamId,
    /// The stream's version since.
    pub revision: u64,
    /// What happened, by the API's names.
    pub events: Vec<&'static str>,
    /// Whether this is the answer of an earlier request under the same key.
    pub replayed: bool,
    /// What it made or touched.
    pub id: String,
    /// The key to repeat it with.
    pub idempotency_key: String,
}

impl Done {
    /// What a stream that has it all answers: nothing happened now.
    pub(super) fn already(last: &Recorded, request: &Request<'_>) -> Done {
        let stream = last.commit.stream.clone();
        Done {
            position: last.position,
            revision: last.commit.last(),
            events: Vec::new(),
            replayed: false,
            id: stream.id().to_owned(),
            stream,
            idempotency_key: request.key.as_str().to_owned(),
        }
    }

    /// What a commit just stored answers.
    pub(super) fn stored(position: Position, commit: &traccia_domain::Commit, request: &Request<'_>) -> Done {
        Done {
            position,
            stream: commit.stream.clone(),
            revision: commit.last(),
            events: commit.events.iter().map(|event| event.kind().name).collect(),
            replayed: false,
            id: commit.stream.id().to_owned(),
            idempotency_key: request.key.as_str().to_owned(),
        }
    }

    /// The first answer again.
    pub(super) fn replayed(earlier: &Recorded, request: &Request<'_>) -> Done {
        Done { replayed: true, ..Done::stored(earlier.position, &earlier.commit, request) }
    }

    /// One answer for the commits of several streams, the first of which names it. It is a replay when nothing new was
    /// written and something had been.
    pub(super) fn together(parts: Vec<Done>) -> Option<Done> {
        let written = parts.iter().any(|part| !part.replayed && !part.events.is_empty());
        let mut parts = parts.into_iter();
        let mut whole = parts.next()?;
        for part in parts {
            whole.position = whole.position.max(part.position);
            whole.events.extend(part.events);
            whole.replayed |= part.replayed;
        }
        whole.replayed &= !written;
        Some(whole)
    }
}
