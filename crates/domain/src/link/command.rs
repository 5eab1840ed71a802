//! What is asked of a pair of records.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::Proposer;
use crate::RecordId;

macro_rules! said_of_a_pair {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The two records, in any order.
            #[serde(deserialize_with = "pair")]
            pub citizens: [RecordId; 2],
            /// Why: at most 500 characters, kept for ever and shown. Do not write names, documents or contacts here.
            #[serde(deserialize_with = "crate::reason::read")]
            #[schemars(length(max = 500))]
            pub reason: String,
        }

        impl $name {
            /// The same, by somebody.
            #[must_use]
            pub fn by(self, subject: String) -> Decision {
                Decision { records: self.citizens, reason: self.reason, subject }
            }
        }
    )+};
}

said_of_a_pair! {
    /// Proposes that two records are one person's; somebody else decides. They are counted apart until then, and shown
    /// as at risk.
    ProposeLink
    /// Decides that they are: they are one person's from now on. By another than who proposed it.
    ConfirmLink
    /// Decides that they are two persons'. By another than who proposed it.
    RejectLink
    /// Proposes to break a link; somebody else decides. It holds until then.
    BreakLink
    /// Breaks it: everything is counted as before the link. By another than who proposed it.
    ConfirmBreak
    /// Leaves the link as it is. By another than who proposed to break it.
    RejectBreak
}

/// Reads two records, no fewer and no more.
fn pair<'de, D: Deserializer<'de>>(field: D) -> Result<[RecordId; 2], D::Error> {
    Vec::deserialize(field)?.try_into().map_err(|_| D::Error::custom("a pair is two records"))
}

/// What can be asked of a pair.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkCommand {
    /// Their documents were presented together.
    PresentedTogether {
        /// The two records, in any order.
        records: [RecordId; 2],
    },
    /// Propose to link them.
    Propose {
        /// The two records, in any order.
        records: [RecordId; 2],
        /// Why.
        reason: String,
        /// Who proposes.
        proposer: Proposer,
    },
    /// Confirm the proposal.
    Confirm(Decision),
    /// Reject it.
    Reject(Decision),
    /// Propose to break the link.
    Break(Decision),
    /// Confirm that.
    ConfirmBreak(Decision),
    /// Reject that.
    RejectBreak(Decision),
}

/// What somebody says of a pair: a person, by the account's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The two records, in any order.
    pub records: [RecordId; 2],
    /// Why.
    pub reason: String,
    /// Who says it.
    pub subject: String,
}

impl LinkCommand {
    /// The two records, in any order.
    #[must_use]
    pub fn records(&self) -> [RecordId; 2] {
        match self {
            LinkCommand::PresentedTogether { records } | LinkCommand::Propose { records, .. } => *records,
            LinkCommand::Confirm(decision)
            | LinkCommand::Reject(decision)
            | LinkCommand::Break(decision)
            | LinkCommand::ConfirmBreak(decision)
            | LinkCommand::RejectBreak(decision) => decision.records,
        }
    }
}
