//! What every answer has in common: the position it was computed at, the rules it used, pages, and how reading fails.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::Position;
use utoipa::ToSchema;

mod known_at;
mod page;
mod reader;
mod sql;
mod within;

#[cfg(test)]
mod alike;
#[cfg(test)]
mod tests;

pub(crate) use known_at::beginning_in_italy;
pub use known_at::{InvalidKnownAt, KnownAt, day_in_italy};
pub use page::{Page, Paging};
pub use reader::Reader;
pub(crate) use sql::{Line, Sql, counted};
pub use within::Within;

/// An answer, with the position it was computed at and the rules of each programme in force on its day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Answer<T> {
    /// What the log knew: everything up to here, nothing after.
    #[schema(value_type = u64)]
    pub position: Position,
    /// Programme to the version of its rules in force, as known at the position, on the day the answer is about: `on`, or
    /// the day of the position. It is the last adopted of those a rule in force comes from; 1 is the definition's own.
    pub rules: BTreeMap<String, u64>,
    /// The answer itself.
    #[serde(flatten)]
    pub body: T,
}

impl<T> Answer<T> {
    /// What follows from it, at the same position and by the same rules.
    #[must_use]
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { position: self.position, rules: self.rules, body: to(self.body) }
    }
}

/// Why the tables gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The cursor is none that was given out.
    #[error("the cursor in `after` is not one that an earlier page gave")]
    Cursor,
    /// The size of the page is out of bounds.
    #[error("a page has 1 to 1,000 items")]
    Limit,
    /// A row does not hold what its table declares: the tables are damaged, or another program's.
    #[error("a row of the read models is not as its table declares it: {what}")]
    Damaged {
        /// What was expected.
        what: String,
    },
    /// The tables have not come so far, or could not be read.
    #[error(transparent)]
    Tables(#[from] traccia_projector::ReadError),
}

impl ReadError {
    pub(crate) fn damaged(what: impl std::fmt::Display) -> ReadError {
        ReadError::Damaged { what: what.to_string() }
    }
}

/// A figure as it may be published: none below five, where it could point at somebody. Nought points at nobody.
#[must_use]
pub fn hidden_below_five(figure: u64) -> Option<u64> {
    match figure {
        1..=4 => None,
        0 | 5.. => Some(figure),
    }
}
