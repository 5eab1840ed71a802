//! The secrets of an installation, outside log and tables.
//!
//! Two files in one folder, for the owner's eyes only. `keys.json` holds the fingerprint keys, the token key and the
//! ledger key, and a key in it never changes by itself: without it every document would make another record, and the
//! ledger would end. `record-keys.db` holds a key for each
//! record; destroying one is erasure. Neither is ever part of an export; back them up apart from the log.

mod error;
mod files;
mod record_keys;
mod secrets;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use error::VaultError;
pub use record_keys::RecordKeyFile;
pub use secrets::Secrets;

/// Everything secret, opened.
#[derive(Clone, Debug)]
pub struct Vault {
    secrets: Secrets,
    record_keys: RecordKeyFile,
}

impl Vault {
    /// Opens the vault in a folder, and draws its secrets when the folder is new.
    ///
    /// # Errors
    /// When a file cannot be read or written, or `keys.json` is gone while records' keys are there.
    pub async fn open(dir: &Path) -> Result<Vault, VaultError> {
        files::private_folder(dir)?;
        let secrets = Secrets::open(dir)?;
        let record_keys = RecordKeyFile::open(dir).await?;
        Ok(Vault { secrets, record_keys })
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
