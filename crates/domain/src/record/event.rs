//! What happened to a record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    RecordId,
    document::{DocumentKind, KeyVersion},
    event::events,
};

/// A document was presented for the first time. The record's id is its keyed fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordRegistered {
    /// The kind of document.
    pub document: DocumentKind,
    /// Which key made the fingerprint.
    pub key_version: KeyVersion,
    /// What is known of the person, unreadable without the record's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<SealedProfile>,
    /// The record that a document with the next number would have: numbers that follow each other can be found only by who
    /// has one in hand. It changes no count. Absent where the number has no next, and in what older programs wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed_by: Option<RecordId>,
}

/// What was known of the record's person was erased: the key of its profile is destroyed. The record stays, and with it
/// whatever was counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordErased {
    /// The ground on which it was erased, in the words of who did it.
    pub legal_basis: String,
}

/// A profile encrypted with the record's own key, in hexadecimal: nonce, then ciphertext with its tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SealedProfile(pub String);

events! {
    /// What happened to a record.
    RecordEvent {
        /// A document was presented for the first time.
        RecordRegistered = "record_registered" v2,
        /// What was known of the person was erased.
        RecordErased = "record_erased" v1,
    }
}
