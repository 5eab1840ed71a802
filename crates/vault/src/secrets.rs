//! `keys.json`: the fingerprint keys, the token key and the ledger key.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use traccia_application::token::TokenKey;
use traccia_domain::{
    document::{FingerprintKey, FingerprintKeys, KeyVersion},
    hash::Hash,
};

use crate::{
    VaultError,
    files::{at, create_whole, replace_whole, warn_if_open},
    record_keys,
};

/// The file's form. It has no `Debug`, for it holds everything in clear.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    fingerprint: Vec<Fingerprint>,
    token: Token,
    /// Files of the first releases have none yet.
    #[serde(default)]
    ledger: Option<Ledger>,
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

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ledger {
    secret: Hash,
}

/// The fingerprint keys, the token key and the ledger key of an installation. It never prints.
#[derive(Clone)]
pub struct Secrets {
    fingerprint: FingerprintKeys,
    token: TokenKey,
    ledger: [u8; 32],
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
        let path = path(dir);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if record_keys::exists(dir) {
                    return Err(VaultError::Lost { path });
                }
                create_whole(&path, &written(&drawn()?))?;
                // Read back: another process may have been faster, and theirs is the one that stays.
                fs::read_to_string(&path).map_err(at(&path))?
            }
            read => read.map_err(at(&path))?,
        };
        warn_if_open(&path)?;
        let mut form = read(&path, &text)?;
        let ledger = match form.ledger.take() {
            Some(ledger) => ledger,
            None => add_ledger(&path)?,
        };
        let keys = form.fingerprint.iter().map(|key| FingerprintKey::new(key.version, &key.secret.0));
        Ok(Secrets {
            fingerprint: FingerprintKeys::new(keys).ok_or(VaultError::Form { path, line: 1 })?,
            token: TokenKey::new(&form.token.secret.0),
            ledger: ledger.secret.0,
        })
    }

    /// The secrets that make records of documents.
    #[must_use]
    pub fn fingerprint(&self) -> &FingerprintKeys {
        &self.fingerprint
    }

    /// The secret that signs tokens.
    #[must_use]
    pub fn token(&self) -> &TokenKey {
        &self.token
    }

    /// The secret that signs the ledger's checkpoints (Ed25519).
    #[must_use]
    pub fn ledger(&self) -> &[u8; 32] {
        &self.ledger
    }
}

fn read(path: &Path, text: &str) -> Result<Form, VaultError> {
    // The cause is dropped: it may quote what it could not read.
    serde_json::from_str(text).map_err(|error| VaultError::Form { path: path.to_owned(), line: error.line() })
}

/// Gives a file of an earlier release its ledger key, once. All other keys stay what they are.
///
/// A crash here leaves the old file or the new one, whole. Where a ledger was signed with a key that is gone, the one drawn
/// here signs nothing: the ledger refuses to go on from a checkpoint of another.
fn add_ledger(path: &Path) -> Result<Ledger, VaultError> {
    let old = fs::File::open(path).map_err(at(path))?;
    // Of two processes one waits here, and then finds the other's key.
    old.lock().map_err(at(path))?;
    let mut form = read(path, &fs::read_to_string(path).map_err(at(path))?)?;
    if let Some(ledger) = form.ledger.take() {
        return Ok(ledger);
    }
    let ledger = Ledger { secret: draw()? };
    form.ledger = Some(Ledger { secret: ledger.secret });
    replace_whole(path, &written(&form))?;
    Ok(ledger)
}

/// Adds a fingerprint key; all other keys stay what they are.
///
/// A crash here leaves the old file or the new one, whole. Nobody else uses the file: see [`crate::Rotation`].
pub(crate) fn add_fingerprint(dir: &Path, version: KeyVersion) -> Result<(), VaultError> {
    let path = path(dir);
    let mut form = read(&path, &fs::read_to_string(&path).map_err(at(&path))?)?;
    form.fingerprint.push(Fingerprint { version, secret: draw()? });
    replace_whole(&path, &written(&form))
}

fn path(dir: &Path) -> PathBuf {
    dir.join("keys.json")
}

fn draw() -> Result<Hash, VaultError> {
    let mut secret = Hash::ZERO;
    getrandom::fill(&mut secret.0)?;
    Ok(secret)
}

fn drawn() -> Result<Form, VaultError> {
    let fingerprint = vec![Fingerprint { version: KeyVersion(1), secret: draw()? }];
    Ok(Form { fingerprint, token: Token { secret: draw()? }, ledger: Some(Ledger { secret: draw()? }) })
}

fn written(form: &Form) -> String {
    serde_json::to_string_pretty(form).expect("the form has only text keys and whole numbers")
}
