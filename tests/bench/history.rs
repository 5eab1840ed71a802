//! Histories of invented persons, put straight into a log.

use jiff::{Timestamp, ToSpan as _, civil::date};
use traccia_domain::{
    Actor, Commit, Event, Hash, Role, ServiceId, StreamId, StreamKind,
    document::{DocumentKind, KeyVersion},
    hash::{Hex, ShortHash},
    record::{RecordRegistered, SealedProfile},
    service::{ServiceKind, ServiceRecorded},
};
use traccia_log::{AnyLog, Log as _};
use traccia_synthetic::Network;

/// Commits that are handed to the log at a time.
const AT_ONCE: usize = 4_000;

/// A history that goes on where it was left.
pub struct History {
    random: fastrand::Rng,
    places: Vec<(String, String)>,
    records: Vec<ShortHash>,
    commits: u64,
    persons: u64,
    of: u64,
}

impl History {
    /// A history in which so many of so many commits register a person, and the others record a service.
    pub fn new(network: &Network, persons: u64, of: u64) -> History {
        let places = network.places().map(|(point, facilitator)| (point.to_owned(), facilitator.to_owned())).collect();
        History { random: fastrand::Rng::with_seed(2), places, records: Vec::new(), commits: 0, persons, of }
    }

    /// Goes on until the history has so many commits.
    pub async fn fill(&mut self, log: &AnyLog, commits: u64) {
        let mut batch = Vec::with_capacity(AT_ONCE);
        while self.commits < commits {
            batch.push((self.next(), None));
            if batch.len() == AT_ONCE || self.commits == commits {
                append(log, &batch).await;
                batch.clear();
            }
        }
    }

    /// The persons registered so far.
    pub fn records(&self) -> &[ShortHash] {
        &self.records
    }

    /// The next commit.
    pub fn next(&mut self) -> Commit {
        let turn = self.commits % self.of;
        self.commits += 1;
        if turn < self.persons {
            let record = Hex(self.random.u128(..).to_be_bytes());
            self.records.push(record);
            return registered(record);
        }
        // Everybody is served once soon after they came, then anybody again.
        let newest = self.records.len() - 1;
        let record = self.records[if turn == self.persons { newest } else { self.random.usize(0..=newest) }];
        let (point, facilitator) = &self.places[self.random.usize(0..self.places.len())];
        served(record, point, facilitator, &mut self.random)
    }
}

/// Appends registrations of so many persons; their records.
pub async fn register(log: &AnyLog, persons: u64) -> Vec<ShortHash> {
    let mut random = fastrand::Rng::new();
    let records: Vec<ShortHash> = (0..persons).map(|_| Hex(random.u128(..).to_be_bytes())).collect();
    for some in records.chunks(AT_ONCE) {
        let batch: Vec<_> = some.iter().map(|record| (registered(*record), None)).collect();
        append(log, &batch).await;
    }
    records
}

async fn append(log: &AnyLog, batch: &[(Commit, Option<traccia_domain::Position>)]) {
    for stored in log.append_many(batch).await {
        stored.expect("it is stored");
    }
}

fn registered(record: ShortHash) -> Commit {
    let profile = Some(SealedProfile("5a".repeat(120)));
    let event =
        RecordRegistered { document: DocumentKind::FiscalCode, key_version: KeyVersion(1), profile, followed_by: None };
    commit(StreamId::new(StreamKind::Record, record), event.into())
}

fn served(record: ShortHash, point: &str, facilitator: &str, random: &mut fastrand::Rng) -> Commit {
    let event = ServiceRecorded {
        record: traccia_domain::RecordId(record),
        point: point.parse().expect("an id"),
        facilitator: facilitator.parse().expect("an id"),
        supported_by: None,
        occurred_on: date(2024, 1, 15).saturating_add(random.i32(0..700).days()),
        start_time: None,
        minutes: 30,
        kind: ServiceKind::ALL[random.usize(0..6)],
        age: Some(random.u8(14..90)),
        mode: None,
        competences: vec![random.u8(1..=13)],
        domains: vec!['A'],
        questionnaire: None,
        refers_to: None,
    };
    let service = ServiceId(Hex(random.u128(..).to_be_bytes()));
    commit(StreamId::new(StreamKind::Service, service), event.into())
}

/// The first commit of a stream.
pub fn commit(stream: StreamId, event: Event) -> Commit {
    Commit {
        command: ShortHash::of_parts([stream.as_str().as_bytes()]),
        stream,
        first: 1,
        body: Hex([3; 16]),
        prev: Hash::ZERO,
        recorded_at: Timestamp::now(),
        actor: Actor { subject: "bench".into(), role: Role::Facilitator },
        events: vec![event],
    }
}
