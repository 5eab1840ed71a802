//! The streams of the log: one for each aggregate.

use std::{fmt, str::FromStr, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// What kind of aggregate a stream belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamKind {
    /// The log's own beginning.
    Log,
    /// A programme.
    Programme,
    /// A project.
    Project,
    /// A project's monthly report.
    Report,
    /// A project's milestones.
    Milestone,
    /// A point.
    Point,
    /// A facilitator.
    Facilitator,
    /// A record.
    Record,
    /// A document's number.
    Number,
    /// A pair of records.
    Link,
    /// A project's money: its tranches and exposures.
    Money,
    /// What a programme takes to its bank: batches of payment orders.
    Payments,
    /// A service.
    Service,
    /// An invoice, with what all projects claim of it.
    Invoice,
    /// An expense's id.
    Expense,
}

impl StreamKind {
    /// Every kind.
    pub const ALL: [StreamKind; 15] = [
        StreamKind::Log,
        StreamKind::Programme,
        StreamKind::Project,
        StreamKind::Report,
        StreamKind::Milestone,
        StreamKind::Point,
        StreamKind::Facilitator,
        StreamKind::Record,
        StreamKind::Number,
        StreamKind::Link,
        StreamKind::Money,
        StreamKind::Payments,
        StreamKind::Service,
        StreamKind::Invoice,
        StreamKind::Expense,
    ];

    /// How the kind is written in a stream's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            StreamKind::Log => "log",
            StreamKind::Programme => "programme",
            StreamKind::Project => "project",
            StreamKind::Report => "report",
            StreamKind::Milestone => "milestone",
            StreamKind::Point => "point",
            StreamKind::Facilitator => "facilitator",
            StreamKind::Record => "record",
            StreamKind::Number => "number",
            StreamKind::Link => "link",
            StreamKind::Money => "money",
            StreamKind::Payments => "payments",
            StreamKind::Service => "service",
            StreamKind::Invoice => "invoice",
            StreamKind::Expense => "expense",
        }
    }
}

/// A stream's name: `kind.id`, for example `point.mi-0042`. It is a literal subject too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    kind: StreamKind,
    name: Arc<str>,
}

impl StreamId {
    /// The stream of one aggregate.
    #[must_use]
    pub fn new(kind: StreamKind, id: impl fmt::Display) -> StreamId {
        StreamId { kind, name: format!("{}.{id}", kind.as_str()).into() }
    }

    /// The kind of aggregate.
    #[must_use]
    pub fn kind(&self) -> StreamKind {
        self.kind
    }

    /// The aggregate's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.name[self.kind.as_str().len() + 1..]
    }

    /// The whole name, shared.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        self.name.clone()
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

/// The text names no stream.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a stream is named kind.id, for example point.mi-0042")]
pub struct InvalidStream;

impl FromStr for StreamId {
    type Err = InvalidStream;
    fn from_str(text: &str) -> Result<Self, InvalidStream> {
        let (kind, id) = text.split_once('.').ok_or(InvalidStream)?;
        let kind = StreamKind::ALL.into_iter().find(|k| k.as_str() == kind).ok_or(InvalidStream)?;
        if id.is_empty() || id.len() > 130 || !id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            return Err(InvalidStream);
        }
        Ok(StreamId { kind, name: text.into() })
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for StreamId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StreamId".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[a-z]+\\.[a-z0-9-]{1,130}$"})
    }
}

#[cfg(test)]
mod tests;
