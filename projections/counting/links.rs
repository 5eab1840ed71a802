//! Links as they stand: what was said of each pair of records last. Records are the nodes of a graph, links its edges;
//! some join two records to one person, some may once somebody confirms them, and some no longer do.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use traccia_domain::Position;
use traccia_projector::{Changes, Row, Value};

use super::{NONE, list, records::Records, tables::LINK};

/// How a pair of records stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// Somebody decides whether they are one person's.
    Proposed,
    /// They are.
    Linked,
    /// They are; somebody decides whether they are not.
    BreakProposed,
    /// They are not: it was rejected.
    Distinct,
    /// They are not: the link was broken.
    Unlinked,
}

impl Stand {
    /// Whether the two are one person's.
    pub(super) fn joins(self) -> bool {
        match self {
            Stand::Linked | Stand::BreakProposed => true,
            Stand::Proposed | Stand::Distinct | Stand::Unlinked => false,
        }
    }

    fn proposed(self) -> bool {
        self == Stand::Proposed
    }

    fn as_str(self) -> &'static str {
        match self {
            Stand::Proposed => "proposed",
            Stand::Linked => "linked",
            Stand::BreakProposed => "break_proposed",
            Stand::Distinct => "distinct",
            Stand::Unlinked => "unlinked",
        }
    }
}

/// A pair of which something was said, in the lists of both its records.
#[derive(Clone, Debug)]
struct Link {
    records: [u32; 2],
    next: [u32; 2],
    /// The latest proposal, to link or to break.
    proposal: u32,
    stand: Stand,
    /// Whether it has a row.
    written: bool,
}

/// Who proposed something of a pair, and where in the log.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    /// None for the program.
    pub(super) proposer: Option<Arc<str>>,
    pub(super) position: Position,
}

/// All links.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    all: Vec<Link>,
    proposals: Vec<Proposal>,
    /// Links whose row may differ after this commit.
    touched: Vec<u32>,
}

impl Links {
    pub(super) fn bytes(&self) -> usize {
        list::bytes(&self.all) + list::bytes(&self.proposals)
    }
}

impl Records {
    /// Keeps what was said of a pair, and gives how it stood before.
    pub(super) fn say(&mut self, pair: [u32; 2], stand: Stand, proposal: Option<Proposal>) -> Option<Stand> {
        let (key, before) = match self.link_of(pair) {
            Some(key) => (key, Some(self.links.all[key as usize].stand)),
            None => (self.new_link(pair, stand), None),
        };
        // The door writes nothing that is there; were it in the log, it would say nothing new.
        if before == Some(stand) && proposal.is_none() {
            return before;
        }
        let link = &mut self.links.all[key as usize];
        link.stand = stand;
        if let Some(proposal) = proposal {
            link.proposal = list::index(self.links.proposals.len());
            list::push(&mut self.links.proposals, proposal);
        }
        self.links.touched.push(key);
        before
    }

    fn new_link(&mut self, records: [u32; 2], stand: Stand) -> u32 {
        let key = list::index(self.links.all.len());
        let next = records.map(|record| std::mem::replace(&mut self.get_mut(record).links, key));
        list::push(&mut self.links.all, Link { records, next, proposal: NONE, stand, written: false });
        key
    }

    /// The link of a pair, in the shorter of its records' lists: a record with thousands of links costs nothing.
    fn link_of(&self, [a, b]: [u32; 2]) -> Option<u32> {
        let (mut of_a, mut of_b) = (self.links_of(a), self.links_of(b));
        loop {
            for (link, other) in [(of_a.next()?, b), (of_b.next()?, a)] {
                if self.links.all[link as usize].records.contains(&other) {
                    return Some(link);
                }
            }
        }
    }

    /// A record's links, latest first.
    fn links_of(&self, record: u32) -> impl Iterator<Item = u32> {
        list::walk(self.get(record).links, move |link| {
            let Link { records, next, .. } = &self.links.all[link as usize];
            next[usize::from(records[0] != record)]
        })
    }

    /// The records at the other ends of a record's links that stand as told.
    fn neighbours(&self, record: u32, stand: fn(Stand) -> bool) -> impl Iterator<Item = u32> {
        let links = self.links_of(record).map(|link| &self.links.all[link as usize]);
        links
            .filter(move |link| stand(link.stand))
            .map(move |link| link.records[usize::from(link.records[0] == record)])
    }

    /// The records linked to one directly.
    pub(super) fn linked(&self, record: u32) -> impl Iterator<Item = u32> {
        self.neighbours(record, Stand::joins)
    }

    /// The records that links join to one, itself among them.
    pub(super) fn reached(&self, record: u32) -> FxHashSet<u32> {
        let mut reached = FxHashSet::from_iter([record]);
        let mut ahead = vec![record];
        while let Some(record) = ahead.pop() {
            ahead.extend(self.linked(record).filter(|other| reached.insert(*other)));
        }
        reached
    }

    /// The persons who would be one with a person if every proposed link were confirmed, that one first.
    pub(super) fn cluster(&self, person: u32, persons: &mut Vec<u32>) {
        persons.clear();
        persons.push(person);
        if !self.get(person).doubted {
            return;
        }
        let mut met = FxHashSet::from_iter([person]);
        let mut n = 0;
        while let Some(person) = persons.get(n) {
            let others = self.of_person(*person).flat_map(|record| self.neighbours(record, Stand::proposed));
            let others: Vec<u32> = others.map(|other| self.person(other)).filter(|other| met.insert(*other)).collect();
            persons.extend(others);
            n += 1;
        }
    }

    /// Writes the rows of links that differ.
    pub(super) fn write_links(&mut self, changes: &mut Changes) {
        if self.links.touched.is_empty() {
            return;
        }
        let mut touched = std::mem::take(&mut self.links.touched);
        touched.sort_unstable();
        touched.dedup();
        for key in touched {
            let written = std::mem::replace(&mut self.links.all[key as usize].written, true);
            let row = || self.link_row(key);
            if written {
                changes.replace(&LINK, key.into(), row);
            } else {
                changes.add(&LINK, key.into(), row);
            }
        }
    }

    fn link_row(&self, key: u32) -> Row {
        let Link { records, proposal, stand, .. } = &self.links.all[key as usize];
        let mut ends = records.map(|key| (self.id(key), key));
        ends.sort_unstable();
        let [(one, one_key), (other, other_key)] = ends;
        let proposal = self.links.proposals.get(*proposal as usize);
        vec![
            traccia_domain::link::stream([one, other]).id().to_owned().into(),
            one_key.into(),
            other_key.into(),
            stand.as_str().into(),
            proposal.and_then(|proposal| proposal.proposer.clone()).into(),
            proposal.map(|proposal| Value::from(proposal.position)).into(),
        ]
    }
}
