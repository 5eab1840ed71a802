//! What a pair says to each command: references, identity, then rules.
//!
//! Proposing what is proposed or done is `AlreadyExists`; deciding what was decided, `AlreadyDecided`; deciding or
//! breaking where nothing ever was, `WrongState`.

use super::{
    BreakProposed, BreakRejected, Link, LinkBasis, LinkBroken, LinkConfirmed, LinkEvent, LinkFacts, LinkProposed,
    LinkRefusal, LinkRejected, Proposer, RecordsLinked, command::Decision, ordered,
};
use crate::{RecordId, aggregate::blank, record::Record};

type Decided = Result<Vec<LinkEvent>, LinkRefusal>;
type Check = Result<(), LinkRefusal>;

impl Link {
    /// Whoever holds both documents at one desk shows that they are one person's. That is new evidence, whatever was
    /// decided before: it links what was held to be distinct or was broken, and settles a proposal of either kind. So it
    /// does for a record that was erased: the document itself was at hand, and one person is not to count twice.
    pub(super) fn presented_together(&self, records: [RecordId; 2]) -> Decided {
        if records[0] == records[1] {
            return Err(LinkRefusal::SamePerson);
        }
        match self {
            Link::Linked { .. } => Ok(vec![]),
            Link::Unknown | Link::Proposed { .. } | Link::BreakProposed { .. } | Link::Distinct | Link::Unlinked => {
                Ok(vec![RecordsLinked { records: ordered(records), basis: LinkBasis::PresentedTogether }.into()])
            }
        }
    }

    /// A person's proposal has a reason, which is the new evidence that re-opens what was decided; the program has none
    /// that was not there before.
    pub(super) fn propose(
        &self,
        records: [RecordId; 2],
        reason: &str,
        proposer: &Proposer,
        facts: &LinkFacts,
    ) -> Decided {
        match proposer {
            Proposer::Person(_) => check_records(records, facts)?,
            // It has one of them in hand. The other may be registered one day, and until then nobody can decide.
            Proposer::Program if records[0] == records[1] => return Err(LinkRefusal::SamePerson),
            Proposer::Program => {}
        }
        match (self, proposer) {
            (Link::Unknown, _) | (Link::Distinct | Link::Unlinked, Proposer::Person(_)) => {}
            (Link::Proposed { .. }, _) => return exists("this link is proposed, and waits for a decision"),
            (Link::Linked { .. } | Link::BreakProposed { .. }, _) => return exists("the two records are linked"),
            (Link::Distinct, Proposer::Program) => return decided("they were decided to be two persons'"),
            (Link::Unlinked, Proposer::Program) => return decided("the link was broken"),
        }
        check_kept(facts)?;
        check_reason(reason)?;
        let (records, proposer) = (ordered(records), proposer.clone());
        Ok(vec![LinkProposed { records, proposer, reason: reason.to_owned() }.into()])
    }

    pub(super) fn confirm(&self, said: &Decision, facts: &LinkFacts) -> Decided {
        let (records, reason) = self.decision_on_link(said, facts)?;
        check_kept(facts)?;
        Ok(vec![LinkConfirmed { records, reason }.into()])
    }

    pub(super) fn reject(&self, said: &Decision, facts: &LinkFacts) -> Decided {
        let (records, reason) = self.decision_on_link(said, facts)?;
        Ok(vec![LinkRejected { records, reason }.into()])
    }

    pub(super) fn propose_break(&self, said: &Decision, facts: &LinkFacts) -> Decided {
        check_records(said.records, facts)?;
        match self {
            Link::Linked { .. } => {}
            Link::BreakProposed { .. } => return exists("breaking this link is proposed, and waits for a decision"),
            Link::Unlinked => return decided("the link was broken"),
            Link::Unknown | Link::Proposed { .. } | Link::Distinct => return wrong("the two records are not linked"),
        }
        check_reason(&said.reason)?;
        let (proposer, reason) = (said.subject.clone(), said.reason.clone());
        Ok(vec![BreakProposed { records: ordered(said.records), proposer, reason }.into()])
    }

    pub(super) fn confirm_break(&self, said: &Decision, facts: &LinkFacts) -> Decided {
        let (records, reason) = self.decision_on_break(said, facts)?;
        Ok(vec![LinkBroken { records, reason }.into()])
    }

    pub(super) fn reject_break(&self, said: &Decision, facts: &LinkFacts) -> Decided {
        let (records, reason) = self.decision_on_break(said, facts)?;
        Ok(vec![BreakRejected { records, reason }.into()])
    }

    /// What is decided on the proposal that stands, by another than its proposer.
    fn decision_on_link(&self, said: &Decision, facts: &LinkFacts) -> Result<([RecordId; 2], String), LinkRefusal> {
        check_records(said.records, facts)?;
        match self {
            Link::Proposed { by: Proposer::Person(subject) } => check_another(said, subject)?,
            Link::Proposed { by: Proposer::Program } => {}
            Link::Unknown => return wrong("nobody has proposed to link the two records"),
            Link::Linked { .. } | Link::BreakProposed { .. } => return decided("the two records are linked"),
            Link::Distinct => return decided("they were decided to be two persons'"),
            Link::Unlinked => return decided("the link was broken; proposing it again takes a new reason"),
        }
        check_reason(&said.reason)?;
        Ok((ordered(said.records), said.reason.clone()))
    }

    /// The same for breaking a link.
    fn decision_on_break(&self, said: &Decision, facts: &LinkFacts) -> Result<([RecordId; 2], String), LinkRefusal> {
        check_records(said.records, facts)?;
        match self {
            Link::BreakProposed { by } => check_another(said, by)?,
            Link::Linked { kept: true } => return decided("the link was decided to hold"),
            Link::Unlinked => return decided("the link was broken"),
            Link::Linked { kept: false } => return wrong("nobody has proposed to break this link"),
            Link::Unknown | Link::Proposed { .. } | Link::Distinct => return wrong("the two records are not linked"),
        }
        check_reason(&said.reason)?;
        Ok((ordered(said.records), said.reason.clone()))
    }
}

fn exists<T>(what: &'static str) -> Result<T, LinkRefusal> {
    Err(LinkRefusal::AlreadyExists { what })
}

fn decided<T>(decided: &'static str) -> Result<T, LinkRefusal> {
    Err(LinkRefusal::AlreadyDecided { decided })
}

fn wrong<T>(state: &'static str) -> Result<T, LinkRefusal> {
    Err(LinkRefusal::WrongState { state })
}

fn check_records(records: [RecordId; 2], facts: &LinkFacts) -> Check {
    for (index, record) in facts.records.iter().enumerate() {
        match &**record {
            Record::Unknown => return Err(LinkRefusal::UnknownCitizen { index }),
            Record::Registered { .. } | Record::Erased => {}
        }
    }
    if records[0] == records[1] { Err(LinkRefusal::SamePerson) } else { Ok(()) }
}

/// Nobody can compare a record that was erased, so nobody says any more that it is another's. A proposal that stands can
/// still be rejected and a link broken: that brings back what was counted apart, and says nothing of the person.
fn check_kept(facts: &LinkFacts) -> Check {
    for (index, record) in facts.records.iter().enumerate() {
        match &**record {
            Record::Erased => return Err(LinkRefusal::Erased { index }),
            Record::Unknown | Record::Registered { .. } => {}
        }
    }
    Ok(())
}

/// It takes two persons to change who is counted: nobody decides on their own proposal, an admin neither.
fn check_another(said: &Decision, proposer: &str) -> Check {
    // Accounts that differ in upper and lower case alone are mostly one person's.
    if said.subject.to_lowercase() == proposer.to_lowercase() { Err(LinkRefusal::SameActor) } else { Ok(()) }
}

fn check_reason(reason: &str) -> Check {
    if blank(reason) { Err(LinkRefusal::NoReason) } else { Ok(()) }
}
