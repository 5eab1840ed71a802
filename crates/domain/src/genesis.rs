//! The log's own beginning, and what happened to the installation that writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{StreamId, StreamKind, document::KeyVersion, event::events, hash::ShortHash};

/// The log was started. It is the first commit, and its epoch is what a checkpoint belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogStarted {
    /// Drawn at random once: two logs never share one, even where their positions are alike.
    pub epoch: ShortHash,
}

/// A new fingerprint key was drawn: documents that are new are fingerprinted with it from here on, and nobody goes on who does
/// not have it. The key itself is never in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FingerprintKeyRotated {
    /// The version of the new key.
    pub version: KeyVersion,
}

events! {
    /// What happened to the log itself.
    LogEvent {
        /// It was started.
        LogStarted = "log_started" v1,
        /// A new fingerprint key was drawn.
        FingerprintKeyRotated = "fingerprint_key_rotated" v1,
    }
}

/// The stream of the first commit, and of what happened to the installation since.
#[must_use]
pub fn stream() -> StreamId {
    StreamId::new(StreamKind::Log, "genesis")
}
