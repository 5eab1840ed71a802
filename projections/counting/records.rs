//! Records and persons: a person is a connected component of linked records, named by its oldest.

use rustc_hash::FxHashSet;
use traccia_domain::{RecordId, document::DocumentKind};

use super::{NONE, keys::Keys, links::Links, list};

/// One record. What belongs to the person stands in the oldest record of the person.
#[derive(Clone, Debug)]
pub(super) struct Record {
    id: RecordId,
    /// Key of the person's oldest record.
    pub(super) person: u32,
    /// The person's next younger record.
    next: u32,
    /// Its latest service.
    pub(super) services: u32,
    /// What was said of it last with another.
    pub(super) links: u32,
    /// Of the person: the first unit.
    pub(super) units: u32,
    /// Absent when other facts name the record and it was never registered.
    pub(super) document: Option<DocumentKind>,
    /// Whether it has a row.
    pub(super) written: bool,
    /// Of the person: whether a service of theirs was ever disputed, or a link of theirs proposed. Whoever is not
    /// doubted is safe wherever they count.
    pub(super) doubted: bool,
    /// Whether what was known of the person was erased. It is counted as before.
    pub(super) erased: bool,
}

const _: () = assert!(size_of::<Record>() <= 40, "a person with one record and one unit fits in 80 bytes");

/// All records.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    keys: Keys,
    all: Vec<Record>,
    pub(super) links: Links,
}

impl Records {
    /// The key of a record, met now if never before. Its id is the fingerprint of a document somebody holds: a record
    /// that others name before it is registered is a person all the same.
    pub(super) fn meet(&mut self, id: RecordId) -> u32 {
        let key = list::index(self.all.len());
        let met = self.keys.meet(id.0, key, |key| self.all[key as usize].id == id);
        if met == key {
            let record = Record {
                id,
                person: key,
                next: NONE,
                services: NONE,
                links: NONE,
                units: NONE,
                document: None,
                written: false,
                doubted: false,
                erased: false,
            };
            list::push(&mut self.all, record);
        }
        met
    }

    /// The key of a record that was met.
    pub(super) fn find(&self, id: RecordId) -> Option<u32> {
        self.keys.find(id.0, |key| self.all[key as usize].id == id)
    }

    pub(super) fn get(&self, key: u32) -> &Record {
        &self.all[key as usize]
    }

    pub(super) fn get_mut(&mut self, key: u32) -> &mut Record {
        &mut self.all[key as usize]
    }

    pub(super) fn id(&self, key: u32) -> RecordId {
        self.get(key).id
    }

    pub(super) fn person(&self, record: u32) -> u32 {
        self.get(record).person
    }

    /// A person's records, oldest first where they were never merged.
    pub(super) fn of_person(&self, person: u32) -> impl Iterator<Item = u32> {
        list::walk(person, |record| self.get(record).next)
    }

    /// Whether nothing else is known to be the same person.
    pub(super) fn alone(&self, person: u32) -> bool {
        self.get(person).next == NONE
    }

    /// Makes the younger's records the older's.
    pub(super) fn merge(&mut self, older: u32, younger: u32) {
        let last = self.of_person(older).last().unwrap_or(older);
        self.get_mut(last).next = younger;
        let mut record = younger;
        while record != NONE {
            self.get_mut(record).person = older;
            record = self.get(record).next;
        }
        let younger = std::mem::replace(&mut self.get_mut(younger).doubted, false);
        self.get_mut(older).doubted |= younger;
    }

    /// Makes two persons of one: some of the records, and the others. Gives the younger; the older keeps the name.
    pub(super) fn split(&mut self, person: u32, some: &FxHashSet<u32>) -> u32 {
        let (mut older, mut younger): (Vec<u32>, Vec<u32>) =
            self.of_person(person).partition(|record| some.contains(record) == some.contains(&person));
        older.sort_unstable();
        younger.sort_unstable();
        let doubted = self.get(person).doubted;
        for records in [&older, &younger] {
            for (n, record) in records.iter().enumerate() {
                let next = records.get(n + 1).copied().unwrap_or(NONE);
                let record = self.get_mut(*record);
                (record.person, record.next) = (records[0], next);
            }
        }
        self.get_mut(younger[0]).doubted = doubted;
        younger[0]
    }

    pub(super) fn row(&self, key: u32, document: DocumentKind) -> traccia_projector::Row {
        let record = self.get(key);
        let state = if record.erased { "erased" } else { "registered" };
        vec![record.id.to_string().into(), document.as_str().into(), record.person.into(), state.into()]
    }

    pub(super) fn bytes(&self) -> usize {
        self.keys.bytes() + list::bytes(&self.all) + self.links.bytes()
    }
}
