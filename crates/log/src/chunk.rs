//! A run of commits as they are stored.

use traccia_domain::{Position, Recorded};

use crate::LogError;

/// A contiguous run of stored commits: one JSON line each, nothing missing between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    first: Position,
    lines: String,
}

impl Chunk {
    /// From the position of the first line and the lines, separated by `\n`.
    #[must_use]
    pub fn new(first: Position, lines: String) -> Chunk {
        Chunk { first, lines }
    }

    /// The stored texts with their positions.
    pub fn texts(&self) -> impl Iterator<Item = (Position, &str)> {
        (self.first.0..).map(Position).zip(self.lines.split('\n'))
    }

    /// The commits; an unreadable one is an error, and whoever folds stops there.
    pub fn commits(&self) -> impl Iterator<Item = Result<Recorded, LogError>> {
        self.texts().map(|(position, text)| {
            Recorded::decode(position, text).map_err(|error| LogError::Corrupt { at: position, why: describe(&error) })
        })
    }
}

/// An error with its causes in one line.
pub(crate) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
