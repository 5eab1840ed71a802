//! Keyed fingerprints. A bare hash of a fiscal code can be enumerated in minutes; a keyed one cannot without the key.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Document;
use crate::{
    InvoiceId, NumberId, RecordId,
    hash::{Hash, ShortHash},
    invoice::Paper,
};

/// Which fingerprint key made a record's id: 1 for an installation's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct KeyVersion(pub u16);

/// The secret that turns documents into records. It lives outside the log and the tables, and never prints.
#[derive(Clone)]
pub struct FingerprintKey {
    version: KeyVersion,
    mac: Hmac<Sha256>,
}

impl FingerprintKey {
    /// From 32 secret bytes.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    #[must_use]
    pub fn new(version: KeyVersion, secret: &[u8; 32]) -> FingerprintKey {
        let mac = Hmac::new_from_slice(secret).expect("HMAC takes a key of any length");
        FingerprintKey { version, mac }
    }

    /// Which key this is.
    #[must_use]
    pub fn version(&self) -> KeyVersion {
        self.version
    }

    /// The record of a document: the first half of `HMAC-SHA-256(key, kind | issuer | number)`.
    #[must_use]
    pub fn record(&self, document: &Document) -> RecordId {
        let number = document.number();
        RecordId(self.seal([document.kind().as_str().as_bytes(), document.issuer().as_bytes(), number.as_bytes()]))
    }

    /// The number of a document whatever its issuer: the first half of `HMAC-SHA-256(key, "number" | kind | number)`.
    #[must_use]
    pub fn number(&self, document: &Document) -> NumberId {
        let number = document.number();
        NumberId(self.seal([b"number".as_slice(), document.kind().as_str().as_bytes(), number.as_bytes()]))
    }

    /// The record of the document with the next number, where there is one.
    #[must_use]
    pub fn following(&self, document: &Document) -> Option<RecordId> {
        document.following().map(|next| self.record(&next))
    }

    /// The invoice of a paper: the first half of `HMAC-SHA-256(key, "invoice" | supplier | number | date)`. The supplier may be
    /// a person, whose fiscal code a bare hash would give away.
    #[must_use]
    pub fn invoice(&self, paper: &Paper) -> InvoiceId {
        let date = paper.date.to_string();
        let parts = [b"invoice".as_slice(), paper.supplier.text().as_bytes(), paper.number.as_bytes(), date.as_bytes()];
        InvoiceId(self.seal(parts))
    }

    /// A keyed digest of anything a client sent that may hold a document, a command's body for one.
    #[must_use]
    pub fn digest(&self, body: &[u8]) -> ShortHash {
        self.seal([b"body".as_slice(), body])
    }

    fn seal<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> ShortHash {
        let mut mac = self.mac.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Hash::first_half(mac.finalize().into_bytes().into())
    }
}

/// The fingerprint keys of an installation. New documents are fingerprinted with the newest; what older ones made is still
/// found. They never print.
#[derive(Clone, Debug)]
pub struct FingerprintKeys {
    newest: FingerprintKey,
    /// Oldest first.
    older: Vec<FingerprintKey>,
}

impl FingerprintKeys {
    /// From the keys there are, in any order; `None` of none.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = FingerprintKey>) -> Option<FingerprintKeys> {
        let mut older: Vec<_> = keys.into_iter().collect();
        older.sort_by_key(FingerprintKey::version);
        let newest = older.pop()?;
        Some(FingerprintKeys { newest, older })
    }

    /// The key for documents that are new.
    #[must_use]
    pub fn newest(&self) -> &FingerprintKey {
        &self.newest
    }

    /// The versions there are, oldest first.
    #[must_use]
    pub fn versions(&self) -> Vec<KeyVersion> {
        self.older.iter().chain([&self.newest]).map(FingerprintKey::version).collect()
    }

    /// Whether there are no older keys.
    #[must_use]
    pub fn alone(&self) -> bool {
        self.older.is_empty()
    }

    /// The records that older keys would have made of a document, oldest first. Where one of them is there, it is the
    /// document's: a document has one record, whichever key was the newest when it was first presented.
    pub fn older_records(&self, document: &Document) -> impl Iterator<Item = RecordId> + Send {
        let records: Vec<_> = self.older.iter().map(|key| key.record(document)).collect();
        records.into_iter()
    }

    /// Every record that a document may have, in the order in which they are looked for.
    pub fn records(&self, document: &Document) -> impl Iterator<Item = RecordId> + Send {
        self.older_records(document).chain([self.newest.record(document)])
    }

    /// A document's number whatever its issuer, under each key, oldest first.
    pub fn numbers(&self, document: &Document) -> impl Iterator<Item = NumberId> + Send {
        let numbers: Vec<_> = self.older.iter().chain([&self.newest]).map(|key| key.number(document)).collect();
        numbers.into_iter()
    }

    /// The invoices that older keys would have made of a paper, oldest first.
    pub fn older_invoices(&self, paper: &Paper) -> impl Iterator<Item = InvoiceId> + Send {
        let invoices: Vec<_> = self.older.iter().map(|key| key.invoice(paper)).collect();
        invoices.into_iter()
    }

    /// The digests that older keys would have made of what a client sent.
    #[must_use]
    pub fn older_digests(&self, body: &[u8]) -> Vec<ShortHash> {
        self.older.iter().map(|key| key.digest(body)).collect()
    }
}

impl From<FingerprintKey> for FingerprintKeys {
    fn from(newest: FingerprintKey) -> Self {
        FingerprintKeys { newest, older: Vec::new() }
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FingerprintKey(version {})", self.version.0)
    }
}
