//! What happened to a pair of records.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{RecordId, event::events};

/// Two records are one person's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordsLinked {
    /// The two records, the smaller id first.
    pub records: [RecordId; 2],
    /// On what ground.
    pub basis: LinkBasis,
}

/// Why two records are held to be one person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkBasis {
    /// Their documents were presented together at one desk.
    PresentedTogether,
}

events! {
    /// What happened to a pair of records.
    LinkEvent {
        /// They are one person's.
        RecordsLinked = "records_linked" v1,
    }
}
