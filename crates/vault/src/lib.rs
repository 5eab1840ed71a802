//! The secrets of an installation, outside log and tables.
//!
//! Two files in one folder, for the owner's eyes only. `keys.json` holds the fingerprint keys, the token key and the
//! ledger key, and a key in it never changes: without it every document would make another record, and the ledger would
//! end. Rotating adds a fingerprint key to the others. `record-keys.db` holds a key for each record; destroying one is
//! erasure. Neither is ever part of an export; back them up apart from the log. `keys.lock` holds nothing: whoever uses the
//! keys keeps it locked.

mod error;
mod files;
mod record_keys;
mod rotation;
mod secrets;
#[cfg(test)]
mod tests;

use std::{fmt, fs::File, path::Path, sync::Arc};

pub use error::VaultError;
pub use record_keys::RecordKeyFile;
pub use rotation::Rotation;
pub use secrets::Secrets;

/// Everything secret, opened.
#[derive(Clone)]
pub struct Vault {
    secrets: Secrets,
    record_keys: RecordKeyFile,
    /// That somebody uses the keys: none is rotated meanwhile.
    _in_use: Arc<File>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(***)")
    }
}

impl Vault {
    /// Opens the vault in a folder, and draws its secrets when the folder is new.
    ///
    /// # Errors
    /// When a file cannot be read or written, or `keys.json` is gone while records' keys are there.
    pub async fn open(dir: &Path) -> Result<Vault, VaultError> {
        files::private_folder(dir)?;
        let in_use = rotation::in_use(dir)?;
        let secrets = Secrets::open(dir)?;
        let record_keys = RecordKeyFile::open(dir).await?;
        Ok(Vault { secrets, record_keys, _in_use: Arc::new(in_use) })
    }

    /// What is in `keys.json`.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The keys of records. Clones share one file.
    #[must_use]
    pub fn record_keys(&self) -> RecordKeyFile {
        self.record_keys.clone()
    }
}
