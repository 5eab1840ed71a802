//! A commit: what one decision wrote, atomically, to one stream.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, ser::SerializeSeq as _};
use serde_json::value::RawValue;

use crate::{
    Actor, Event, Hash, Position, StreamId,
    event::{DataOf, UnreadableEvent},
    hash::ShortHash,
};

/// What one decision wrote. One decision is one commit is one message, however many events it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The aggregate's stream.
    pub stream: StreamId,
    /// The stream's version with the first of these events: 1 for a new stream.
    pub first: u64,
    /// The command: a digest of who asked and their idempotency key.
    pub command: ShortHash,
    /// A keyed digest of the command's body, to tell a retry from another command under the same key.
    pub body: ShortHash,
    /// The hash of the stream's previous commit, zero for the first.
    pub prev: Hash,
    /// When the application decided. The log's order is by position; this is shown, and never decreases when read.
    pub recorded_at: Timestamp,
    /// Who asked.
    pub actor: Actor,
    /// What happened.
    pub events: Vec<Event>,
}

/// A commit with the place the log gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place.
    pub position: Position,
    /// The commit.
    pub commit: Commit,
    /// SHA-256 of the stored text: the `prev` of the stream's next commit.
    pub hash: Hash,
}

/// Why a stored text is not a commit.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableCommit {
    /// The envelope is damaged.
    #[error("the commit does not have its shape")]
    Shape(#[from] serde_json::Error),
    /// An event in it cannot be read.
    #[error(transparent)]
    Event(#[from] UnreadableEvent),
}

/// What one decision wrote, atomically, to one stream.
#[derive(Serialize, JsonSchema)]
struct Written<'a> {
    /// The aggregate's stream.
    stream: &'a StreamId,
    /// The stream's version with the first of these events: 1 for a new stream.
    first: u64,
    /// The command: a digest of who asked and their idempotency key.
    command: ShortHash,
    /// A keyed digest of the command's body.
    body: ShortHash,
    /// The hash of the stream's previous commit, zero for the first.
    prev: Hash,
    /// When the application decided. The log's order is by position.
    recorded_at: Timestamp,
    /// Who asked.
    actor: &'a Actor,
    /// What happened.
    #[schemars(with = "Vec<StoredEvent>")]
    events: WrittenEvents<'a>,
}

/// An event as a commit holds it.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes `WrittenEvent`, whose data is any event's")]
struct StoredEvent {
    /// Its stored name, for example `point_opened`.
    r#type: String,
    /// Its version.
    version: u16,
    /// What it says, by the schema of its type and version.
    data: serde_json::Map<String, serde_json::Value>,
}

/// The JSON Schema of a commit as the log stores it.
pub(crate) fn envelope(generator: &mut SchemaGenerator) -> Schema {
    Written::json_schema(generator)
}

struct WrittenEvents<'a>(&'a [Event]);

#[derive(Serialize)]
struct WrittenEvent<'a> {
    r#type: &'static str,
    version: u16,
    data: DataOf<'a>,
}

impl Serialize for WrittenEvents<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for event in self.0 {
            let kind = event.kind();
            list.serialize_element(&WrittenEvent { r#type: kind.stored, version: kind.version, data: DataOf(event) })?;
        }
        list.end()
    }
}

#[derive(Deserialize)]
struct Read<'a> {
    stream: StreamId,
    first: u64,
    command: ShortHash,
    body: ShortHash,
    prev: Hash,
    recorded_at: Timestamp,
    actor: Actor,
    #[serde(borrow)]
    events: Vec<ReadEvent<'a>>,
}

#[derive(Deserialize)]
struct ReadEvent<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    version: u16,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Commit {
    /// The longest text a commit may have, in bytes: the ledger's bundles of entries write its length in sixteen bits.
    pub const LONGEST: usize = u16::MAX as usize;

    /// The text the log stores: one line of JSON, envelope first, in this very order.
    ///
    /// # Panics
    /// Never: every part can be written as JSON.
    #[must_use]
    pub fn encode(&self) -> String {
        let written = Written {
            stream: &self.stream,
            first: self.first,
            command: self.command,
            body: self.body,
            prev: self.prev,
            recorded_at: self.recorded_at,
            actor: &self.actor,
            events: WrittenEvents(&self.events),
        };
        serde_json::to_string(&written).expect("a commit has only text keys and finite numbers")
    }

    /// Reads a stored text.
    ///
    /// # Errors
    /// When it is damaged, or holds an event this program cannot read.
    pub fn decode(text: &str) -> Result<Commit, UnreadableCommit> {
        let read: Read<'_> = serde_json::from_str(text)?;
        let events = read
            .events
            .iter()
            .map(|event| Event::decode(&event.r#type, event.version, event.data.get()))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Commit {
            stream: read.stream,
            first: read.first,
            command: read.command,
            body: read.body,
            prev: read.prev,
            recorded_at: read.recorded_at,
            actor: read.actor,
            events,
        })
    }

    /// The stream's version after this commit.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.first + self.events.len() as u64 - 1
    }
}

impl Recorded {
    /// Reads a stored text at its place.
    ///
    /// # Errors
    /// When it is damaged, or holds an event this program cannot read.
    pub fn decode(position: Position, text: &str) -> Result<Recorded, UnreadableCommit> {
        Ok(Recorded { position, commit: Commit::decode(text)?, hash: Hash::of(text.as_bytes()) })
    }
}

#[cfg(test)]
pub(crate) mod tests;
