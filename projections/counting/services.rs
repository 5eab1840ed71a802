//! Services as they were recorded, what became of them, and how they are judged.

use rustc_hash::FxHashMap;
use traccia_domain::{ServiceId, TimeOfDay, service::ServiceKind};
use traccia_projector::Row;

use super::{
    NONE,
    judge::{Act, Reason},
    keys::Keys,
    list,
};
use crate::day::Day;

/// What became of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Recorded,
    Disputed,
    Voided,
}

/// How a service is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Why it does not qualify.
    pub(super) reason: Option<Reason>,
    /// Of a duplicate and of a volunteer's: what stands against it besides.
    pub(super) otherwise: Option<Reason>,
    /// Whether it is of the line `scd`; else of `rfd`.
    pub(super) scd: bool,
    /// Whether it counts in its own line: `scd` itself does not stand against a volunteer's.
    pub(super) counts: bool,
    /// Whether it would count if every disputed service were voided and every proposed link confirmed.
    pub(super) safe: bool,
    /// Whether anything was ever said of the facilitator.
    pub(super) enrolled: bool,
}

impl Verdict {
    /// Whether two verdicts look the same in a row.
    pub(super) fn shows(self, other: Verdict) -> bool {
        let shown = |verdict: Verdict| (verdict.reason, verdict.otherwise, verdict.scd, verdict.enrolled);
        shown(self) == shown(other)
    }
}

/// One service. Its key is its place in the order of positions.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) id: ServiceId,
    pub(super) record: u32,
    pub(super) point: u32,
    pub(super) facilitator: u32,
    next_of_record: u32,
    next_at_point: u32,
    next_by_facilitator: u32,
    pub(super) on: Day,
    start: u16,
    minutes: u16,
    pub(super) kind: ServiceKind,
    age: u8,
    pub(super) state: State,
    /// None before it is judged for the first time.
    pub(super) verdict: Option<Verdict>,
    /// Whether the totals have it: as soon as its point stands somewhere.
    pub(super) tallied: bool,
    /// Whether it has a row.
    pub(super) written: bool,
    /// Whether the row may differ.
    pub(super) touched: bool,
}

const _: () = assert!(size_of::<Service>() <= 64, "a service and its share of the maps fit in 120 bytes");

/// Nobody knows the age: no one is that old.
const NO_AGE: u8 = u8::MAX;

/// What is recorded of a service.
pub(super) struct Recorded {
    pub(super) id: ServiceId,
    pub(super) record: u32,
    pub(super) point: u32,
    pub(super) facilitator: u32,
    pub(super) on: Day,
    pub(super) start_time: Option<TimeOfDay>,
    pub(super) minutes: u16,
    pub(super) kind: ServiceKind,
    pub(super) age: Option<u8>,
}

/// All services, and lists of them by point and by facilitator.
#[derive(Clone, Debug, Default)]
pub(super) struct Services {
    keys: Keys,
    all: Vec<Service>,
    by_point: Vec<u32>,
    by_facilitator: Vec<u32>,
    /// Services with which persons were claimed, and the first claim that did, in the order of claims.
    pins: FxHashMap<u32, u32>,
}

/// Where a service stands among those that could get a person's 1: claimed ones first, those of the earlier claim before.
pub(super) type Rank = (u32, Day, u16, u32);

impl Services {
    /// Takes a service in; none when it is already there: a stream has one recording.
    pub(super) fn record(&mut self, said: &Recorded, of_record: &mut u32) -> Option<u32> {
        let key = list::index(self.all.len());
        if self.keys.meet(said.id.0, key, |key| self.all[key as usize].id == said.id) != key {
            return None;
        }
        let at_point = list::head(&mut self.by_point, said.point);
        let by_facilitator = list::head(&mut self.by_facilitator, said.facilitator);
        let service = Service {
            id: said.id,
            record: said.record,
            point: said.point,
            facilitator: said.facilitator,
            next_of_record: std::mem::replace(of_record, key),
            next_at_point: std::mem::replace(at_point, key),
            next_by_facilitator: std::mem::replace(by_facilitator, key),
            on: said.on,
            start: said.start_time.map_or(TimeOfDay::END_OF_DAY, TimeOfDay::minutes),
            minutes: said.minutes,
            kind: said.kind,
            age: said.age.unwrap_or(NO_AGE),
            state: State::Recorded,
            verdict: None,
            tallied: false,
            written: false,
            touched: false,
        };
        list::push(&mut self.all, service);
        Some(key)
    }

    pub(super) fn len(&self) -> u32 {
        list::index(self.all.len())
    }

    pub(super) fn find(&self, id: ServiceId) -> Option<u32> {
        self.keys.find(id.0, |key| self.all[key as usize].id == id)
    }

    pub(super) fn get(&self, key: u32) -> &Service {
        &self.all[key as usize]
    }

    pub(super) fn get_mut(&mut self, key: u32) -> &mut Service {
        &mut self.all[key as usize]
    }

    /// A record's, from its latest.
    pub(super) fn of_record(&self, latest: u32) -> impl Iterator<Item = u32> {
        list::walk(latest, |service| self.get(service).next_of_record)
    }

    pub(super) fn at_point(&self, point: u32) -> impl Iterator<Item = u32> {
        let latest = self.by_point.get(point as usize).copied().unwrap_or(NONE);
        list::walk(latest, |service| self.get(service).next_at_point)
    }

    pub(super) fn by_facilitator(&self, facilitator: u32) -> impl Iterator<Item = u32> {
        let latest = self.by_facilitator.get(facilitator as usize).copied().unwrap_or(NONE);
        list::walk(latest, |service| self.get(service).next_by_facilitator)
    }

    /// The system's one ordering rule: day, start time or the end of the day, position.
    pub(super) fn order(&self, key: u32) -> (Day, u16, u32) {
        let service = self.get(key);
        (service.on, service.start, key)
    }

    /// The claim that holds a person by a service.
    pub(super) fn pin(&self, key: u32) -> Option<u32> {
        self.pins.get(&key).copied()
    }

    /// Lets a claim hold a person by a service, unless an earlier one does.
    pub(super) fn claim(&mut self, key: u32, claim: u32) {
        self.pins.entry(key).or_insert(claim);
    }

    /// The order in which services get a person's 1.
    pub(super) fn rank(&self, key: u32) -> Rank {
        let (on, start, position) = self.order(key);
        (self.pin(key).unwrap_or(NONE), on, start, position)
    }

    pub(super) fn row(&self, key: u32, person: u32) -> Row {
        let service = self.get(key);
        let verdict = service.verdict.unwrap_or_default();
        let state = match service.state {
            State::Recorded => "recorded",
            State::Disputed => "disputed",
            State::Voided => "voided",
        };
        let time = TimeOfDay::new(service.start / 60, service.start % 60);
        vec![
            service.id.to_string().into(),
            service.record.into(),
            person.into(),
            service.point.into(),
            verdict.enrolled.then_some(service.facilitator).into(),
            service.on.text().into(),
            time.map(|time| time.to_string()).into(),
            service.kind.as_str().into(),
            (if verdict.scd { "scd" } else { "rfd" }).into(),
            state.into(),
            verdict.reason.map(Reason::as_str).into(),
            service.minutes.into(),
            verdict.otherwise.map(Reason::as_str).into(),
        ]
    }

    pub(super) fn bytes(&self) -> usize {
        let pins = self.pins.capacity() * (size_of::<(u32, u32)>() + 1);
        pins + self.keys.bytes()
            + list::bytes(&self.all)
            + list::bytes(&self.by_point)
            + list::bytes(&self.by_facilitator)
    }
}

impl Service {
    pub(super) fn act(&self) -> Act {
        let age = (self.age != NO_AGE).then_some(self.age);
        Act { point: self.point, facilitator: self.facilitator, on: self.on, kind: self.kind, age }
    }

    /// What makes two services the same, under two records of a person.
    pub(super) fn likeness(&self) -> (u32, Day, u16, ServiceKind) {
        (self.point, self.on, self.start, self.kind)
    }

    pub(super) fn recorded(&self) -> bool {
        self.state == State::Recorded
    }

    pub(super) fn voided(&self) -> bool {
        self.state == State::Voided
    }
}
