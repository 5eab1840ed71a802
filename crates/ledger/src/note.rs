//! Signed notes (C2SP `signed-note`): a text, an empty line, and signatures, each with the name of its key.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// What marks a key as Ed25519.
const ED25519: u8 = 1;

/// A signature line begins with it.
const DASH: &str = "\u{2014} ";

/// What tells keys of one name apart.
type KeyId = [u8; 4];

/// Why a note is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no signed note.
    #[error("it does not have the form of a signed note")]
    Form,
    /// Nobody known has signed it.
    #[error("it is not signed by this key")]
    Unsigned,
    /// Somebody changed it, or its signature.
    #[error("its signature does not fit: it was changed after it was signed")]
    Forged,
    /// It is no key.
    #[error("it does not have the form of a verifier key: name+hash+key")]
    Key,
}

/// Signs notes under a name. It never prints its key.
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    verifier: Verifier,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier.name)
    }
}

impl Signer {
    /// From the key's name and its 32 secret bytes.
    ///
    /// # Errors
    /// When a key cannot have this name: it has no spaces, no `+`, and something in it.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Signer, NoteError> {
        let key = SigningKey::from_bytes(secret);
        let verifier = Verifier::new(name, key.verifying_key())?;
        Ok(Signer { key, verifier })
    }

    /// What others verify its notes with.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Signs a text, which ends with a line end. Signing the same text again gives the same note.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let encoded = STANDARD.encode([&self.verifier.id[..], &signature].concat());
        format!("{text}\n{DASH}{} {encoded}\n", self.verifier.name)
    }
}

/// The public half of a key, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: KeyId,
    key: VerifyingKey,
}

impl Verifier {
    fn new(name: &str, key: VerifyingKey) -> Result<Verifier, NoteError> {
        let hash =
            Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key.as_bytes()).finalize();
        let id = [hash[0], hash[1], hash[2], hash[3]];
        if proper(name) { Ok(Verifier { name: name.to_owned(), id, key }) } else { Err(NoteError::Key) }
    }

    /// Reads `name+hash+key`, as [`Verifier`] prints it; no other spelling.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Verifier, NoteError> {
        let key = || {
            let mut parts = text.splitn(3, '+');
            let (name, _, encoded) = (parts.next()?, parts.next()?, parts.next()?);
            let bytes = STANDARD.decode(encoded).ok()?;
            let (ED25519, key) = bytes.split_first().map(|(kind, key)| (*kind, key))? else { return None };
            let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
            Verifier::new(name, key).ok()
        };
        // What it hashes to is part of the text: a key that was mistyped is not taken for another.
        key().filter(|key| key.to_string() == text).ok_or(NoteError::Key)
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a note that this key has signed. Signatures of others are left to others, as the format asks.
    ///
    /// # Errors
    /// When this key has not signed it, or not so.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let control = |character: char| character < ' ' && character != '\n';
        if note.contains(control) {
            return Err(NoteError::Form);
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, signatures) = (&note[..=end], &note[end + 2..]);
        let mut outcome = Err(NoteError::Unsigned);
        for line in signatures.strip_suffix('\n').ok_or(NoteError::Form)?.split('\n') {
            let (name, encoded) =
                line.strip_prefix(DASH).and_then(|line| line.split_once(' ')).ok_or(NoteError::Form)?;
            let bytes = STANDARD.decode(encoded).map_err(|_| NoteError::Form)?;
            let (id, signature) = bytes.split_at_checked(4).ok_or(NoteError::Form)?;
            if !proper(name) || signature.is_empty() {
                return Err(NoteError::Form);
            }
            if name == self.name && id == self.id {
                let signature = Signature::from_slice(signature).map_err(|_| NoteError::Forged)?;
                self.key.verify_strict(text.as_bytes(), &signature).map_err(|_| NoteError::Forged)?;
                outcome = Ok(text);
            }
        }
        outcome
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+", self.name)?;
        self.id.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, "+{}", STANDARD.encode([&[ED25519], &self.key.as_bytes()[..]].concat()))
    }
}

/// Whether a key can have this name.
fn proper(name: &str) -> bool {
    !name.is_empty() && !name.contains(|character: char| character.is_whitespace() || character == '+')
}

#[cfg(test)]
mod tests;
