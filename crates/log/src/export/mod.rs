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
pub use restore::restore;
pub use write::export;

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
    /// A log is restored from its beginning only.
    #[error("the log already holds {0} commits; only an empty log takes an export")]
    NotEmpty(u64),
    /// The log gave a commit another place, or wrote it otherwise. The log just filled must not be used.
    #[error("the log did not take position {at} as it was exported: {why}; throw this new log away")]
    Different {
        /// Where.
        at: Position,
        /// How.
        why: String,
    },
}
