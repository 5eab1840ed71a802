//! The same numbers told naively: everything computed from the list of commits with plain loops, again and again. It
//! shares no code with the fold, only the events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use traccia_domain::{
    Commit, Event, RecordId,
    facilitator::command::FacilitatorRole,
    link::LinkEvent,
    record::RecordEvent,
    service::{ServiceEvent, ServiceRecorded},
};

use super::claimed::{Claim, claims_of};

/// What the commits so far amount to.
pub(crate) struct Model<'a> {
    pub(super) commits: Vec<&'a Commit>,
    records: Vec<RecordId>,
    /// The state of each record that was registered. Nothing that counts looks at it.
    pub(crate) registered: BTreeMap<RecordId, &'static str>,
    /// What was said last of each pair, by its stream.
    pub(crate) pairs: BTreeMap<&'a str, ([RecordId; 2], &'static str)>,
    pub(crate) services: Vec<Judged<'a>>,
    pub(crate) units: Vec<Unit>,
    /// Services by which claims hold persons, and the first claim that does.
    pub(super) pins: BTreeMap<usize, usize>,
    pub(crate) claims: Vec<Claim>,
}

/// A service and what became of it.
pub(crate) struct Judged<'a> {
    pub(crate) id: &'a str,
    pub(crate) said: &'a ServiceRecorded,
    pub(crate) person: usize,
    /// Whoever may turn out to be the same person has the same one.
    pub(super) cluster: usize,
    state: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) line: &'static str,
    pub(super) counts: bool,
    safe: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unit {
    pub(crate) person: usize,
    pub(crate) programme: String,
    pub(crate) line: &'static str,
    pub(crate) point: String,
    pub(crate) service: usize,
    pub(crate) counted: Option<Date>,
    pub(crate) safe: Option<Date>,
    pub(crate) in_project: bool,
    pub(crate) in_province: bool,
    /// Whether another project's claim holds the person.
    pub(crate) claimed: bool,
    /// The claim that holds the person here.
    pub(crate) claim: Option<usize>,
}

/// Where a point stands: programme, project, province.
pub(super) type Place = (String, String, String);

/// The records of a pair, and how they stand once this was said.
fn pair(event: &LinkEvent) -> ([RecordId; 2], &'static str) {
    match event {
        LinkEvent::RecordsLinked(said) => (said.records, "linked"),
        LinkEvent::LinkProposed(said) => (said.records, "proposed"),
        LinkEvent::LinkConfirmed(said) => (said.records, "linked"),
        LinkEvent::LinkRejected(said) => (said.records, "distinct"),
        LinkEvent::BreakProposed(said) => (said.records, "break_proposed"),
        LinkEvent::LinkBroken(said) => (said.records, "unlinked"),
        LinkEvent::BreakRejected(said) => (said.records, "linked"),
    }
}

impl<'a> Model<'a> {
    pub(crate) fn of(commits: impl IntoIterator<Item = &'a Commit>) -> Model<'a> {
        let commits: Vec<&Commit> = commits.into_iter().collect();
        let (mut pins, mut claims) = (BTreeMap::new(), Vec::new());
        for (n, commit) in commits.iter().enumerate() {
            for terms in claims_of(commit) {
                // What is frozen is what counts when it is claimed.
                let then = Model::with(commits[..n].to_vec(), &pins, &claims);
                let claim = then.freeze(commit.stream.id(), terms);
                for (_, service) in &claim.list {
                    pins.entry(*service).or_insert(claims.len());
                }
                claims.push(claim);
            }
        }
        Model::with(commits, &pins, &claims)
    }

    fn with(commits: Vec<&'a Commit>, pins: &BTreeMap<usize, usize>, claims: &[Claim]) -> Model<'a> {
        let mut model = Model {
            commits,
            records: vec![],
            registered: BTreeMap::new(),
            pairs: BTreeMap::new(),
            services: vec![],
            units: vec![],
            pins: pins.clone(),
            claims: claims.to_vec(),
        };
        model.find_records();
        model.find_services();
        model.judge();
        model.find_units();
        model
    }

    /// A person's serial.
    pub(crate) fn serial(&self, person: usize) -> RecordId {
        self.records[person]
    }

    pub(super) fn events(&self, stream: &str) -> impl Iterator<Item = &'a Event> + use<'a> {
        let stream = stream.to_owned();
        self.commits.clone().into_iter().filter(move |commit| commit.stream.as_str() == stream).flat_map(|c| &c.events)
    }

    fn all(&self) -> impl Iterator<Item = (&'a str, &'a Event)> + use<'a> {
        let commits = self.commits.clone().into_iter();
        commits.flat_map(|commit| commit.events.iter().map(|event| (commit.stream.id(), event)))
    }

    fn find_records(&mut self) {
        let mut erased = BTreeSet::new();
        for (id, event) in self.all() {
            let mut named = vec![];
            if let Event::Record(event) = event {
                let record = id.parse().unwrap();
                named.push(record);
                match event {
                    RecordEvent::RecordRegistered(_) => drop(self.registered.insert(record, "registered")),
                    RecordEvent::RecordErased(_) => drop(erased.insert(record)),
                }
            } else if let Event::Link(event) = event {
                named.extend(pair(event).0);
                self.pairs.insert(id, pair(event));
            } else if let Event::Service(ServiceEvent::ServiceRecorded(recorded)) = event {
                named.push(recorded.record);
            }
            for record in named {
                if !self.records.contains(&record) {
                    self.records.push(record);
                }
            }
        }
        for (record, state) in &mut self.registered {
            if erased.contains(record) {
                *state = "erased";
            }
        }
    }

    /// The oldest record within reach of pairs that stand so.
    pub(super) fn person(&self, record: RecordId, states: &[&str]) -> usize {
        let mut reached = BTreeSet::from([record]);
        loop {
            let before = reached.len();
            for (records, state) in self.pairs.values() {
                if states.contains(state) && records.iter().any(|record| reached.contains(record)) {
                    reached.extend(records);
                }
            }
            if reached.len() == before {
                return self.records.iter().position(|record| reached.contains(record)).unwrap();
            }
        }
    }

    fn find_services(&mut self) {
        for (id, event) in self.all() {
            let Event::Service(event) = event else { continue };
            let known = self.services.iter_mut().find(|service| service.id == id);
            match (event, known) {
                (ServiceEvent::ServiceRecorded(said), None) => {
                    let person = self.person(said.record, &["linked", "break_proposed"]);
                    let cluster = self.person(said.record, &["linked", "break_proposed", "proposed"]);
                    let (reason, line, state) = ("", "rfd", "recorded");
                    let (counts, safe) = (false, false);
                    self.services.push(Judged { id, said, person, cluster, state, reason, line, counts, safe });
                }
                (ServiceEvent::ServiceVoided(_), Some(service)) => service.state = "voided",
                (_, Some(service)) if service.state == "voided" => {}
                (ServiceEvent::ServiceDisputed(_), Some(service)) => service.state = "disputed",
                (ServiceEvent::ServiceUpheld(_), Some(service)) => service.state = "recorded",
                (_, _) => {}
            }
        }
    }

    fn judge(&mut self) {
        for n in 0..self.services.len() {
            let service = &self.services[n];
            let volunteer = self
                .statement(service.said.facilitator.as_str())
                .is_some_and(|(stated, _)| stated.role == FacilitatorRole::ScdVolunteer);
            let alike = |states: &[&str], same: fn(&Judged<'_>) -> usize| {
                self.services[..n].iter().any(|earlier| {
                    let key =
                        |said: &ServiceRecorded| (said.point.clone(), said.occurred_on, said.start_time, said.kind);
                    same(earlier) == same(service)
                        && earlier.said.record != service.said.record
                        && key(earlier.said) == key(service.said)
                        && states.contains(&earlier.state)
                })
            };
            let duplicate = alike(&["recorded", "disputed"], |service| service.person);
            let safely = alike(&["recorded"], |service| service.cluster);
            let rest = self.circumstances(service.said);
            let reason = match service.state {
                "voided" => "voided",
                _ if duplicate => "duplicate",
                _ if volunteer => "scd",
                _ => rest,
            };
            let counts = service.state != "voided" && !duplicate && rest.is_empty();
            let safe = service.state == "recorded" && !safely && rest.is_empty();
            let line = if volunteer { "scd" } else { "rfd" };
            let service = &mut self.services[n];
            (service.reason, service.line, service.counts, service.safe) = (reason, line, counts, safe);
        }
    }

    fn circumstances(&self, said: &ServiceRecorded) -> &'static str {
        let Some(opened) = self.opening(said.point.as_str()) else { return "point_not_open" };
        let project = opened.project.as_str();
        let Some(applied) = self.application(project) else { return "outside_project" };
        let on = said.occurred_on;
        let rules = self.counting_rules(applied.programme.as_str(), on);
        if self.other_funding(project, on) {
            "other_funding"
        } else if !rules.qualifying_services.contains(&said.kind) {
            "kind"
        } else if !self.approved(project) || on < applied.starts || applied.ends < on {
            "outside_project"
        } else if !self.receives(said.point.as_str(), on) {
            "point_not_open"
        } else if !self.valid(said.facilitator.as_str(), said.point.as_str(), on) {
            "facilitator_not_valid"
        } else if said.age.is_some_and(|age| age < rules.minimum_age) {
            "under_age"
        } else {
            ""
        }
    }

    /// The first to get a 1 of those that pass: claimed ones in the order of claims, then in the system's order.
    pub(super) fn first(&self, pass: impl Fn(&Judged<'a>) -> bool) -> Option<usize> {
        let passing = (0..self.services.len()).filter(|n| pass(&self.services[*n]));
        passing.min_by_key(|n| {
            let said = self.services[*n].said;
            let pin = self.pins.get(n).copied().unwrap_or(usize::MAX);
            (pin, said.occurred_on, said.start_time.map_or(1440, |time| time.minutes()), *n)
        })
    }

    fn find_units(&mut self) {
        let mut found = BTreeSet::new();
        for service in self.services.iter().filter(|service| service.counts) {
            found.insert((service.person, service.line, service.said.point.to_string()));
        }
        for (person, line, point) in &found {
            let (programme, project, province) = self.place(point).unwrap();
            let here = |service: &Judged<'_>| service.said.point.as_str() == point;
            let at = |service: &Judged<'_>| self.place(service.said.point.as_str()).unwrap();
            let own = |service: &Judged<'_>| service.person == *person && service.line == *line;
            let earliest = |same: &dyn Fn(Place) -> bool| {
                self.first(|service| own(service) && service.counts && same(at(service)))
            };
            let service = self.first(|service| own(service) && service.counts && here(service)).unwrap();
            let holder = earliest(&|place| place.0 == programme);
            let counted = holder == Some(service);
            let held =
                holder.filter(|holder| self.pins.contains_key(holder)).map(|holder| at(&self.services[holder]).1);
            let cluster = self.services[service].cluster;
            let safe = self.first(|service| {
                service.cluster == cluster
                    && service.line == *line
                    && service.safe
                    && at(service).0 == programme
                    && found.contains(&(service.person, *line, service.said.point.to_string()))
            });
            let safe = safe.map(|n| &self.services[n]).filter(|service| own(service) && here(service));
            let unit = Unit {
                person: *person,
                programme: programme.clone(),
                line,
                point: point.clone(),
                service,
                counted: counted.then(|| self.services[service].said.occurred_on),
                safe: safe.map(|service| service.said.occurred_on),
                in_project: earliest(&|place| place.1 == project) == Some(service),
                in_province: earliest(&|place| (&place.0, &place.2) == (&programme, &province)) == Some(service),
                claimed: held.is_some_and(|held| held != project),
                claim: self.pins.get(&service).copied().filter(|_| counted),
            };
            self.units.push(unit);
        }
    }

    /// Totals by programme, scope and id: recorded, qualifying, persons, counted, safe, claimed; and the reasons, by name.
    pub(crate) fn totals(&self) -> BTreeMap<[String; 3], BTreeMap<&'static str, i64>> {
        let mut totals: BTreeMap<_, BTreeMap<_, i64>> = BTreeMap::new();
        let mut add = |programme: &str, scope: &str, id: &str, what: &'static str| {
            let key = [programme.to_owned(), scope.to_owned(), id.to_owned()];
            *totals.entry(key).or_default().entry(what).or_default() += 1;
        };
        let half = |on: Date| format!("{}-S{}", on.year(), (on.month() + 5) / 6);
        for Judged { said, reason, .. } in &self.services {
            let Some((programme, project, province)) = self.place(said.point.as_str()) else { continue };
            let (on, month) = (half(said.occurred_on), said.occurred_on.to_string()[..7].to_owned());
            for what in ["recorded", if reason.is_empty() { "qualifying" } else { reason }] {
                add(&programme, "programme", &programme, what);
                add(&programme, "project", &project, what);
                add(&programme, "province", &province, what);
                add(&programme, "point", said.point.as_str(), what);
                add(&programme, "semester", &on, what);
                add(&programme, "month", &month, what);
            }
        }
        for unit in self.units.iter().filter(|unit| unit.line == "rfd") {
            let (programme, project, province) = self.place(&unit.point).unwrap();
            for what in [Some("persons"), unit.claimed.then_some("claimed")].into_iter().flatten() {
                add(&programme, "point", &unit.point, what);
                if unit.in_project {
                    add(&programme, "project", &project, what);
                }
                if unit.in_province {
                    add(&programme, "province", &province, what);
                }
            }
            for (what, on) in [("persons", unit.counted), ("counted", unit.counted), ("safe", unit.safe)] {
                let Some(on) = on else { continue };
                add(&programme, "programme", &programme, what);
                add(&programme, "semester", &half(on), what);
                add(&programme, "month", &on.to_string()[..7], what);
                if what != "persons" {
                    add(&programme, "project", &project, what);
                    add(&programme, "province", &province, what);
                    add(&programme, "point", &unit.point, what);
                }
            }
        }
        totals
    }
}
