//! What happened to a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{RecordId, event::events};

/// A document with this number was presented.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NumberPresented {
    /// The document's record.
    pub record: RecordId,
}

events! {
    /// What happened to a number.
    NumberEvent {
        /// A document with this number was presented.
        NumberPresented = "number_presented" v1,
    }
}
