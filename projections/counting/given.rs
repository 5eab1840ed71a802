//! Services and persons by name, for who compares two folds.

use rustc_hash::FxHashMap;
use traccia_domain::{RecordId, ServiceId};

use super::Counting;
use crate::day::Day;

/// A person, by the key of their oldest record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person(u32);

/// A service as it was given.
pub(crate) struct Given {
    pub(crate) id: ServiceId,
    pub(crate) record: u32,
    pub(crate) point: u32,
    pub(crate) on: Day,
}

impl Counting {
    /// A service.
    pub(crate) fn given(&self, service: u32) -> Given {
        let given = self.services.get(service);
        Given { id: given.id, record: given.record, point: given.point, on: given.on }
    }

    /// The system's one ordering rule.
    pub(crate) fn order(&self, service: u32) -> (Day, u16, u32) {
        self.services.order(service)
    }

    /// The person of a record.
    pub(crate) fn person(&self, record: u32) -> Person {
        Person(self.records.person(record))
    }

    /// What a person is called.
    pub(crate) fn name(&self, person: Person) -> RecordId {
        self.records.id(person.0)
    }

    /// A record's id.
    pub(crate) fn serial(&self, record: u32) -> RecordId {
        self.records.id(record)
    }

    /// Every record of a record's person, with that person; none of a record never met.
    pub(crate) fn person_of(&self, record: RecordId) -> FxHashMap<u32, Person> {
        let person = self.records.find(record).map(|record| self.records.person(record));
        let records =
            person.into_iter().flat_map(|person| self.records.of_person(person).map(move |one| (one, person)));
        records.map(|(record, person)| (record, Person(person))).collect()
    }
}
