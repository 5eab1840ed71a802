//! The log as it lies there: texts at positions, read without the application and without the domain's types.

use std::{fmt::Write as _, path::Path};

use async_nats::jetstream::{self, stream::RawMessageErrorKind};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, sqlite::SqliteConnectOptions};

/// A stored text at its position.
pub type Stored = (u64, String);

/// A commit, as far as the checker needs to understand it.
#[derive(Debug)]
pub struct Commit {
    pub position: u64,
    pub stream: String,
    pub first: u64,
    pub command: String,
    pub prev: String,
    /// SHA-256 of the text.
    pub hash: String,
    pub events: Vec<Event>,
}

#[derive(Debug)]
pub struct Event {
    pub kind: String,
    pub data: Value,
}

impl Commit {
    /// What follows the kind in the stream's name.
    pub fn id(&self) -> &str {
        self.stream.split_once('.').map_or("", |(_, id)| id)
    }
}

/// Reads a stored text; `None` when it is no commit.
pub fn commit((position, text): &Stored) -> Option<Commit> {
    let parsed: Value = serde_json::from_str(text).ok()?;
    let text_of = |field: &str| parsed[field].as_str().map(str::to_owned);
    let event = |event: &Value| {
        let kind = event["type"].as_str()?.to_owned();
        Some(Event { kind, data: event["data"].clone() })
    };
    Some(Commit {
        position: *position,
        stream: text_of("stream")?,
        first: parsed["first"].as_u64()?,
        command: text_of("command")?,
        prev: text_of("prev")?,
        hash: hex(&Sha256::digest(text.as_bytes())),
        events: parsed["events"].as_array()?.iter().map(event).collect::<Option<_>>()?,
    })
}

/// What stands on a commit for a subject and an idempotency key.
pub fn command_of(subject: &str, key: &str) -> String {
    half(&[subject.as_bytes(), key.as_bytes()])
}

/// What stands on the first commit of a log.
pub fn command_of_genesis() -> String {
    half(&[b"genesis"])
}

/// The first half of the SHA-256 of parts, each preceded by its length.
fn half(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize()[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What an SQLite log holds.
pub async fn of_file(path: &Path) -> Result<Vec<Stored>, sqlx::Error> {
    let mut file = SqliteConnectOptions::new().filename(path).disable_statement_logging().connect().await?;
    let rows = sqlx::query("select position, text from commits order by position").fetch_all(&mut file).await?;
    // The next one finds the folder at rest.
    file.close().await?;
    rows.iter().map(|row| Ok((row.try_get::<i64, _>(0)?.cast_unsigned(), row.try_get(1)?))).collect()
}

/// Messages of JetStream that are asked for at once.
const ABREAST: usize = 64;

/// What a stream of JetStream holds, as its leader has it. What it does not have is left out.
pub async fn of_jetstream(urls: &[String], name: &str) -> Result<Vec<Stored>, async_nats::Error> {
    let context = jetstream::new(async_nats::connect(urls).await?);
    let held = &context.get_stream(name).await?;
    let last = held.cached_info().state.last_sequence;
    let message = async |position| match held.get_raw_message(position).await {
        Ok(message) => Ok(Some((position, String::from_utf8(message.payload.to_vec())?))),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(async_nats::Error::from(error)),
    };
    let messages = stream::iter(1..=last).map(message).buffered(ABREAST);
    messages.try_filter_map(async |stored| Ok(stored)).try_collect().await
}
