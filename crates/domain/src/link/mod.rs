//! A pair of records, and whether they are one person's.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub mod command;
mod decide;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use command::LinkCommand;
pub use event::{
    BreakProposed, BreakRejected, LinkBasis, LinkBroken, LinkConfirmed, LinkEvent, LinkProposed, LinkRejected,
    Proposer, RecordsLinked,
};
pub use refusal::LinkRefusal;

use crate::{
    RecordId, StreamId, StreamKind,
    aggregate::{Decide, cqrs_aggregate},
    record::Record,
};

/// A pair's situation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// Nothing has been said of it yet.
    #[default]
    Unknown,
    /// It may be one person's: somebody decides.
    Proposed {
        /// Who proposed it, and does not decide.
        by: Proposer,
    },
    /// One person's.
    Linked {
        /// Whether breaking the link was proposed and rejected.
        kept: bool,
    },
    /// One person's still; breaking the link waits for a decision.
    BreakProposed {
        /// Who proposed that, and does not decide.
        by: String,
    },
    /// Two persons': a proposal was rejected. Only new evidence re-opens it.
    Distinct,
    /// Two persons': the link was broken. Only new evidence re-opens it.
    Unlinked,
}

/// What must be known to decide on a pair; when documents were presented together nothing of it is looked at.
#[derive(Clone, Debug, Default)]
pub struct LinkFacts {
    /// The two records, in the order in which the command names them.
    pub records: [Arc<Record>; 2],
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
    type Facts = LinkFacts;

    fn decide(&self, command: &LinkCommand, facts: &LinkFacts) -> Result<Vec<LinkEvent>, LinkRefusal> {
        match command {
            LinkCommand::PresentedTogether { records } => self.presented_together(*records),
            LinkCommand::Propose { records, reason, proposer } => self.propose(*records, reason, proposer, facts),
            LinkCommand::Confirm(said) => self.confirm(said, facts),
            LinkCommand::Reject(said) => self.reject(said, facts),
            LinkCommand::Break(said) => self.propose_break(said, facts),
            LinkCommand::ConfirmBreak(said) => self.confirm_break(said, facts),
            LinkCommand::RejectBreak(said) => self.reject_break(said, facts),
        }
    }

    fn evolve(&mut self, event: &LinkEvent) {
        *self = match event {
            LinkEvent::LinkProposed(proposed) => Link::Proposed { by: proposed.proposer.clone() },
            LinkEvent::RecordsLinked(_) | LinkEvent::LinkConfirmed(_) => Link::Linked { kept: false },
            LinkEvent::LinkRejected(_) => Link::Distinct,
            LinkEvent::BreakProposed(proposed) => Link::BreakProposed { by: proposed.proposer.clone() },
            LinkEvent::LinkBroken(_) => Link::Unlinked,
            LinkEvent::BreakRejected(_) => Link::Linked { kept: true },
        };
    }
}

cqrs_aggregate!(Link, "link");
