//! One request: who asks, how far their right reaches, and what tells it from any other.

use jiff::Timestamp;
use traccia_domain::{Command, Commit, Event, Hash, Recorded, StreamId, document::FingerprintKeys, hash::ShortHash};

use crate::{Bearer, Failure, IdempotencyKey, permission::Extent};

pub(super) struct Request<'a> {
    pub(super) who: &'a Bearer,
    pub(super) extent: Extent,
    pub(super) key: IdempotencyKey,
    /// The digest of subject and key.
    pub(super) command: ShortHash,
    /// The keyed digest of the body, which may hold documents.
    pub(super) body: ShortHash,
    /// The same under older keys: what was asked before a rotation and is asked again is the same request.
    older: Vec<ShortHash>,
}

impl<'a> Request<'a> {
    pub(super) fn new(
        who: &'a Bearer,
        extent: Extent,
        key: IdempotencyKey,
        command: &Command,
        fingerprint: &FingerprintKeys,
    ) -> Self {
        // The order of fields is that of the types, so equal bodies have equal texts however a client wrote them.
        let text = serde_json::to_vec(command).expect("a command has only text keys and finite numbers");
        let (command, body) = (key.of(&who.actor.subject), fingerprint.newest().digest(&text));
        Request { who, extent, key, command, body, older: fingerprint.older_digests(&text) }
    }

    /// Who asks, by the account's name.
    pub(super) fn subject(&self) -> String {
        self.who.actor.subject.clone()
    }

    /// A commit of this request, the first of a new stream; [`crate::stored::Loaded::followed_by`] moves it on.
    pub(super) fn commit(&self, stream: StreamId, events: Vec<Event>, now: Timestamp) -> Commit {
        Commit {
            stream,
            first: 1,
            command: self.command,
            body: self.body,
            prev: Hash::ZERO,
            recorded_at: now,
            actor: self.who.actor.clone(),
            events,
        }
    }

    /// Whether an earlier commit is of this very request.
    ///
    /// # Errors
    /// When it has the same key and another body.
    pub(super) fn wrote(&self, earlier: &Recorded) -> Result<bool, Failure> {
        if earlier.commit.command != self.command {
            Ok(false)
        } else if earlier.commit.body == self.body || self.older.contains(&earlier.commit.body) {
            Ok(true)
        } else {
            Err(Failure::KeyReused)
        }
    }

    /// What was answered is not where it was: the log in sight may be old, or another one.
    pub(super) fn elsewhere(&self, why: String) -> Failure {
        Failure::Unknown { key: self.key.as_str().to_owned(), cause: why.into() }
    }
}
