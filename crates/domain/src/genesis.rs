//! The log's own beginning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{StreamId, StreamKind, event::events, hash::ShortHash};

/// The log was started. It is the first commit, and its epoch is what a checkpoint belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogStarted {
    /// Drawn at random once: two logs never share one, even where their positions are alike.
    pub epoch: ShortHash,
}

events! {
    /// What happened to the log itself.
    LogEvent {
        /// It was started.
        LogStarted = "log_started" v1,
    }
}

/// The stream of the first commit.
#[must_use]
pub fn stream() -> StreamId {
    StreamId::new(StreamKind::Log, "genesis")
}
