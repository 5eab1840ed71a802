//! Units: where a person was served, and which place gets the 1.

use rustc_hash::FxHashMap;
use traccia_projector::{Row, Value};

use super::{NONE, Standing, list, services::Services};
use crate::{
    day::Day,
    points::{Place, Points},
};

/// One person, programme line and point. It keeps its key while the person has it, even without a qualifying service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// The person's next unit.
    next: u32,
    pub(super) point: u32,
    /// The earliest service that counts there, or none: then the unit has no row.
    pub(super) service: u32,
    /// The earliest there that would count if every disputed service were voided and every proposed link confirmed.
    pub(super) safe: u32,
    pub(super) scd: bool,
    /// Whether the unit gets the person's 1 of its line.
    counted: bool,
    /// Whether it would get it then.
    counted_safely: bool,
    in_project: bool,
    in_province: bool,
    /// Whether it has the 1 by a claim.
    pinned: bool,
    /// Whether another project's claim holds the person.
    claimed_elsewhere: bool,
}

/// All units.
#[derive(Clone, Debug, Default)]
pub(super) struct Units(Vec<Unit>);

impl Unit {
    pub(super) fn live(&self) -> bool {
        self.service != NONE
    }

    /// What the totals have to know.
    pub(super) fn standing(&self, services: &Services) -> Standing {
        if !self.live() {
            return Standing::default();
        }
        Standing {
            counted: self.counted.then(|| services.get(self.service).on),
            safe: self.counted_safely.then(|| services.get(self.safe).on),
            in_point: true,
            in_project: self.in_project,
            in_province: self.in_province,
            claimed_elsewhere: self.claimed_elsewhere,
        }
    }

    /// Whether two states of it look the same in a row, besides what they add to the totals.
    pub(super) fn shows(&self, other: &Unit) -> bool {
        (self.service, self.pinned) == (other.service, other.pinned)
    }

    pub(super) fn row(&self, person: u32, services: &Services, points: &Points) -> Row {
        let programme = points.place(self.point).map(|place| points.programmes.get(place.programme).id().shared());
        let standing = self.standing(services);
        vec![
            person.into(),
            programme.map_or(Value::Name(""), Value::from),
            (if self.scd { "scd" } else { "rfd" }).into(),
            self.point.into(),
            self.service.into(),
            services.get(self.service).on.text().into(),
            standing.counted.map(Day::text).into(),
            standing.safe.map(Day::text).into(),
            self.in_project.into(),
            self.in_province.into(),
            standing.claimed_elsewhere.into(),
            self.pinned.then(|| services.pin(self.service)).flatten().into(),
        ]
    }
}

impl Units {
    pub(super) fn get(&self, key: u32) -> &Unit {
        &self.0[key as usize]
    }

    pub(super) fn get_mut(&mut self, key: u32) -> &mut Unit {
        &mut self.0[key as usize]
    }

    pub(super) fn list(&self, first: u32) -> impl Iterator<Item = u32> {
        list::walk(first, |unit| self.get(unit).next)
    }

    pub(super) fn find(&self, first: u32, point: u32, scd: bool) -> Option<u32> {
        self.list(first).find(|unit| self.get(*unit).point == point && self.get(*unit).scd == scd)
    }

    /// A person's unit, new where there was none.
    pub(super) fn meet(&mut self, first: &mut u32, point: u32, scd: bool) -> u32 {
        self.find(*first, point, scd).unwrap_or_else(|| {
            let key = list::index(self.0.len());
            let next = std::mem::replace(first, key);
            let unit = Unit {
                next,
                point,
                service: NONE,
                safe: NONE,
                scd,
                counted: false,
                counted_safely: false,
                in_project: false,
                in_province: false,
                pinned: false,
                claimed_elsewhere: false,
            };
            list::push(&mut self.0, unit);
            key
        })
    }

    /// Hangs one person's units before another's; gives the first of both.
    pub(super) fn join(&mut self, first: u32, then: u32) -> u32 {
        match self.list(first).last() {
            None => then,
            Some(last) => {
                self.get_mut(last).next = then;
                first
            }
        }
    }

    /// Makes a list of units, and gives the first.
    pub(super) fn chain(&mut self, units: &[u32]) -> u32 {
        for (n, unit) in units.iter().enumerate() {
            self.get_mut(*unit).next = units.get(n + 1).copied().unwrap_or(NONE);
        }
        units.first().copied().unwrap_or(NONE)
    }

    /// Gives the 1 of each line, project and province to the unit of a person whose service comes first; what would be
    /// safe, to the one that would be first of all persons who may be one.
    pub(super) fn attribute(&mut self, firsts: &[u32], services: &Services, points: &Points) {
        for first in firsts {
            self.attribute_person(*first, services, points);
        }
        if firsts.len() > 1 {
            self.attribute_safely(firsts, services, points);
        }
    }

    /// Of all persons of a cluster, one unit of each line and programme would have the 1.
    fn attribute_safely(&mut self, firsts: &[u32], services: &Services, points: &Points) {
        let units: Vec<u32> = firsts.iter().flat_map(|first| self.list(*first)).collect();
        let mut earliest = FxHashMap::<_, u32>::default();
        for key in &units {
            let unit = self.get_mut(*key);
            unit.counted_safely = false;
            let (safe, scd) = (unit.safe, unit.scd);
            let Some(place) = points.place(unit.point).filter(|_| safe != NONE) else { continue };
            let best = earliest.entry((scd, place.programme)).or_insert(*key);
            if services.rank(safe) < services.rank(self.get(*best).safe) {
                *best = *key;
            }
        }
        for unit in earliest.into_values() {
            self.get_mut(unit).counted_safely = true;
        }
    }

    fn attribute_person(&mut self, first: u32, services: &Services, points: &Points) {
        if first != NONE && self.get(first).next == NONE {
            let only = self.get_mut(first);
            let (counted, counted_safely) = (only.live(), only.safe != NONE);
            let pinned = counted && services.pin(only.service).is_some();
            *only = Unit { counted, counted_safely, in_project: counted, in_province: counted, pinned, ..*only };
            only.claimed_elsewhere = false;
            return;
        }
        let mut next = first;
        while next != NONE {
            let unit = *self.get(next);
            let place = points.place(unit.point);
            let earliest = |same: &dyn Fn(Place, Place) -> bool, of: fn(&Unit) -> u32| {
                of(&unit) != NONE
                    && self.list(first).all(|other| {
                        let rival = self.get(other);
                        other == next
                            || rival.scd != unit.scd
                            || of(rival) == NONE
                            || !points.place(rival.point).zip(place).is_some_and(|(rival, own)| same(rival, own))
                            || services.rank(of(&unit)) < services.rank(of(rival))
                    })
            };
            let programme: &dyn Fn(Place, Place) -> bool = &|a, b| a.programme == b.programme;
            let project: &dyn Fn(Place, Place) -> bool = &|a, b| a.project == b.project;
            let province: &dyn Fn(Place, Place) -> bool =
                &|a, b| (a.programme, a.province) == (b.programme, b.province);
            let attributed = Unit {
                counted: earliest(programme, |unit| unit.service),
                counted_safely: earliest(programme, |unit| unit.safe),
                in_project: earliest(project, |unit| unit.service),
                in_province: earliest(province, |unit| unit.service),
                pinned: false,
                claimed_elsewhere: false,
                ..unit
            };
            *self.get_mut(next) = attributed;
            next = unit.next;
        }
        self.attribute_claims(first, services, points);
    }

    /// Marks the units that have the 1 by a claim, and those of the same programme and line in other projects.
    fn attribute_claims(&mut self, first: u32, services: &Services, points: &Points) {
        let units: Vec<u32> = self.list(first).collect();
        for key in &units {
            let holder = *self.get(*key);
            if !holder.counted || services.pin(holder.service).is_none() {
                continue;
            }
            self.get_mut(*key).pinned = true;
            let Some(place) = points.place(holder.point) else { continue };
            for other in &units {
                let unit = self.get_mut(*other);
                let elsewhere = points
                    .place(unit.point)
                    .is_some_and(|other| other.programme == place.programme && other.project != place.project);
                unit.claimed_elsewhere |= elsewhere && unit.scd == holder.scd && unit.live();
            }
        }
    }

    /// The unit with the 1 of a person's line rfd in a programme.
    pub(super) fn holder(&self, first: u32, programme: u32, points: &Points) -> Option<&Unit> {
        let units = self.list(first).map(|key| self.get(key));
        let mut holders = units.filter(|unit| unit.live() && unit.counted && !unit.scd);
        holders.find(|unit| points.place(unit.point).is_some_and(|place| place.programme == programme))
    }

    pub(super) fn bytes(&self) -> usize {
        list::bytes(&self.0)
    }
}
