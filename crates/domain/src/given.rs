//! The small world that tests of the aggregates share: one programme, one project, one point, one facilitator.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::json;

use crate::{
    Decide, FacilitatorId, PointId, RecordId,
    document::{DocumentKind, KeyVersion},
    facilitator::{Facilitator, FacilitatorEnrolled, command::FacilitatorRole},
    hash::ShortHash,
    point::{Point, PointOpened, command::PointKind},
    programme::{Definition, Programme, ReportingWindowSet},
    project::{ApplicationApproved, ApplicationSubmitted, Project, command::Organisation},
    record::{Record, RecordRegistered},
    refusal::Refuses,
    service::ServiceKind,
};

/// The day on which everything is decided.
pub(crate) const TODAY: &str = "2025-06-15";

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn point_id(text: &str) -> PointId {
    text.parse().unwrap()
}

pub(crate) fn facilitator_id(text: &str) -> FacilitatorId {
    text.parse().unwrap()
}

pub(crate) fn citizen(name: &str) -> RecordId {
    RecordId(ShortHash::of_parts([name.as_bytes()]))
}

/// The state after some events.
pub(crate) fn after<A: Decide>(events: impl IntoIterator<Item = A::Event>) -> A {
    let mut aggregate = A::default();
    for event in events {
        aggregate.evolve(&event);
    }
    aggregate
}

/// A refusal's code and pointer, as a client sees them.
pub(crate) fn seen(refusal: &impl Refuses) -> (crate::refusal::Code, Option<String>) {
    (refusal.code(), refusal.pointer())
}

/// From 2023 to June 2026, in Milan and Bergamo, paid 10, 25, 30, 33, 2 %.
pub(crate) fn definition() -> Definition {
    let province = |code: &str| json!({"code": code, "istat": "015", "name": code, "citizens": 1, "award": "1.00", "points": 1, "services": 1});
    serde_json::from_value(json!({
        "id": "programme", "name": "A programme", "measure": "M1C1-1.7.2", "currency": "EUR",
        "region": {"istat": "03", "name": "Lombardia"},
        "award": "18658505.00", "starts": "2023-01-01", "ends": "2026-06-30",
        "targets": {"points": 424, "citizens": 341544, "services": 511500},
        "tranches": [
            {"id": "T1", "share": "0.10", "trigger": "approval"},
            {"id": "T2", "share": "0.25", "trigger": "M1"},
            {"id": "T3", "share": "0.30", "trigger": "M2"},
            {"id": "T4", "share": "0.33", "trigger": "M3"},
            {"id": "T5", "share": "0.02", "trigger": "2026-06-30"},
        ],
        "provinces": [province("MI"), province("BG")],
    }))
    .unwrap()
}

pub(crate) fn programme() -> Arc<Programme> {
    programme_with([])
}

pub(crate) fn programme_with(windows: impl IntoIterator<Item = (&'static str, Date)>) -> Arc<Programme> {
    let set = |(month, until): (&str, Date)| {
        let act = "D.d.u.o. 1".to_owned();
        (month.to_owned(), ReportingWindowSet { month: month.parse().unwrap(), until, act })
    };
    let windows = windows.into_iter().map(set).collect();
    let defined =
        crate::programme::Defined { definition: definition(), adopted: vec![], redistributions: vec![], windows };
    Arc::new(Programme::Defined(Box::new(defined)))
}

/// In Milan alone, from July 2023 to the end of 2025.
pub(crate) fn applied() -> ApplicationSubmitted {
    ApplicationSubmitted {
        programme: "programme".parse().unwrap(),
        name: "A project".to_owned(),
        cup: None,
        lead: Organisation { name: "A body".to_owned(), tax_id: None },
        partners: vec![],
        award: "440059.10".parse().unwrap(),
        targets: crate::project::command::Commitment { points: 10, citizens: 8055, services: 12000 },
        provinces: vec!["MI".parse().unwrap()],
        starts: day("2023-07-01"),
        ends: day("2025-12-31"),
    }
}

pub(crate) fn approved() -> ApplicationApproved {
    ApplicationApproved { act: "act 1".to_owned(), on: day("2023-06-20"), tranches: vec![] }
}

pub(crate) fn project() -> Arc<Project> {
    Arc::new(after([applied().into(), approved().into()]))
}

pub(crate) fn opened() -> PointOpened {
    PointOpened {
        project: "project".parse().unwrap(),
        name: "A point".to_owned(),
        kind: PointKind::Fixed,
        province: "MI".parse().unwrap(),
        municipality: "Milano".to_owned(),
        address: None,
        opened_on: day("2024-01-08"),
        weekly_hours: 24,
        days_per_week: None,
        workstations: 2,
        megabits_per_second: 30,
        services: vec![ServiceKind::IndividualFacilitation],
        upgraded: false,
        reduced_hours_reason: None,
    }
}

pub(crate) fn point() -> Arc<Point> {
    Arc::new(after([opened().into()]))
}

/// At the point called `point`, for as long as the project runs.
pub(crate) fn enrolled(role: FacilitatorRole) -> FacilitatorEnrolled {
    FacilitatorEnrolled {
        project: "project".parse().unwrap(),
        role,
        points: vec![point_id("point")],
        from: day("2024-01-08"),
        until: None,
        certificate: None,
    }
}

pub(crate) fn facilitator(role: FacilitatorRole) -> Arc<Facilitator> {
    Arc::new(after([enrolled(role).into()]))
}

pub(crate) fn record() -> Arc<Record> {
    let registered = RecordRegistered {
        document: DocumentKind::Passport,
        key_version: KeyVersion(1),
        profile: None,
        followed_by: None,
    };
    Arc::new(after([registered.into()]))
}
