//! `keys.json`: the fingerprint keys and the token key.

use std::{fmt, fs, io, path::Path};

use serde::{Deserialize, Serialize};
use traccia_application::token::TokenKey;
use traccia_domain::{
    document::{FingerprintKey, KeyVersion},
    hash::Hash,
};

use crate::{
    VaultError,
    files::{at, create_whole, warn_if_open},
    record_keys,
};

/// The file's form. It has no `Debug`, for it holds everything in clear.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    fingerprint: Vec<Fingerprint>,
    token: Token,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fingerprint {
    version: KeyVersion,
    secret: Hash,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    secret: Hash,
}

/// The fingerprint key and the token key of an installation. It never prints.
#[derive(Clone)]
pub struct Secrets {
    fingerprint: FingerprintKey,
    token: TokenKey,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(***)")
    }
}

impl Secrets {
    /// Reads `keys.json` in a folder, or draws it when there has never been one.
    ///
    /// # Errors
    /// When it cannot be read or written, does not have its form, or is gone while records' keys are there.
    pub fn open(dir: &Path) -> Result<Secrets, VaultError> {
        let path = dir.join("keys.json");
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if record_keys::exists(dir) {
                    return Err(VaultError::Lost { path });
                }
                create_whole(&path, &drawn()?)?;
                // Read back: another process may have been faster, and theirs is the one that stays.
                fs::read_to_string(&path).map_err(at(&path))?
            }
            read => read.map_err(at(&path))?,
        };
        warn_if_open(&path)?;
        // The cause is dropped: it may quote what it could not read.
        let form: Form =
            serde_json::from_str(&text).map_err(|error| VaultError::Form { path: path.clone(), line: error.line() })?;
        let newest = form.fingerprint.iter().max_by_key(|key| key.version).ok_or(VaultError::Form { path, line: 1 })?;
        Ok(Secrets {
            fingerprint: FingerprintKey::new(newest.version, &newest.secret.0),
            token: TokenKey::new(&form.token.secret.0),
        })
    }

    /// The secret that makes records of documents.
    #[must_use]
    pub fn fingerprint(&self) -> &FingerprintKey {
        &self.fingerprint
    }

    /// The secret that signs tokens.
    #[must_use]
    pub fn token(&self) -> &TokenKey {
        &self.token
    }
}

fn drawn() -> Result<String, VaultError> {
    let draw = || {
        let mut secret = Hash::ZERO;
        getrandom::fill(&mut secret.0).map(|()| secret)
    };
    let fingerprint = vec![Fingerprint { version: KeyVersion(1), secret: draw()? }];
    let form = Form { fingerprint, token: Token { secret: draw()? } };
    Ok(serde_json::to_string_pretty(&form).expect("the form has only text keys and whole numbers"))
}
