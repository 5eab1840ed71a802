//! Why a command was not carried out.

use traccia_domain::{Commit, Position, Refusal};
use traccia_log::{BoxError, LogError};

use crate::permission::Forbidden;

/// What is there already.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Existing {
    /// Its id.
    pub id: String,
    /// Where it was recorded.
    pub position: Position,
}

/// Why a command was not carried out. No text quotes what a client sent.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The bearer has no right to it.
    #[error("this needs {needed}")]
    Forbidden {
        /// What a token would have to say.
        needed: String,
    },
    /// The rules say no.
    #[error("{refusal}")]
    Refused {
        /// What they say.
        refusal: Refusal,
        /// The first one, when the same service was recorded before.
        existing: Option<Existing>,
    },
    /// The idempotency key belongs to another command of the same subject.
    #[error("this idempotency key was used for another command")]
    KeyReused,
    /// Others were faster each time.
    #[error("the same thing is being changed by others; try again")]
    Contended,
    /// More would be written at once than a commit holds.
    #[error("this would be a commit of {bytes} bytes; at most {} are stored: shorten the texts in it", Commit::LONGEST)]
    TooLong {
        /// How long it would be.
        bytes: usize,
    },
    /// The log, the store of keys or the read models are away, and nothing was written.
    #[error("the log, the store of keys or the read models cannot be reached; nothing was written")]
    Unavailable(#[source] BoxError),
    /// It may have been carried out, whole or in part: the same key with the same body tells, and completes it.
    #[error("the outcome is unknown; repeat with the same idempotency key")]
    Unknown {
        /// The key to repeat with.
        key: String,
        /// What was lost.
        #[source]
        cause: BoxError,
    },
    /// A record's key is not the one its profile was sealed with: after an older copy of the keys was put back, for one.
    #[error(
        "a record's profile does not open with its key: the store of record keys is older than the log, or another's, \
         or one of the two is damaged; put back the store that belongs to this log"
    )]
    KeyMismatch(#[source] BoxError),
    /// What is stored cannot be right.
    #[error("the log is damaged")]
    Damaged(#[source] LogError),
}

impl Failure {
    /// A refusal that names nothing else.
    pub(crate) fn refused(refusal: impl Into<Refusal>) -> Failure {
        Failure::Refused { refusal: refusal.into(), existing: None }
    }

    /// What a failed read means: nothing was written.
    pub(crate) fn reading(error: LogError) -> Failure {
        match error {
            LogError::Conflict => Failure::Contended,
            LogError::Unavailable(cause) | LogError::Unknown(cause) => Failure::Unavailable(cause),
            LogError::Corrupt { .. } => Failure::Damaged(error),
        }
    }

    /// What a failed write under a key means, once it cannot be resolved.
    pub(crate) fn writing(error: LogError, key: &str) -> Failure {
        match error {
            LogError::Unknown(cause) => Failure::Unknown { key: key.to_owned(), cause },
            LogError::Conflict | LogError::Unavailable(_) | LogError::Corrupt { .. } => Failure::reading(error),
        }
    }

    /// The same failure after a part was written: what was "nothing written" no longer is.
    pub(crate) fn after_a_part(self, key: &str) -> Failure {
        match self {
            Failure::Unavailable(cause) => Failure::Unknown { key: key.to_owned(), cause },
            Failure::Contended => Failure::Unknown { key: key.to_owned(), cause: Box::new(Failure::Contended) },
            Failure::Forbidden { .. }
            | Failure::Refused { .. }
            | Failure::KeyReused
            | Failure::TooLong { .. }
            | Failure::Unknown { .. }
            | Failure::KeyMismatch(_)
            | Failure::Damaged(_) => self,
        }
    }

    /// Whether somebody said no, judging by what was read.
    pub(crate) fn is_a_no(&self) -> bool {
        matches!(self, Failure::Forbidden { .. } | Failure::Refused { .. })
    }

    /// One word for the metrics.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Failure::Forbidden { .. } => "forbidden",
            Failure::Refused { .. } => "refused",
            Failure::KeyReused => "key_reused",
            Failure::Contended => "contended",
            Failure::TooLong { .. } => "too_long",
            Failure::Unavailable(_) => "unavailable",
            Failure::Unknown { .. } => "unknown",
            Failure::KeyMismatch(_) => "key_mismatch",
            Failure::Damaged(_) => "damaged",
        }
    }
}

impl From<Forbidden> for Failure {
    fn from(forbidden: Forbidden) -> Self {
        Failure::Forbidden { needed: forbidden.needed }
    }
}
