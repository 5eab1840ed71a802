//! What can go wrong with the vault.

use std::{io, path::PathBuf};

/// What can go wrong with the vault. No text holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `keys.json` does not have its form. What it says is not quoted.
    #[error("{} does not have its form (line {line})", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// Where.
        line: usize,
    },
    /// `keys.json` is gone, and with it the way from documents to the records there are.
    #[error("{} is missing while records have keys; restore it from its backup", path.display())]
    Lost {
        /// Which file.
        path: PathBuf,
    },
    /// The store of records' keys was copied without its journal.
    #[error(
        "{} is a part: it was copied without its journal, which stood beside it in a file that ends in -wal. Copy both, or \
         take a copy that the database made (`traccia-upkeep vault`)",
        path.display()
    )]
    Part {
        /// Which file.
        path: PathBuf,
    },
    /// The store of records' keys.
    #[error("the records' keys cannot be reached")]
    Database(#[from] sqlx::Error),
    /// Somebody reads the store of records' keys and does not end: a copy is being made, for one.
    #[error("a key was destroyed, and its bytes are still in the store's journal, which somebody else holds")]
    Busy,
    /// A process uses the keys, and would go on without the new one.
    #[error("a process uses these keys: stop every traccia that works on this folder, then try again")]
    InUse,
    /// A key of that version is there.
    #[error("a fingerprint key as new as that is there already")]
    NotNewer,
    /// The machine has no randomness to give.
    #[error("no random bytes can be drawn")]
    Random(#[from] getrandom::Error),
}
