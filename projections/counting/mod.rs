//! Which services qualify, who was served, and who gets the 1 for it. The definition is in README.md.
//!
//! Facts are taken in first; what they touched is judged when the commit is whole. A simple service of a person with one
//! record is judged by itself; any other fact judges the persons it touches, and nobody else, anew.

mod claims;
mod given;
mod judge;
mod keys;
mod links;
mod list;
mod persons;
pub mod queries;
mod records;
mod services;
mod settle;
pub mod tables;
mod units;

#[cfg(test)]
mod tests;

use traccia_domain::{
    Event, RecordId, ServiceId,
    hash::{Hex, ShortHash},
    milestone::MilestoneEvent,
    programme::ProgrammeEvent,
    record::RecordEvent,
    service::{ServiceEvent, ServiceRecorded},
};
use traccia_projector::At;

pub use self::judge::Reason;
pub(crate) use self::{
    claims::{Claim, Claims, active_points, counted_points},
    given::Person,
};
use self::{
    list::NONE,
    records::Records,
    services::{Recorded, Services, State},
    settle::Scratch,
    units::Units,
};
use crate::{day::Day, points::Points};

/// Records, persons, services as they are judged, and units.
#[derive(Clone, Debug, Default)]
pub struct Counting {
    records: Records,
    services: Services,
    units: Units,
    claims: Claims,
    /// Services recorded in this commit.
    fresh: Vec<u32>,
    /// Records of persons to be judged anew after this commit.
    stale: Vec<u32>,
    /// Records whose row may differ after this commit.
    touched: Vec<u32>,
    moved: Vec<Moved>,
    scratch: Scratch,
}

/// What a commit changed in what counts: the totals stand on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Moved {
    /// A service was recorded at a point, or its reason changed. The outer none: it was not recorded before.
    Service { point: u32, on: Day, before: Option<Option<Reason>>, after: Option<Reason> },
    /// A unit of line rfd came, went or changed.
    /// It has, and had, the person's 1 by a service or not.
    Unit { unit: u32, point: u32, before: Standing, after: Standing, had: Option<u32>, has: Option<u32> },
}

/// What a unit adds to the totals.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Standing {
    /// The day of the attributed service, on the unit that gets the 1.
    pub(crate) counted: Option<Day>,
    /// The same if every disputed service were voided and every proposed link confirmed.
    pub(crate) safe: Option<Day>,
    pub(crate) in_point: bool,
    pub(crate) in_project: bool,
    pub(crate) in_province: bool,
    /// Whether another project's claim holds the person.
    pub(crate) claimed_elsewhere: bool,
}

/// The memory the fold has reserved, in bytes, with its maps and what they keep free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Records, links and units.
    pub persons_bytes: usize,
    /// Services and their lists.
    pub services_bytes: usize,
}

impl Counting {
    /// The memory reserved.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory { persons_bytes: self.records.bytes() + self.units.bytes(), services_bytes: self.services.bytes() }
    }

    /// The records linked to a record directly, latest link first.
    #[must_use]
    pub fn linked(&self, record: u32) -> Vec<u32> {
        self.records.linked(record).collect()
    }

    /// How many services the log has told of: each has a lower key.
    pub(crate) fn services(&self) -> u32 {
        self.services.len()
    }

    /// What milestones were claimed with.
    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    /// What the last commit changed.
    pub(crate) fn moved(&self) -> &[Moved] {
        &self.moved
    }

    /// Takes an event in. The points have taken it before.
    pub(crate) fn take(&mut self, at: &At<'_>, event: &Event, points: &mut Points) {
        let id = at.commit.stream.id();
        match event {
            Event::Service(event) => self.service(ServiceId(derived(id)), event, points),
            Event::Record(event) => self.record(RecordId(derived(id)), event),
            Event::Link(event) => self.link(at, event),
            Event::Point(_) => self.point(id, points),
            Event::Facilitator(_) => self.facilitator(id, points),
            Event::Project(_) => self.project(id, points),
            Event::Programme(event) => self.programme(id, event, points),
            Event::Milestone(MilestoneEvent::MilestoneClaimed(claimed)) => {
                if let Ok(project) = id.parse() {
                    self.claims.take(at.position, points.projects.meet(&project), claimed);
                }
            }
            // What is certified and looked at is what was claimed.
            Event::Milestone(
                MilestoneEvent::MilestoneCertified(_)
                | MilestoneEvent::SampleDrawn(_)
                | MilestoneEvent::FindingRecorded(_),
            ) => {}
            // Who may be one person is proposed at the door, and counts as the link says.
            Event::Number(_)
            | Event::Report(_)
            | Event::Money(_)
            | Event::Invoice(_)
            | Event::Expense(_)
            | Event::Payments(_)
            | Event::Log(_) => {}
        }
    }

    fn record(&mut self, id: RecordId, event: &RecordEvent) {
        let key = self.records.meet(id);
        match event {
            RecordEvent::RecordRegistered(registered) => {
                let document = &mut self.records.get_mut(key).document;
                if document.is_none() {
                    *document = Some(registered.document);
                    self.touched.push(key);
                }
            }
            RecordEvent::RecordErased(_) => {
                let erased = &mut self.records.get_mut(key).erased;
                if !*erased {
                    *erased = true;
                    self.touched.push(key);
                }
            }
        }
    }

    fn service(&mut self, id: ServiceId, event: &ServiceEvent, points: &mut Points) {
        match event {
            ServiceEvent::ServiceRecorded(recorded) => self.recorded(id, recorded, points),
            ServiceEvent::ServiceDisputed(_) => self.became(id, State::Disputed),
            ServiceEvent::ServiceUpheld(_) => self.became(id, State::Recorded),
            ServiceEvent::ServiceVoided(_) => self.became(id, State::Voided),
        }
    }

    fn recorded(&mut self, id: ServiceId, said: &ServiceRecorded, points: &mut Points) {
        let record = self.records.meet(said.record);
        let recorded = Recorded {
            id,
            record,
            point: points.serving(&said.point),
            facilitator: points.facilitators.meet(&said.facilitator),
            on: said.occurred_on.into(),
            start_time: said.start_time,
            minutes: said.minutes,
            kind: said.kind,
            age: said.age,
        };
        let latest = &mut self.records.get_mut(record).services;
        if let Some(key) = self.services.record(&recorded, latest) {
            *latest = key;
            self.fresh.push(key);
        }
    }

    /// A void is final. Of a service never recorded nothing can be said.
    fn became(&mut self, id: ServiceId, state: State) {
        let Some(key) = self.services.find(id) else { return };
        let service = self.services.get_mut(key);
        if service.voided() || service.state == state {
            return;
        }
        service.state = state;
        service.touched = true;
        let record = service.record;
        if state == State::Disputed {
            let person = self.records.person(record);
            self.records.get_mut(person).doubted = true;
        }
        self.scratch.touched.push(key);
        self.stale.push(record);
    }

    fn point(&mut self, id: &str, points: &Points) {
        let key = id.parse().ok().and_then(|id| points.points.find(&id));
        self.stale
            .extend(key.into_iter().flat_map(|key| self.services.at_point(key)).map(|s| self.services.get(s).record));
    }

    fn facilitator(&mut self, id: &str, points: &Points) {
        let key = id.parse().ok().and_then(|id| points.facilitators.find(&id));
        let services = key.into_iter().flat_map(|key| self.services.by_facilitator(key));
        self.stale.extend(services.map(|service| self.services.get(service).record));
    }

    fn project(&mut self, id: &str, points: &Points) {
        if let Some(key) = id.parse().ok().and_then(|id| points.projects.find(&id)) {
            for point in &points.projects.get(key).points {
                self.stale.extend(self.services.at_point(*point).map(|service| self.services.get(service).record));
            }
        }
    }

    fn programme(&mut self, id: &str, event: &ProgrammeEvent, points: &Points) {
        match event {
            ProgrammeEvent::ProgrammeDefined(_) | ProgrammeEvent::RulesAdopted(_) => {}
            ProgrammeEvent::RedistributionAdopted(_) | ProgrammeEvent::ReportingWindowSet(_) => return,
        }
        if let Some(key) = id.parse().ok().and_then(|id| points.programmes.find(&id)) {
            for project in &points.programmes.get(key).projects {
                self.project(points.projects.get(*project).id().as_str(), points);
            }
        }
    }
}

/// The id a stream's name holds. A name of another form cannot be written; it would still be one thing's name.
fn derived(name: &str) -> ShortHash {
    Hex::parse(name).unwrap_or_else(|| ShortHash::of_parts([name.as_bytes()]))
}
