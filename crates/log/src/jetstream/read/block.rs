//! A chunk in the making.

use async_nats::jetstream::Message;
use traccia_domain::Position;

use crate::{Chunk, LogError};

/// The most commits of a chunk.
const COMMITS: usize = 2_000;

/// A chunk that has so many bytes takes no more.
const BYTES: usize = 1 << 20;

/// What is wrong with a message after the last.
pub(super) enum Misplaced {
    /// The log has no message there.
    Missing,
    /// A message was lost on its way, or came twice.
    OutOfOrder,
    /// It is not one line of text.
    Unreadable(&'static str),
}

/// A chunk in the making.
pub(super) struct Block {
    first: Position,
    pub(super) last: Position,
    lines: Vec<u8>,
    commits: usize,
}

impl Block {
    pub(super) fn after(last: Position) -> Block {
        Block { first: last.next(), last, lines: Vec::new(), commits: 0 }
    }

    pub(super) fn has_room(&self) -> bool {
        self.commits < COMMITS && self.lines.len() < BYTES
    }

    /// Takes the message after the last, whose subject begins with `prefix`. `fresh` when it must be the consumer's first,
    /// which nothing can have preceded.
    pub(super) fn take(&mut self, message: &Message, prefix: &str, fresh: bool) -> Result<(), Misplaced> {
        let info = message.info().map_err(|_| Misplaced::OutOfOrder)?;
        if info.stream_sequence != self.last.next().0 {
            let skipped = fresh && info.consumer_sequence == 1 && info.stream_sequence > self.last.0;
            return Err(if skipped { Misplaced::Missing } else { Misplaced::OutOfOrder });
        }
        let text = &message.payload;
        if text.contains(&b'\n') {
            return Err(Misplaced::Unreadable("the commit is not one line"));
        }
        if misfiled(message.subject.as_str(), prefix, text) {
            return Err(Misplaced::Unreadable("it is filed under another stream than its own"));
        }
        if self.commits > 0 {
            self.lines.push(b'\n');
        }
        self.lines.extend_from_slice(text);
        self.commits += 1;
        self.last = self.last.next();
        Ok(())
    }

    /// The text of the last commit.
    pub(super) fn last_text(&self) -> &[u8] {
        self.lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
    }

    pub(super) fn into_chunk(self) -> Result<Chunk, LogError> {
        let lines = String::from_utf8(self.lines).map_err(|error| {
            let readable = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let before = readable.iter().filter(|byte| **byte == b'\n').count() as u64;
            LogError::Corrupt { at: Position(self.first.0 + before), why: "the commit is not text".to_owned() }
        })?;
        Ok(Chunk::new(self.first, lines))
    }
}

/// Whether a subject is not that of the stream which the text names: who loads that stream would not see it, and who reads
/// everything would. A text that names none is found out by who decodes it.
fn misfiled(subject: &str, prefix: &str, text: &[u8]) -> bool {
    let Some(named) = text.strip_prefix(br#"{"stream":""#) else { return false };
    let filed = subject.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.'));
    !filed.is_some_and(|filed| named.strip_prefix(filed.as_bytes()).is_some_and(|rest| rest.starts_with(b"\"")))
}
