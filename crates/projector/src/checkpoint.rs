//! How far tables have come, and in which log.

use traccia_domain::{Hash, Position, hash::ShortHash};

/// How far tables have come. It moves in the same transaction as the rows, by compare-and-set: each commit is written
/// once, and a second writer is fenced off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's epoch.
    pub epoch: ShortHash,
    /// The last commit that the tables hold.
    pub position: Position,
    /// That commit's hash, zero at the start: another one there is another history.
    pub hash: Hash,
    /// The projections' version.
    pub version: u32,
    /// The latest instant up to there, RFC 3339; empty at the start.
    pub recorded_at: String,
}

impl Checkpoint {
    /// Of tables that hold nothing yet.
    #[must_use]
    pub fn start(epoch: ShortHash, version: u32) -> Checkpoint {
        Checkpoint { epoch, position: Position::START, hash: Hash::ZERO, version, recorded_at: String::new() }
    }
}
