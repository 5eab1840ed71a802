//! What links make of persons: two become one, and one becomes two again.

use rustc_hash::FxHashSet;
use traccia_domain::{
    RecordId,
    link::{LinkEvent, Proposer},
};
use traccia_projector::At;

use super::{
    Counting, NONE,
    links::{Proposal, Stand},
};

impl Counting {
    /// Takes in what was said of a pair. Whom it touches is judged anew: nobody, where only the breaking of a link is
    /// proposed or rejected.
    pub(super) fn link(&mut self, at: &At<'_>, event: &LinkEvent) {
        let by = |proposer: &str| Some(Proposal { proposer: Some(proposer.into()), position: at.position });
        let (records, stand, proposal) = match event {
            LinkEvent::LinkProposed(proposed) => {
                let proposal = match &proposed.proposer {
                    Proposer::Person(subject) => by(subject),
                    Proposer::Program => Some(Proposal { proposer: None, position: at.position }),
                };
                (proposed.records, Stand::Proposed, proposal)
            }
            LinkEvent::RecordsLinked(linked) => (linked.records, Stand::Linked, None),
            LinkEvent::LinkConfirmed(confirmed) => (confirmed.records, Stand::Linked, None),
            LinkEvent::LinkRejected(rejected) => (rejected.records, Stand::Distinct, None),
            LinkEvent::BreakProposed(proposed) => (proposed.records, Stand::BreakProposed, by(&proposed.proposer)),
            LinkEvent::LinkBroken(broken) => (broken.records, Stand::Unlinked, None),
            LinkEvent::BreakRejected(rejected) => (rejected.records, Stand::Linked, None),
        };
        let pair = records.map(|id: RecordId| self.records.meet(id));
        if pair[0] == pair[1] {
            return;
        }
        let before = self.records.say(pair, stand, proposal);
        match (before.is_some_and(Stand::joins), stand.joins()) {
            (true, true) => return,
            (false, true) => self.join(pair),
            (true, false) => self.part(pair),
            (false, false) => {}
        }
        if stand == Stand::Proposed {
            for person in pair.map(|record| self.records.person(record)) {
                self.records.get_mut(person).doubted = true;
            }
        }
        self.stale.extend(pair);
    }

    /// Makes one person of two, named by the older.
    fn join(&mut self, pair: [u32; 2]) {
        let [one, other] = pair.map(|record| self.records.person(record));
        if one == other {
            return;
        }
        let (older, younger) = (one.min(other), one.max(other));
        self.rename(younger);
        let first = self.records.get(older).units;
        let then = std::mem::replace(&mut self.records.get_mut(younger).units, NONE);
        self.scratch.moved_units.extend(self.units.list(then));
        self.records.get_mut(older).units = self.units.join(first, then);
        self.records.merge(older, younger);
    }

    /// Makes two persons of one where no other way leads from one record to the other: what remains is searched from
    /// one end.
    fn part(&mut self, [one, other]: [u32; 2]) {
        let reached = self.records.reached(one);
        if reached.contains(&other) {
            return;
        }
        let older = self.records.person(one);
        let younger = self.records.split(older, &reached);
        self.rename(younger);
        self.part_units(older, younger);
    }

    /// Rows of a person's records and services name the person: they differ from now on.
    fn rename(&mut self, person: u32) {
        for record in self.records.of_person(person) {
            self.touched.push(record);
            for service in self.services.of_record(self.records.get(record).services) {
                self.scratch.touched.push(service);
            }
        }
        for service in &self.scratch.touched {
            self.services.get_mut(*service).touched = true;
        }
    }

    /// Gives the younger the units it needs and the older can do without: as many as it had, when both had them before.
    fn part_units(&mut self, older: u32, younger: u32) {
        let [of_older, of_younger] = [older, younger].map(|person| self.points_of(person));
        let first = self.records.get(older).units;
        let mut kept = FxHashSet::default();
        let (moved, stay): (Vec<u32>, Vec<u32>) = self.units.list(first).partition(|unit| {
            let unit = self.units.get(*unit);
            let goes = of_younger.contains(&unit.point)
                && (!of_older.contains(&unit.point) || kept.contains(&(unit.point, unit.scd)));
            if !goes {
                kept.insert((unit.point, unit.scd));
            }
            goes
        });
        self.records.get_mut(older).units = self.units.chain(&stay);
        self.records.get_mut(younger).units = self.units.chain(&moved);
        self.scratch.moved_units.extend(moved);
    }

    /// The points where a person was served.
    fn points_of(&self, person: u32) -> FxHashSet<u32> {
        let records = self.records.of_person(person).map(|record| self.records.get(record).services);
        records.flat_map(|latest| self.services.of_record(latest)).map(|key| self.services.get(key).point).collect()
    }
}
