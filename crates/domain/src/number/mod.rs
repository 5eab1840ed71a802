//! A document's number whatever its issuer: the same number from two issuers may be one document of one person, its
//! issuer written in two ways. Only documents with an issuer are told of here.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};

mod event;
#[cfg(test)]
mod tests;

pub use event::{NumberEvent, NumberPresented};

use crate::{
    RecordId,
    aggregate::{Decide, cqrs_aggregate},
};

/// Records under one number that are remembered. A number that more issuers have given tells nothing of anybody.
const MOST: usize = 8;

/// A number's situation: the records of the documents that bear it, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// The records.
    pub records: Vec<RecordId>,
}

/// What can be said of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberCommand {
    /// A document with it is presented; again changes nothing.
    Present {
        /// The document's record.
        record: RecordId,
    },
}

impl Decide for Number {
    type Command = NumberCommand;
    type Event = NumberEvent;
    type Refusal = Infallible;
    type Facts = ();

    fn decide(&self, command: &NumberCommand, (): &()) -> Result<Vec<NumberEvent>, Infallible> {
        let NumberCommand::Present { record } = command;
        let told = self.records.contains(record) || self.records.len() >= MOST;
        Ok(if told { vec![] } else { vec![NumberPresented { record: *record }.into()] })
    }

    fn evolve(&mut self, event: &NumberEvent) {
        match event {
            NumberEvent::NumberPresented(presented) => self.records.push(presented.record),
        }
    }
}

cqrs_aggregate!(Number, "number");
