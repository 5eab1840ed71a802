//! A record (*anagrafica*): one identity document as presented at one desk, known by its keyed fingerprint.

use serde::{Deserialize, Serialize};

mod command;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use command::EraseRecord;
pub use event::{RecordErased, RecordEvent, RecordRegistered, SealedProfile};
pub use refusal::RecordRefusal;

use crate::{
    RecordId,
    aggregate::{Decide, blank, cqrs_aggregate},
    document::{DocumentKind, KeyVersion},
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
    /// What was known of the person was erased. Final: the document stays the same record, and nothing is kept with it.
    Erased,
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
        /// The record that a document with the next number would have.
        followed_by: Option<RecordId>,
    },
    /// Erase what is known of its person; again has its effect already, and no event.
    Erase(EraseRecord),
}

impl Decide for Record {
    type Command = RecordCommand;
    type Event = RecordEvent;
    type Refusal = RecordRefusal;
    type Facts = ();

    fn decide(&self, command: &RecordCommand, (): &()) -> Result<Vec<RecordEvent>, RecordRefusal> {
        match command {
            RecordCommand::Register { document, key_version, profile, followed_by } => match self {
                Record::Unknown => {
                    let (document, key_version, followed_by) = (*document, *key_version, *followed_by);
                    Ok(vec![RecordRegistered { document, key_version, profile: profile.clone(), followed_by }.into()])
                }
                Record::Registered { .. } | Record::Erased => Ok(vec![]),
            },
            RecordCommand::Erase(erase) => match self {
                Record::Unknown => Err(RecordRefusal::Unknown),
                Record::Registered { .. } if blank(&erase.legal_basis) => Err(RecordRefusal::NoLegalBasis),
                Record::Registered { .. } => Ok(vec![RecordErased { legal_basis: erase.legal_basis.clone() }.into()]),
                Record::Erased => Ok(vec![]),
            },
        }
    }

    fn evolve(&mut self, event: &RecordEvent) {
        match (&*self, event) {
            // Were a registration to follow in the log, it would bring nothing back.
            (Record::Erased, _) | (_, RecordEvent::RecordErased(_)) => *self = Record::Erased,
            (Record::Unknown | Record::Registered { .. }, RecordEvent::RecordRegistered(registered)) => {
                *self = Record::Registered { profile: registered.profile.clone() };
            }
        }
    }
}

cqrs_aggregate!(Record, "record");
