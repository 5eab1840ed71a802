//! A pair of records, and whether they are one person's.

use serde::{Deserialize, Serialize};

mod event;
#[cfg(test)]
mod tests;

pub use event::{LinkBasis, LinkEvent, RecordsLinked};

use crate::{
    RecordId, StreamId, StreamKind,
    aggregate::{Decide, cqrs_aggregate},
    refusal::{Code, Refuses},
};

/// A pair's situation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// Nothing has been said of it yet.
    #[default]
    Unknown,
    /// One person's.
    Linked,
}

/// What can be asked of a pair.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkCommand {
    /// Their documents were presented together.
    PresentedTogether {
        /// The two records, in any order.
        records: [RecordId; 2],
    },
}

/// Why a pair says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LinkRefusal {
    /// A record cannot be linked to itself.
    #[error("the two records are the same")]
    SameRecord,
}

impl Refuses for LinkRefusal {
    fn code(&self) -> Code {
        match self {
            LinkRefusal::SameRecord => Code::Invalid,
        }
    }
}

/// The stream of a pair, whichever way it is named.
#[must_use]
pub fn stream(pair: [RecordId; 2]) -> StreamId {
    let [a, b] = ordered(pair);
    StreamId::new(StreamKind::Link, format_args!("{a}-{b}"))
}

fn ordered([a, b]: [RecordId; 2]) -> [RecordId; 2] {
    if a <= b { [a, b] } else { [b, a] }
}

impl Decide for Link {
    type Command = LinkCommand;
    type Event = LinkEvent;
    type Refusal = LinkRefusal;
    type Facts = ();

    fn decide(&self, command: &LinkCommand, (): &()) -> Result<Vec<LinkEvent>, LinkRefusal> {
        let LinkCommand::PresentedTogether { records } = command;
        match self {
            _ if records[0] == records[1] => Err(LinkRefusal::SameRecord),
            Link::Unknown => {
                Ok(vec![RecordsLinked { records: ordered(*records), basis: LinkBasis::PresentedTogether }.into()])
            }
            Link::Linked => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &LinkEvent) {
        match event {
            LinkEvent::RecordsLinked(_) => *self = Link::Linked,
        }
    }
}

cqrs_aggregate!(Link, "link");
