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

/// Somebody, or the program, holds two records to be one person's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkProposed {
    /// The two records, the smaller id first.
    pub records: [RecordId; 2],
    /// Who. It stands here too, since who decides is compared with it.
    pub proposer: Proposer,
    /// Why.
    pub reason: String,
}

/// Who proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proposer {
    /// A person, by the account's name.
    Person(String),
    /// The program, from what the records have in common: any person may decide.
    Program,
}

/// Somebody proposes to break a link; until that is decided it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BreakProposed {
    /// The two records, the smaller id first.
    pub records: [RecordId; 2],
    /// Who, by the account's name. It stands here too, since who decides is compared with it.
    pub proposer: String,
    /// Why.
    pub reason: String,
}

macro_rules! decided_of_a_pair {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The two records, the smaller id first.
            pub records: [RecordId; 2],
            /// Why.
            pub reason: String,
        }
    )+};
}

decided_of_a_pair! {
    /// A proposal was confirmed: the two records are one person's.
    LinkConfirmed
    /// A proposal was rejected: they are two persons'.
    LinkRejected
    /// A link was broken: they are two persons' again, unless other links join them.
    LinkBroken
    /// A link was not broken: it holds.
    BreakRejected
}

events! {
    /// What happened to a pair of records.
    LinkEvent {
        /// They are one person's.
        RecordsLinked = "records_linked" v1,
        /// They may be one person's.
        LinkProposed = "link_proposed" v1,
        /// The proposal was confirmed.
        LinkConfirmed = "link_confirmed" v1,
        /// The proposal was rejected.
        LinkRejected = "link_rejected" v1,
        /// The link may be wrong.
        BreakProposed = "break_proposed" v1,
        /// It was broken.
        LinkBroken = "link_broken" v1,
        /// It was not.
        BreakRejected = "break_rejected" v1,
    }
}
