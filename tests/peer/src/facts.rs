//! What deciding on a service needs to know, and services to record: one programme, one project, one point.

use std::sync::Arc;

use cqrs_es::Aggregate;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use traccia_domain::{
    facilitator::FacilitatorEvent,
    hash::Hex,
    point::PointEvent,
    programme::ProgrammeEvent,
    project::ProjectEvent,
    record::RecordEvent,
    service::{ServiceFacts, ServiceKind, command::RecordService},
};

/// The world in which every service here is recorded.
pub fn of_a_service() -> ServiceFacts {
    let province = json!({"code": "MI", "istat": "015", "name": "Milano", "citizens": 1, "award": "1.00", "points": 1,
        "services": 1});
    let definition = json!({"id": "programme", "name": "A programme", "measure": "M1C1-1.7.2", "currency": "EUR",
        "region": {"istat": "03", "name": "Lombardia"}, "award": "1000.00", "starts": "2023-01-01", "ends": "2026-06-30",
        "targets": {"points": 10, "citizens": 100, "services": 200}, "provinces": [province]});
    let application = json!({"programme": "programme", "name": "A project", "lead": {"name": "A body"}, "award": "1000.00",
        "targets": {"points": 10, "citizens": 100, "services": 200}, "provinces": ["MI"], "starts": "2023-07-01",
        "ends": "2025-12-31"});
    let opening = json!({"project": "project", "name": "A point", "kind": "fixed", "province": "MI",
        "municipality": "Milano", "opened_on": "2024-01-08", "weekly_hours": 24, "workstations": 2,
        "megabits_per_second": 30, "services": ["individual_facilitation"]});
    let enrolment = json!({"project": "project", "role": "facilitator", "points": ["point"], "from": "2024-01-08"});
    let registration = json!({"document": "passport", "key_version": 1});
    ServiceFacts {
        today: "2025-12-31".parse().expect("a day"),
        record: after(vec![said::<RecordEvent>("record_registered", registration)]),
        point: after(vec![said::<PointEvent>("point_opened", opening)]),
        project: after(vec![
            said::<ProjectEvent>("application_submitted", application),
            said("application_approved", json!({"act": "act 1", "on": "2023-06-20", "tranches": []})),
        ]),
        programme: after(vec![said::<ProgrammeEvent>("programme_defined", json!({"definition": definition}))]),
        facilitator: after(vec![said::<FacilitatorEvent>("facilitator_enrolled", enrolment)]),
        supporter: None,
        replaced: None,
        age: Some(71),
        volunteer_alone: false,
    }
}

/// A service that was never recorded before.
pub fn record_service(random: &mut fastrand::Rng) -> RecordService {
    let day = jiff::civil::date(2024, 1, 15).saturating_add(jiff::Span::new().days(random.i32(0..700)));
    RecordService {
        citizen: traccia_domain::RecordId(Hex(random.u128(..).to_be_bytes())),
        point: "point".parse().expect("an id"),
        facilitator: "facilitator".parse().expect("an id"),
        supported_by: None,
        occurred_on: day,
        start_time: None,
        minutes: 30,
        kind: ServiceKind::IndividualFacilitation,
        mode: None,
        competences: vec![random.u8(1..=13)],
        domains: vec!['A'],
        questionnaire: None,
        refers_to: None,
    }
}

fn after<A: Aggregate>(events: Vec<A::Event>) -> Arc<A> {
    let mut aggregate = A::default();
    events.into_iter().for_each(|event| aggregate.apply(event));
    Arc::new(aggregate)
}

/// An event, as `cqrs-es` stores it.
fn said<E: DeserializeOwned>(event: &str, data: Value) -> E {
    serde_json::from_value(json!({"type": event, "data": data})).expect("it is an event")
}
