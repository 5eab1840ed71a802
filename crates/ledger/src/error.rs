//! What can go wrong with the ledger.

use std::{io, path::PathBuf};

use traccia_domain::{Commit, Position};
use traccia_log::LogError;

use crate::note::NoteError;

/// What can go wrong with the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold what it must. Everything but the checkpoint can be made again from the log.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// How it is known.
        why: String,
    },
    /// The log is away or damaged.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The checkpoint is not ours.
    #[error(
        "the checkpoint {} is not one that the key {key} has signed: put back the keys.json and the log it belongs to. \
         If that key is lost for good, move the ledger's folder away, and tell those who keep checkpoints of it that another \
         ledger begins", path.display()
    )]
    Foreign {
        /// Its file.
        path: PathBuf,
        /// Our key, as others know it.
        key: String,
        /// What is wrong with it.
        source: NoteError,
    },
    /// The log ends before what was signed.
    #[error(
        "HISTORY HAS CHANGED: the log ends at position {head}, and {signed} commits were signed: an older copy took its \
         place. Nothing more is signed; bring back the log that was signed"
    )]
    LogShorter {
        /// How many commits were signed.
        signed: u64,
        /// Where the log ends.
        head: Position,
    },
    /// The log does not hold what was signed.
    #[error(
        "HISTORY HAS CHANGED: what the log holds up to position {at} is not what was signed. Nothing more is signed; \
         bring back the log that was signed"
    )]
    OtherHistory {
        /// Where the difference shows.
        at: Position,
    },
    /// A tree that would not go on from what was signed. It is not signed.
    #[error("the tree of size {new} does not go on from the signed one of size {old}; it was not signed")]
    Inconsistent {
        /// What is signed.
        old: u64,
        /// What was to be.
        new: u64,
    },
    /// Somebody else publishes in this folder.
    #[error("another process has published a checkpoint in {}; this one has stopped", path.display())]
    Overtaken {
        /// The checkpoint's file.
        path: PathBuf,
    },
    /// A commit that no bundle of entries can hold.
    #[error(
        "the commit at position {at} has {bytes} bytes; the ledger takes {} at most, and stops before it",
        Commit::LONGEST
    )]
    TooLong {
        /// Where.
        at: Position,
        /// How long.
        bytes: usize,
    },
    /// A task of our own ended as it never should.
    #[error("the ledger has stopped")]
    Broken(#[source] traccia_log::BoxError),
}

impl LedgerError {
    /// Whether the log is no longer the one that was signed.
    #[must_use]
    pub fn history_changed(&self) -> bool {
        matches!(self, LedgerError::LogShorter { .. } | LedgerError::OtherHistory { .. })
    }

    /// Whether it may be gone when the same is tried again: a full disk, a log that is away.
    #[must_use]
    pub fn passing(&self) -> bool {
        match self {
            LedgerError::File { .. } => true,
            LedgerError::Log(error) => !matches!(error, LogError::Corrupt { .. }),
            LedgerError::Damaged { .. }
            | LedgerError::Foreign { .. }
            | LedgerError::LogShorter { .. }
            | LedgerError::OtherHistory { .. }
            | LedgerError::Inconsistent { .. }
            | LedgerError::Overtaken { .. }
            | LedgerError::TooLong { .. }
            | LedgerError::Broken(_) => false,
        }
    }

    /// With its causes, in one line.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}
