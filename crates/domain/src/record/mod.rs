//! A record (*anagrafica*): one identity document as presented at one desk, known by its keyed fingerprint.

use serde::{Deserialize, Serialize};

mod event;
#[cfg(test)]
mod tests;

pub use event::{RecordEvent, RecordRegistered, SealedProfile};

use crate::{
    aggregate::{Decide, cqrs_aggregate},
    document::{DocumentKind, KeyVersion},
    refusal::{Code, Refuses},
};

/// A record's situation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// The document has never been presented.
    #[default]
    Unknown,
    /// It has.
    Registered {
        /// What is known of the person, sealed.
        profile: Option<SealedProfile>,
    },
}

/// What can be asked of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordCommand {
    /// Register it; again is the same registration, and no event.
    Register {
        /// The kind of document.
        document: DocumentKind,
        /// Which key made the fingerprint.
        key_version: KeyVersion,
        /// What is known of the person, sealed.
        profile: Option<SealedProfile>,
    },
}

/// Why a record says no: it never does.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordRefusal {
    /// No such record.
    #[error("no record has this id")]
    Unknown,
}

impl Refuses for RecordRefusal {
    fn code(&self) -> Code {
        match self {
            RecordRefusal::Unknown => Code::UnknownCitizen,
        }
    }
}

impl Decide for Record {
    type Command = RecordCommand;
    type Event = RecordEvent;
    type Refusal = RecordRefusal;
    type Facts = ();

    fn decide(&self, command: &RecordCommand, (): &()) -> Result<Vec<RecordEvent>, RecordRefusal> {
        let RecordCommand::Register { document, key_version, profile } = command;
        match self {
            Record::Unknown => Ok(vec![
                RecordRegistered { document: *document, key_version: *key_version, profile: profile.clone() }.into(),
            ]),
            Record::Registered { .. } => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &RecordEvent) {
        match event {
            RecordEvent::RecordRegistered(registered) => {
                *self = Record::Registered { profile: registered.profile.clone() };
            }
        }
    }
}

cqrs_aggregate!(Record, "record");
