//! What is asked of a record by those who answer for the data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::RecordId;

/// Erases what is known of a record's person (*cancellazione*, art. 17 GDPR): the profile's key is destroyed, and with it
/// every copy of the profile that the log, its exports and its backups hold. What was counted stays counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseRecord {
    /// The record.
    pub citizen: RecordId,
    /// On which ground: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
    #[serde(deserialize_with = "crate::reason::read")]
    #[schemars(length(max = 500))]
    pub legal_basis: String,
}
