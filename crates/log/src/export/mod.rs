//! A whole log as one portable file: a header line, one line for each commit with its exact text, a trailer line.
//!
//! The trailer holds the SHA-256 of all texts, each followed by a line end. A file without its trailer is not whole.

mod check;
mod restore;
mod write;

use serde::{Deserialize, Serialize};
use traccia_domain::{Hash, Position};

use crate::{Epoch, LogError};
pub use check::check;
pub use restore::{begun, restore};
pub use write::export;

/// What is to be done with a log that holds nothing but its beginning.
const BEGUN: &str = ". It was begun with `traccia init`, and an export brings its own beginning: delete that stream, or that \
                     file, and the folder's file `epoch`, then restore";

/// What the header calls the format.
const FORMAT: &str = "traccia-log";

/// The version written and read.
const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    epoch: Option<Epoch>,
    commits: u64,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
struct Trailer {
    commits: u64,
    sha256: Hash,
}

/// What a file holds: shown to people, and compared with what they wrote down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The log's epoch; none for a log that was never started.
    pub epoch: Option<Epoch>,
    /// Commits, which is the last position too.
    pub commits: u64,
    /// SHA-256 of all texts, each followed by a line end.
    pub sha256: Hash,
}

/// Why a log was not exported or restored.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be read or written.
    #[error("the file cannot be read or written")]
    File(#[from] std::io::Error),
    /// The log is away or damaged.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It is another kind of file, or of a later release.
    #[error("the file is not an export of a log that this release reads")]
    Foreign,
    /// It is not what was exported.
    #[error("the export is damaged at line {line}: {why}")]
    Damaged {
        /// Counted from 1.
        line: u64,
        /// How it is known.
        why: String,
    },
    /// A log is restored from its beginning only, or from where the same file broke off.
    #[error(
        "the log already holds {held} commits, and at position {at} another than the export: only an empty log takes an \
         export, or one in which restoring it broke off{}",
        if *held == 1 { BEGUN } else { "" }
    )]
    NotEmpty {
        /// How many there are.
        held: u64,
        /// The first that is not the file's.
        at: Position,
    },
    /// The log gave a commit another place, or wrote it otherwise. The log just filled must not be used.
    #[error("the log did not take position {at} as it was exported: {why}; throw this new log away")]
    Different {
        /// Where.
        at: Position,
        /// How.
        why: String,
    },
}
