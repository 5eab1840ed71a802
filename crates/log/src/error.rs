//! What can go wrong with a log.

use traccia_domain::Position;

/// A cause from below.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong with a log. A lost answer is `Unknown`, never a failure.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The stream does not end where it was expected to: somebody else was faster.
    #[error("the stream has moved on")]
    Conflict,
    /// Nothing was stored.
    #[error("the log cannot be reached; nothing was written")]
    Unavailable(#[source] BoxError),
    /// It may have been stored; reading the stream from the leader tells.
    #[error("the log's answer was lost")]
    Unknown(#[source] BoxError),
    /// What is stored cannot be right.
    #[error("the log is damaged at position {at}: {why}")]
    Corrupt {
        /// Where.
        at: Position,
        /// How it is known.
        why: String,
    },
}

impl LogError {
    /// The log ends before a position it once gave.
    pub(crate) fn shorter(head: Position, after: Position) -> LogError {
        let why = format!(
            "the log ends at {head} but had once reached {after}: an older copy took its place. Bring the newest backup \
             back, or start anew whatever was made from the lost commits"
        );
        LogError::Corrupt { at: head.next(), why }
    }

    /// The log has another commit at a position than it once gave.
    #[cfg(feature = "jetstream")]
    pub(crate) fn other(at: Position) -> LogError {
        let why = "it is another commit than before: an older copy of the log took its place and went on. Bring the newest \
                   backup back, or start anew whatever was made from the lost commits";
        LogError::Corrupt { at, why: why.to_owned() }
    }
}
