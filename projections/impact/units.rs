//! Which persons' 1s would come and go.

use rustc_hash::FxHashMap;
use serde::Serialize;
use traccia_domain::{Commit, Event, link::LinkEvent};
use utoipa::ToSchema;

use crate::{
    Projections,
    counting::{Moved, Person},
};

/// Whether a unit would come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The person is counted there and would not be.
    Lost,
    /// The person would be.
    Gained,
}

/// A person's 1 that would come or go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unit {
    /// Whether it would come or go.
    pub way: Way,
    /// The person, by their oldest record: as they are called before, of what would go.
    pub person: String,
    /// The service that has the 1.
    pub service: String,
    /// Its day.
    pub occurred_on: String,
    /// Where it was given.
    pub point: String,
    /// The point's project.
    pub project: String,
    /// The project's programme.
    pub programme: String,
}

/// Units that changed, as they were first and are last: the service with the 1, where there is one.
pub(super) struct Units {
    changed: FxHashMap<u32, [Option<u32>; 2]>,
    /// The persons whom links would join or part, by record, as they are before.
    persons: FxHashMap<u32, Person>,
}

impl Units {
    /// Looks at whom the commits will name otherwise.
    pub(super) fn before(state: &Projections, commits: &[Commit]) -> Units {
        let events = commits.iter().flat_map(|commit| &commit.events);
        let records = events.filter_map(pair).flatten();
        let persons = records.flat_map(|record| state.counting().person_of(record)).collect();
        Units { changed: FxHashMap::default(), persons }
    }

    /// Takes in what a commit changed.
    pub(super) fn take(&mut self, state: &Projections) {
        for moved in state.counting().moved() {
            match *moved {
                Moved::Unit { unit, had, has, .. } => {
                    self.changed.entry(unit).or_insert([had, has])[1] = has;
                }
                Moved::Service { .. } => {}
            }
        }
    }

    /// Those that came and those that went, by project, point and order of service.
    pub(super) fn listed(self, state: &Projections) -> Vec<Unit> {
        let (counting, points) = (state.counting(), state.points());
        let mut moved: Vec<_> = self.changed.into_values().filter_map(came_or_went).collect();
        moved.sort_unstable_by_key(|(way, service)| (*way, counting.order(*service)));
        let unit = |(way, service): (Way, u32)| {
            let given = counting.given(service);
            let place = points.place(given.point)?;
            let renamed = self.persons.get(&given.record).filter(|_| way == Way::Lost);
            let person = renamed.copied().unwrap_or_else(|| counting.person(given.record));
            Some(Unit {
                way,
                person: counting.name(person).to_string(),
                service: given.id.to_string(),
                occurred_on: given.on.to_string(),
                point: points.points.get(given.point).id().to_string(),
                project: points.projects.get(place.project).id().to_string(),
                programme: points.programmes.get(place.programme).id().to_string(),
            })
        };
        let mut units: Vec<Unit> = moved.into_iter().filter_map(unit).collect();
        // What comes and goes at one point stays in the order of services.
        units.sort_by(|a, b| (&a.programme, &a.project, &a.point).cmp(&(&b.programme, &b.project, &b.point)));
        units
    }
}

/// The records that an event joins or parts.
fn pair(event: &Event) -> Option<[traccia_domain::RecordId; 2]> {
    match event {
        Event::Link(LinkEvent::RecordsLinked(linked)) => Some(linked.records),
        Event::Link(LinkEvent::LinkConfirmed(confirmed)) => Some(confirmed.records),
        Event::Link(LinkEvent::LinkBroken(broken)) => Some(broken.records),
        Event::Link(LinkEvent::LinkProposed(proposed)) => Some(proposed.records),
        Event::Link(LinkEvent::LinkRejected(rejected)) => Some(rejected.records),
        Event::Link(LinkEvent::BreakProposed(proposed)) => Some(proposed.records),
        Event::Link(LinkEvent::BreakRejected(rejected)) => Some(rejected.records),
        Event::Service(_)
        | Event::Record(_)
        | Event::Number(_)
        | Event::Point(_)
        | Event::Facilitator(_)
        | Event::Project(_)
        | Event::Report(_)
        | Event::Milestone(_)
        | Event::Programme(_)
        | Event::Invoice(_)
        | Event::Expense(_)
        | Event::Money(_)
        | Event::Payments(_)
        | Event::Log(_) => None,
    }
}

fn came_or_went(services: [Option<u32>; 2]) -> Option<(Way, u32)> {
    match services {
        [Some(service), None] => Some((Way::Lost, service)),
        [None, Some(service)] => Some((Way::Gained, service)),
        [Some(_), Some(_)] | [None, None] => None,
    }
}
