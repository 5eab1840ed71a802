//! Judging what a commit touched, and writing what differs.

use rustc_hash::FxHashSet;
use traccia_projector::Changes;

use super::{
    Counting, Moved, NONE, Standing,
    judge::{Reason, circumstances},
    services::{Services, State, Verdict},
    tables::{RECORD, SERVICE, UNIT},
    units::Unit,
};
use crate::{points::Points, reports::Reports};

/// Lists that are empty between commits, kept so that an event allocates nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    /// Services whose row may differ.
    pub(super) touched: Vec<u32>,
    /// Units that changed hands in this commit.
    pub(super) moved_units: Vec<u32>,
    /// The persons that are judged together.
    persons: Vec<u32>,
    /// Persons judged with others in this commit.
    together: FxHashSet<u32>,
    /// Their services.
    services: Vec<u32>,
    /// Their units before they were judged anew.
    units: Vec<(u32, Unit)>,
    /// Their first units.
    firsts: Vec<u32>,
    /// Duplicates among their services.
    duplicates: Vec<Duplicate>,
}

/// Whether a service is one: now, and if every disputed service were voided and every proposed link confirmed.
#[derive(Clone, Copy, Debug, Default)]
struct Duplicate {
    service: u32,
    now: bool,
    safely: bool,
}

impl Counting {
    /// Judges what was touched and writes what differs: one version of a row at most.
    pub(crate) fn settle(&mut self, points: &Points, reports: &Reports, changes: &mut Changes) {
        self.moved.clear();
        self.begin_claims();
        let mut stale = std::mem::take(&mut self.stale);
        for record in &mut stale {
            *record = self.records.person(*record);
        }
        stale.sort_unstable();
        stale.dedup();
        self.scratch.moved_units.sort_unstable();
        for person in stale.drain(..) {
            self.judge_person(person, points, changes);
        }
        self.stale = stale;
        let mut fresh = std::mem::take(&mut self.fresh);
        for service in fresh.drain(..) {
            self.judge_fresh(service, points, changes);
        }
        self.fresh = fresh;
        self.settle_claims(points, reports, changes);
        self.scratch.together.clear();
        self.scratch.moved_units.clear();
        self.write_records(changes);
        self.records.write_links(changes);
        self.write_services(changes);
    }

    /// A new service cannot make an earlier one a duplicate: where a person has one record, no dispute and no proposed
    /// link, it is judged by itself.
    fn judge_fresh(&mut self, key: u32, points: &Points, changes: &mut Changes) {
        let service = self.services.get(key);
        let person = self.records.person(service.record);
        if service.verdict.is_some() {
            return;
        }
        if self.records.get(person).doubted || !self.records.alone(person) {
            return self.judge_person(person, points, changes);
        }
        let verdict = self.verdict(key, Duplicate::default(), points);
        let point = service.point;
        self.judged(key, verdict, points);
        if !verdict.counts {
            return;
        }
        let first = self.records.get(person).units;
        if first == NONE {
            return self.write_first_unit(person, key, verdict.scd, points, changes);
        }
        let unit = self.units.find(first, point, verdict.scd).map(|unit| *self.units.get(unit));
        if unit.is_some_and(|unit| unit.live() && self.services.rank(unit.service) < self.services.rank(key)) {
            return;
        }
        self.remember_units(&[person]);
        let unit = self.units.meet(&mut self.records.get_mut(person).units, point, verdict.scd);
        let unit = self.units.get_mut(unit);
        (unit.service, unit.safe) = (key, key);
        self.write_units(&[person], points, changes);
    }

    /// Most services are their person's first: there is no unit to compare with, and the new one has every 1.
    fn write_first_unit(&mut self, person: u32, service: u32, scd: bool, points: &Points, changes: &mut Changes) {
        let point = self.services.get(service).point;
        let key = self.units.meet(&mut self.records.get_mut(person).units, point, scd);
        let unit = self.units.get_mut(key);
        (unit.service, unit.safe) = (service, service);
        self.units.attribute(&[key], &self.services, points);
        let unit = self.units.get(key);
        changes.add(&UNIT, key.into(), || unit.row(person, &self.services, points));
        if !scd {
            let after = unit.standing(&self.services);
            let (had, has) = (None, after.counted.map(|_| service));
            self.moved.push(Moved::Unit { unit: key, point, before: Standing::default(), after, had, has });
        }
    }

    /// Judges a person whole: every service, then every unit. Persons whom proposed links would make one are judged
    /// together, once.
    pub(super) fn judge_person(&mut self, person: u32, points: &Points, changes: &mut Changes) {
        if self.scratch.together.contains(&person) {
            return;
        }
        let mut persons = std::mem::take(&mut self.scratch.persons);
        self.records.cluster(person, &mut persons);
        if persons.len() > 1 {
            self.scratch.together.extend(&persons);
        }
        self.judge(&persons, points, changes);
        self.scratch.persons = persons;
    }

    fn judge(&mut self, persons: &[u32], points: &Points, changes: &mut Changes) {
        for person in persons {
            self.claims.judged(self.records.of_person(*person));
        }
        let mut services = std::mem::take(&mut self.scratch.services);
        for person in persons {
            for record in self.records.of_person(*person) {
                services.extend(self.services.of_record(self.records.get(record).services));
            }
        }
        self.mark_duplicates(persons, &services);
        self.remember_units(persons);
        for (unit, _) in &self.scratch.units {
            let unit = self.units.get_mut(*unit);
            (unit.service, unit.safe) = (NONE, NONE);
        }
        for (n, key) in services.iter().enumerate() {
            let unlike = Duplicate { service: *key, ..Duplicate::default() };
            let duplicate = self.scratch.duplicates.get(n).copied().unwrap_or(unlike);
            let key = duplicate.service;
            let verdict = self.verdict(key, duplicate, points);
            self.judged(key, verdict, points);
            if verdict.counts {
                let service = self.services.get(key);
                let (person, point) = (self.records.person(service.record), service.point);
                let unit = self.units.meet(&mut self.records.get_mut(person).units, point, verdict.scd);
                let earlier = self.earlier(self.units.get(unit).service, key);
                self.units.get_mut(unit).service = earlier;
            }
        }
        // A service that only counts once others are voided can keep a unit that stands, and cannot make a new one.
        for key in services.drain(..) {
            let service = self.services.get(key);
            let Some(verdict) = service.verdict.filter(|verdict| verdict.safe) else { continue };
            let first = self.records.get(self.records.person(service.record)).units;
            let unit = self.units.find(first, service.point, verdict.scd);
            if let Some(unit) = unit.filter(|unit| self.units.get(*unit).live()) {
                let earlier = self.earlier(self.units.get(unit).safe, key);
                self.units.get_mut(unit).safe = earlier;
            }
        }
        self.scratch.services = services;
        self.write_units(persons, points, changes);
    }

    fn earlier(&self, one: u32, other: u32) -> u32 {
        if one == NONE || self.services.rank(other) < self.services.rank(one) { other } else { one }
    }

    /// Finds the duplicates among the services of several records; of one, there is none and no list.
    fn mark_duplicates(&mut self, persons: &[u32], keys: &[u32]) {
        let marks = &mut self.scratch.duplicates;
        marks.clear();
        if let [person] = persons
            && self.records.alone(*person)
        {
            return;
        }
        let (records, services) = (&self.records, &self.services);
        marks.extend(keys.iter().map(|key| Duplicate { service: *key, ..Duplicate::default() }));
        // Now each person's services are alike by themselves; once every proposal were confirmed, all of them.
        let of_person = |mark: &Duplicate| {
            let service = services.get(mark.service);
            (records.person(service.record), service.likeness())
        };
        let stands = |state| matches!(state, State::Recorded | State::Disputed);
        mark(marks, services, of_person, stands, |mark| &mut mark.now);
        let of_all = |mark: &Duplicate| services.get(mark.service).likeness();
        mark(marks, services, of_all, |state| state == State::Recorded, |mark| &mut mark.safely);
    }

    fn verdict(&self, key: u32, duplicate: Duplicate, points: &Points) -> Verdict {
        let service = self.services.get(key);
        let facilitator = points.facilitators.get(service.facilitator);
        let scd = facilitator.volunteer();
        let circumstances = circumstances(service.act(), points);
        let reason = if service.voided() {
            Some(Reason::Voided)
        } else if duplicate.now {
            Some(Reason::Duplicate)
        } else if scd {
            Some(Reason::Scd)
        } else {
            circumstances
        };
        let otherwise = match reason {
            Some(Reason::Duplicate | Reason::Scd) => circumstances,
            Some(
                Reason::Voided
                | Reason::OtherFunding
                | Reason::Kind
                | Reason::OutsideProject
                | Reason::PointNotOpen
                | Reason::FacilitatorNotValid
                | Reason::UnderAge,
            )
            | None => None,
        };
        Verdict {
            reason,
            otherwise,
            scd,
            counts: !service.voided() && !duplicate.now && circumstances.is_none(),
            safe: service.recorded() && !duplicate.safely && circumstances.is_none(),
            enrolled: facilitator.enrolled(),
        }
    }

    /// Keeps a verdict, and says what it changes.
    fn judged(&mut self, key: u32, verdict: Verdict, points: &Points) {
        let service = self.services.get_mut(key);
        let before = service.verdict.replace(verdict);
        if !before.is_some_and(|before| before.shows(verdict)) && !service.touched {
            service.touched = true;
            self.scratch.touched.push(key);
        }
        let (point, on, after) = (service.point, service.on, verdict.reason);
        let before = before.filter(|_| service.tallied).map(|verdict| verdict.reason);
        if before != Some(after) && (service.tallied || points.place(point).is_some()) {
            service.tallied = true;
            self.moved.push(Moved::Service { point, on, before, after });
        }
    }

    fn remember_units(&mut self, persons: &[u32]) {
        let units = &self.units;
        self.scratch.units.clear();
        for person in persons {
            let first = self.records.get(*person).units;
            self.scratch.units.extend(units.list(first).map(|key| (key, *units.get(key))));
        }
        self.scratch.units.sort_unstable_by_key(|(key, _)| *key);
    }

    /// Gives the 1s of persons, and writes the units that differ from those remembered.
    fn write_units(&mut self, persons: &[u32], points: &Points, changes: &mut Changes) {
        let mut firsts = std::mem::take(&mut self.scratch.firsts);
        firsts.clear();
        firsts.extend(persons.iter().map(|person| self.records.get(*person).units));
        self.units.attribute(&firsts, &self.services, points);
        for (person, first) in persons.iter().zip(&firsts) {
            self.write_units_of(*person, *first, points, changes);
        }
        self.scratch.firsts = firsts;
    }

    fn write_units_of(&mut self, person: u32, first: u32, points: &Points, changes: &mut Changes) {
        for key in self.units.list(first) {
            let unit = self.units.get(key);
            let before = self.scratch.units.binary_search_by_key(&key, |(other, _)| *other);
            let before = before.ok().map(|n| &self.scratch.units[n].1).filter(|before| before.live());
            // What stood before is read with today's services: the day of a service never changes.
            let stood = before.map(|before| before.standing(&self.services)).unwrap_or_default();
            let stands = unit.standing(&self.services);
            let row = || unit.row(person, &self.services, points);
            match before {
                None if unit.live() => changes.add(&UNIT, key.into(), row),
                None => continue,
                Some(_) if !unit.live() => changes.remove(&UNIT, key.into()),
                Some(before) => {
                    if stood == stands && unit.shows(before) && self.scratch.moved_units.binary_search(&key).is_err() {
                        continue;
                    }
                    changes.replace(&UNIT, key.into(), row);
                }
            }
            let had = before.filter(|_| stood.counted.is_some()).map(|before| before.service);
            let has = stands.counted.map(|_| unit.service);
            if !unit.scd && (stood, had) != (stands, has) {
                self.moved.push(Moved::Unit { unit: key, point: unit.point, before: stood, after: stands, had, has });
            }
        }
    }

    fn write_records(&mut self, changes: &mut Changes) {
        let mut touched = std::mem::take(&mut self.touched);
        if touched.len() > 1 {
            touched.sort_unstable();
            touched.dedup();
        }
        for key in touched.drain(..) {
            let Some(document) = self.records.get(key).document else { continue };
            let written = std::mem::replace(&mut self.records.get_mut(key).written, true);
            let row = || self.records.row(key, document);
            if written {
                changes.replace(&RECORD, key.into(), row);
            } else {
                changes.add(&RECORD, key.into(), row);
            }
        }
        self.touched = touched;
    }

    fn write_services(&mut self, changes: &mut Changes) {
        let mut touched = std::mem::take(&mut self.scratch.touched);
        for key in touched.drain(..) {
            let service = self.services.get_mut(key);
            if !std::mem::replace(&mut service.touched, false) {
                continue;
            }
            let written = std::mem::replace(&mut service.written, true);
            let person = self.records.person(service.record);
            let row = || self.services.row(key, person);
            if written {
                changes.replace(&SERVICE, key.into(), row);
            } else {
                changes.add(&SERVICE, key.into(), row);
            }
        }
        self.scratch.touched = touched;
    }
}

/// Marks every service that comes after one like it under another record, which still stands.
fn mark<L: Ord>(
    marks: &mut [Duplicate],
    services: &Services,
    likeness: impl Fn(&Duplicate) -> L,
    stands: impl Fn(State) -> bool,
    duplicate: impl Fn(&mut Duplicate) -> &mut bool,
) {
    marks.sort_unstable_by_key(|mark| (likeness(mark), mark.service));
    for alike in marks.chunk_by_mut(|a, b| likeness(a) == likeness(b)) {
        let mut seen = Seen::default();
        for mark in alike {
            let service = services.get(mark.service);
            *duplicate(mark) = seen.under_another(service.record);
            if stands(service.state) {
                seen.see(service.record);
            }
        }
    }
}

/// Under which records a service was seen: none, one, or several.
#[derive(Default)]
struct Seen {
    first: Option<u32>,
    several: bool,
}

impl Seen {
    fn see(&mut self, record: u32) {
        self.several |= self.under_another(record);
        self.first.get_or_insert(record);
    }

    fn under_another(&self, record: u32) -> bool {
        self.several || self.first.is_some_and(|first| first != record)
    }
}
