//! The log's own order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a commit stands in the log: 1 for the first, without gaps.
///
/// Assigned by the log when it stores, so the order of positions is the order in which commits became visible.
/// `Position::START` (0) is before everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// Before the first commit: what an empty log has reached.
    pub const START: Position = Position(0);

    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Position {
        Position(self.0 + 1)
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
