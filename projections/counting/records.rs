//! Records, the links between them, and persons: a person is a connected component, named by its oldest record.

use traccia_domain::{RecordId, document::DocumentKind};

use super::{NONE, keys::Keys, list};

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
    links: u32,
    /// Of the person: the first unit.
    pub(super) units: u32,
    /// Absent when other facts name the record and it was never registered.
    pub(super) document: Option<DocumentKind>,
    /// Whether it has a row.
    pub(super) written: bool,
    /// Of the person: whether a service of theirs was ever disputed.
    pub(super) doubted: bool,
}

/// A link, in the lists of both its records. Breaking one will search what remains from either end.
#[derive(Clone, Debug)]
struct Link {
    records: [u32; 2],
    next: [u32; 2],
}

/// All records.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    keys: Keys,
    all: Vec<Record>,
    links: Vec<Link>,
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
            };
            list::push(&mut self.all, record);
        }
        met
    }

    pub(super) fn get(&self, key: u32) -> &Record {
        &self.all[key as usize]
    }

    pub(super) fn get_mut(&mut self, key: u32) -> &mut Record {
        &mut self.all[key as usize]
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

    /// Keeps a link. When it makes two persons one, gives the older and the younger, whose records still say otherwise.
    pub(super) fn link(&mut self, a: u32, b: u32) -> Option<[u32; 2]> {
        let link = list::index(self.links.len());
        let next = [self.get(a).links, self.get(b).links];
        list::push(&mut self.links, Link { records: [a, b], next });
        self.get_mut(a).links = link;
        self.get_mut(b).links = link;
        let persons = [self.person(a), self.person(b)];
        (persons[0] != persons[1]).then(|| [persons[0].min(persons[1]), persons[0].max(persons[1])])
    }

    /// The records linked to one directly.
    pub(super) fn neighbours(&self, record: u32) -> impl Iterator<Item = u32> {
        let end = move |link: &Link| usize::from(link.records[0] != record);
        list::walk(self.get(record).links, move |link| {
            let link = &self.links[link as usize];
            link.next[end(link)]
        })
        .map(move |link| {
            let link = &self.links[link as usize];
            link.records[1 - end(link)]
        })
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

    pub(super) fn row(&self, key: u32, document: DocumentKind) -> traccia_projector::Row {
        let record = self.get(key);
        vec![record.id.to_string().into(), document.as_str().into(), record.person.into()]
    }

    pub(super) fn bytes(&self) -> usize {
        self.keys.bytes() + list::bytes(&self.all) + list::bytes(&self.links)
    }
}
