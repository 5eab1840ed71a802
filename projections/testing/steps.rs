//! Random histories, step by step: any fact, in any order.

use jiff::ToSpan as _;
use proptest::prelude::*;
use traccia_domain::{
    ServiceId, StreamKind, TimeOfDay,
    facilitator::command::FacilitatorRole,
    programme::{
        RulesAdopted,
        rules::{CountingRules, PointRules},
    },
    project::{ApplicationRejected, command::Funding},
    service::ServiceKind,
};

use super::history::{History, Said, day};
use crate::targets::tables::STEP;

const RECORDS: [&str; 5] = ["r0", "r1", "r2", "r3", "r4"];
/// The last one is opened late, if at all.
const POINTS: [&str; 5] = ["a", "b", "c", "d", "late"];
const FACILITATORS: [&str; 4] = ["anna", "vito", "rosa", "nobody"];
const PROJECTS: [&str; 4] = ["p", "q", "r", "s"];
const KINDS: [ServiceKind; 3] =
    [ServiceKind::IndividualFacilitation, ServiceKind::OnlineTraining, ServiceKind::Reception];

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Register(Vec<usize>),
    Erase(usize),
    Pair { one: usize, other: usize, said: Said },
    Serve { record: usize, point: usize, facilitator: usize, on: i64, time: Option<u16>, kind: usize, age: Option<u8> },
    Become { service: prop::sample::Index, state: u8 },
    Point { point: usize, change: u8, on: i64 },
    Enrol { facilitator: usize, volunteer: bool, points: [bool; 5], from: i64, until: Option<i64> },
    End { facilitator: usize, on: i64 },
    Adopt { programme: bool, from: i64, age: Option<u8>, kinds: Option<usize>, workstations: Option<u16> },
    Switch { project: usize, from: i64, other: bool },
    Project { project: usize, change: u8 },
    Submit { project: usize, month: i64 },
    Accept { project: usize, month: i64, on: i64 },
    Claim { project: usize, until: i64, accepted: i64 },
}

/// Few days, so that things meet on them.
fn on() -> impl Strategy<Value = i64> {
    (0..6_i64).prop_map(|n| n * 23)
}

/// Of the projects, the first most often.
fn of_few() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 2 => Just(1), 1 => 0..PROJECTS.len()]
}

/// The months of the days.
fn month(n: i64) -> String {
    (day("2023-12-01") + n.months()).strftime("%Y-%m").to_string()
}

fn date(on: i64) -> String {
    (day("2023-12-20") + on.days()).to_string()
}

/// Often what makes persons one, so that there is something to break; in any order, as the fold must not mind.
fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        3 => Just(Said::Proposed),
        2 => Just(Said::Confirmed),
        1 => Just(Said::Rejected),
        1 => Just(Said::Linked),
        1 => Just(Said::BreakProposed),
        2 => Just(Said::Broken),
        1 => Just(Said::BreakRejected),
    ]
}

/// Any fact, with so many on pairs of records among thirty others.
pub(crate) fn step(pairs: u32) -> impl Strategy<Value = Step> {
    let time = prop_oneof![2 => Just(None), 1 => Just(Some(9)), 1 => Just(Some(10))];
    let age = prop_oneof![2 => Just(None), 1 => Just(Some(15)), 1 => Just(Some(40))];
    prop_oneof![
        3 => prop::collection::vec(0..RECORDS.len(), 1..4).prop_map(Step::Register),
        20 => (0..RECORDS.len(), prop_oneof![Just(0), 0..POINTS.len()], 0..FACILITATORS.len(), on(), time, 0..KINDS.len(), age).prop_map(
            |(record, point, facilitator, on, time, kind, age)| {
                // Mostly what counts, so that there is something to lose.
                let (kind, facilitator) = (kind * usize::from(age.is_some()), facilitator * usize::from(on % 2 == 0));
                Step::Serve { record, point, facilitator, on, time, kind, age }
            }
        ),
        2 => (0..RECORDS.len()).prop_map(Step::Erase),
        pairs => (0..RECORDS.len(), 0..RECORDS.len(), said())
            .prop_map(|(one, other, said)| Step::Pair { one, other, said }),
        5 => (any::<prop::sample::Index>(), 0..3_u8).prop_map(|(service, state)| Step::Become { service, state }),
        3 => (0..POINTS.len(), 0..8_u8, on()).prop_map(|(point, change, on)| Step::Point { point, change, on }),
        2 => (0..3_usize, any::<bool>(), any::<[bool; 5]>(), on(), prop::option::of(on())).prop_map(
            |(facilitator, volunteer, points, from, until)| Step::Enrol { facilitator, volunteer, points, from, until }
        ),
        1 => (0..FACILITATORS.len(), on()).prop_map(|(facilitator, on)| Step::End { facilitator, on }),
        1 => (any::<bool>(), on(), prop::option::of(10..20_u8), prop::option::of(1..3_usize), prop::option::of(1..4_u16))
            .prop_map(|(programme, from, age, kinds, workstations)| Step::Adopt { programme, from, age, kinds, workstations }),
        1 => (0..PROJECTS.len(), on(), any::<bool>()).prop_map(|(project, from, other)| Step::Switch { project, from, other }),
        1 => (0..PROJECTS.len(), 0..4_u8).prop_map(|(project, change)| Step::Project { project, change }),
        // Mostly of `p`, which has the most points.
        2 => (of_few(), 0..4_i64).prop_map(|(project, month)| Step::Submit { project, month }),
        3 => (of_few(), 0..4_i64, on()).prop_map(|(project, month, on)| Step::Accept { project, month, on }),
        2 => (of_few(), on(), on()).prop_map(|(project, until, accepted)| Step::Claim { project, until, accepted }),
    ]
}

/// What moves claims, and little else: services that count at few points, reports accepted in time, claims of two projects
/// of one programme, links made and broken, voids.
pub(crate) fn step_of_claims() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..RECORDS.len(), 0..3_usize, 0..2_i64).prop_map(|(record, point, on)| {
            Step::Serve { record, point, facilitator: 0, on: 23 * on, time: None, kind: 0, age: None }
        }),
        6 => (0..2_usize, 0..2_i64).prop_map(|(project, month)| Step::Accept { project, month, on: 46 }),
        4 => (0..2_usize, 0..2_i64).prop_map(|(project, on)| Step::Claim { project, until: 23 * on, accepted: 115 }),
        8 => (0..RECORDS.len(), 0..RECORDS.len(), prop_oneof![Just(Said::Confirmed), Just(Said::Broken)])
            .prop_map(|(one, other, said)| Step::Pair { one, other, said }),
        4 => any::<prop::sample::Index>().prop_map(|service| Step::Become { service, state: 0 }),
        1 => (0..POINTS.len(), on()).prop_map(|(point, on)| Step::Point { point, change: 6, on }),
    ]
}

/// Two programmes; `p` and `q` belong to one, `r` to the other, `s` applies late.
pub(crate) fn begun() -> History {
    let mut history = History::every(STEP / 10);
    for programme in ["lombardia", "toscana"] {
        history.programme(programme);
    }
    for (project, programme) in [("p", "lombardia"), ("q", "lombardia"), ("r", "toscana")] {
        history.project(project, programme);
    }
    for (point, project, province) in [("a", "p", "MI"), ("b", "p", "BG"), ("c", "q", "MI"), ("d", "r", "MI")] {
        history.opened(point, project, province);
    }
    history.enrolled("anna", FacilitatorRole::Facilitator, &POINTS, "2023-09-01", None);
    history.enrolled("vito", FacilitatorRole::ScdVolunteer, &POINTS, "2023-09-01", None);
    history
}

pub(crate) fn tell(history: &mut History, services: &mut Vec<ServiceId>, step: Step) {
    match step {
        Step::Register(records) => {
            for record in &records {
                history.registered(RECORDS[*record]);
            }
            for record in records.iter().filter(|record| **record != records[0]) {
                history.linked(RECORDS[records[0]], RECORDS[*record]);
            }
        }
        Step::Erase(record) => history.erased(RECORDS[record]),
        Step::Pair { one, other, said } => {
            if one != other {
                history.of_pair(RECORDS[one], RECORDS[other], said);
            }
        }
        Step::Serve { record, point, facilitator, on, time, kind, age } => {
            services.push(history.served(RECORDS[record], POINTS[point], &date(on), |service| {
                service.facilitator = FACILITATORS[facilitator].parse().unwrap();
                service.start_time = time.and_then(|hour| TimeOfDay::new(hour, 0));
                service.kind = KINDS[kind];
                service.age = age;
            }));
        }
        Step::Become { service, state } if !services.is_empty() => {
            let service = *service.get(services);
            match state {
                0 => history.voided(service),
                1 => history.disputed(service),
                _ => history.upheld(service),
            }
        }
        Step::Become { .. } => {}
        Step::Point { point, change, on } => match change {
            0..=2 => history.suspended(POINTS[point], &date(on)),
            3..=5 => history.resumed(POINTS[point], &date(on)),
            6 if on < 20 => history.point_voided(POINTS[point]),
            6 => history.closed(POINTS[point], &date(on)),
            _ => history.opened("late", "s", "BG"),
        },
        Step::Enrol { facilitator, volunteer, points, from, until } => {
            let role = if volunteer { FacilitatorRole::ScdVolunteer } else { FacilitatorRole::Facilitator };
            let points: Vec<_> = POINTS.into_iter().zip(points).filter(|(_, named)| *named).map(|(id, _)| id).collect();
            history.enrolled(FACILITATORS[facilitator], role, &points, &date(from), until.map(date).as_deref());
        }
        Step::End { facilitator, on } => history.ended(FACILITATORS[facilitator], &date(on)),
        Step::Adopt { programme, from, age, kinds, workstations } => {
            let counting = age.or(kinds.map(|_| 0)).map(|minimum_age| CountingRules {
                minimum_age,
                qualifying_services: KINDS[..kinds.unwrap_or(2)].to_vec(),
                ..CountingRules::default()
            });
            let adopted = RulesAdopted {
                act: "act".to_owned(),
                effective_on: day(&date(from)),
                counting,
                points: workstations.map(|workstations| PointRules { workstations, ..PointRules::default() }),
                expense_caps: None,
            };
            history.say(StreamKind::Programme, if programme { "lombardia" } else { "toscana" }, adopted);
        }
        Step::Switch { project, from, other } => {
            history.switched(PROJECTS[project], &date(from), if other { Funding::Other } else { Funding::Pnrr });
        }
        Step::Submit { project, month: n } => history.report_submitted(PROJECTS[project], &month(n)),
        Step::Accept { project, month: n, on } => {
            // Often as it should be: what stands in the report now.
            if on % 2 == 0 {
                history.report_submitted(PROJECTS[project], &month(n));
            }
            history.report_accepted(PROJECTS[project], &month(n), &date(on));
        }
        Step::Claim { project, until, accepted } => {
            history.claimed(PROJECTS[project], "M1", &date(until), &date(accepted.max(40)));
        }
        Step::Project { project, change } => match change {
            0 => {
                let rejected = ApplicationRejected { reason: "why".to_owned(), on: day("2024-01-01") };
                history.say(StreamKind::Project, PROJECTS[project], rejected);
            }
            1 => history.applied("s", "lombardia"),
            _ => history.approved(PROJECTS[project]),
        },
    }
}
