//! Random histories: the fold says what the naive model says, at every position, and its rows add up to its totals.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
};

use jiff::{ToSpan as _, civil::Date};
use proptest::{prelude::*, test_runner::RngSeed};
use traccia_domain::{
    Position, ServiceId, StreamKind, TimeOfDay,
    facilitator::command::FacilitatorRole,
    programme::{
        RulesAdopted,
        rules::{CountingRules, PointRules},
    },
    project::{ApplicationRejected, command::Funding},
    service::ServiceKind,
};
use traccia_projector::{At, Changes, Projection as _, Row};

use super::{
    history::{History, Store, day, text},
    model::{Model, Unit},
};
use crate::{
    Projections,
    targets::{Scope, tables::STEP},
};

const RECORDS: [&str; 5] = ["r0", "r1", "r2", "r3", "r4"];
/// The last one is opened late, if at all.
const POINTS: [&str; 5] = ["a", "b", "c", "d", "late"];
const FACILITATORS: [&str; 4] = ["anna", "vito", "rosa", "nobody"];
const PROJECTS: [&str; 4] = ["p", "q", "r", "s"];
const KINDS: [ServiceKind; 3] =
    [ServiceKind::IndividualFacilitation, ServiceKind::OnlineTraining, ServiceKind::Reception];

#[derive(Clone, Debug)]
enum Step {
    Register(Vec<usize>),
    Serve { record: usize, point: usize, facilitator: usize, on: i64, time: Option<u16>, kind: usize, age: Option<u8> },
    Become { service: prop::sample::Index, state: u8 },
    Point { point: usize, change: u8, on: i64 },
    Enrol { facilitator: usize, volunteer: bool, points: [bool; 5], from: i64, until: Option<i64> },
    End { facilitator: usize, on: i64 },
    Adopt { programme: bool, from: i64, age: Option<u8>, kinds: Option<usize>, workstations: Option<u16> },
    Switch { project: usize, from: i64, other: bool },
    Project { project: usize, change: u8 },
}

/// Few days, so that things meet on them.
fn on() -> impl Strategy<Value = i64> {
    (0..6_i64).prop_map(|n| n * 23)
}

fn date(on: i64) -> String {
    (day("2023-12-20") + on.days()).to_string()
}

fn step() -> impl Strategy<Value = Step> {
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
    ]
}

/// Two programmes; `p` and `q` belong to one, `r` to the other, `s` applies late.
fn begun() -> History {
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

fn tell(history: &mut History, services: &mut Vec<ServiceId>, step: Step) {
    match step {
        Step::Register(records) => {
            for record in &records {
                history.registered(RECORDS[*record]);
            }
            for record in records.iter().filter(|record| **record != records[0]) {
                history.linked(RECORDS[records[0]], RECORDS[*record]);
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

/// Another seed each time, printed when it fails: `PROPTEST_RNG_SEED` repeats it, `PROPTEST_CASES` asks for more.
fn seeded() -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() };
    let seed = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => RandomState::new().hash_one("a seed"),
    };
    println!("PROPTEST_RNG_SEED={seed}");
    ProptestConfig { rng_seed: RngSeed::Fixed(seed), ..config }
}

proptest! {
    #![proptest_config(seeded())]

    #[test]
    fn the_fold_says_what_the_model_says(steps in prop::collection::vec(step(), 1..60), batch in 1..40_usize) {
        let mut history = begun();
        let mut services = Vec::new();
        for step in steps {
            tell(&mut history, &mut services, step);
            agrees(&history);
            adds_up(&history);
        }
        active_days_agree(&history);
        steps_recount(&history);
        let rebuilt = rebuilt(&history, batch);
        prop_assert_eq!(&rebuilt, &history.store);
    }
}

/// Every service's reason and line, every unit, every total.
fn agrees(history: &History) {
    let model = Model::of(history.commits.iter().map(|(_, commit)| commit));
    let rows = history.store.now("service");
    assert_eq!(rows.len(), model.services.len(), "every service has a row");
    for (row, service) in rows.values().zip(&model.services) {
        let said = [0, 2, 8, 10].map(|column| text(&row[column]));
        let expected = [service.id, &service.person.to_string(), service.line, service.reason];
        assert_eq!(said, expected, "{}", service.said.occurred_on);
    }
    let mut expected = model.units.clone();
    expected.sort();
    assert_eq!(units(history), expected);
    let expected = model.totals();
    let totals = history.fold.targets().each().filter(|(_, totals)| totals.iter().any(|(_, number)| *number != 0));
    let totals: BTreeMap<_, BTreeMap<_, _>> =
        totals.map(|(name, totals)| (name, totals.into_iter().filter(|(_, number)| *number != 0).collect())).collect();
    assert_eq!(totals, expected);
}

fn units(history: &History) -> Vec<Unit> {
    let points = history.store.now("point");
    let rows = history.store.now("unit");
    let day = |value: &str| (!value.is_empty()).then(|| value.parse::<Date>().unwrap());
    let unit = |row: &&Row| {
        let [person, programme, line, point, service, _, counted, safe, in_project, in_province, claimed] =
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(|column| text(&row[column]));
        assert_eq!(claimed, "0");
        Unit {
            person: person.parse().unwrap(),
            programme,
            line: if line == "rfd" { "rfd" } else { "scd" },
            point: text(&points[&point.parse().unwrap()][0]),
            service: service.parse().unwrap(),
            counted: day(&counted),
            safe: day(&safe),
            in_project: in_project == "1",
            in_province: in_province == "1",
        }
    };
    let mut units: Vec<_> = rows.values().map(unit).collect();
    units.sort();
    units
}

/// Sum over points = sum over projects = sum over provinces = programme total; over semesters and months as well.
fn adds_up(history: &History) {
    let mut sums: BTreeMap<(String, &str), BTreeMap<String, i64>> = BTreeMap::new();
    for ([programme, scope, _], totals) in history.fold.targets().each() {
        for (what, number) in totals.into_iter().filter(|(what, _)| *what != "persons") {
            *sums.entry((programme.clone(), what)).or_default().entry(scope.clone()).or_default() += number;
        }
    }
    for (what, sums) in sums {
        assert_eq!(sums.len(), Scope::ALL.len());
        assert!(sums.values().all(|sum| *sum == sums["programme"]), "{what:?}: {sums:?}");
    }
}

fn active_days_agree(history: &History) {
    let model = Model::of(history.commits.iter().map(|(_, commit)| commit));
    let (points, spans) = (history.store.now("point"), history.store.now("point_active"));
    for (key, point) in points {
        let spans: Vec<_> = spans.values().filter(|row| text(&row[0]) == key.to_string()).collect();
        for n in 0..150 {
            let on = day("2023-12-15") + n.days();
            let within = |row: &&&Row| {
                let [from, until] = [1, 2].map(|column| text(&row[column]));
                from <= on.to_string() && (until.is_empty() || on.to_string() < until)
            };
            let active = spans.iter().filter(|row| within(row)).count();
            assert_eq!(active, usize::from(model.active(&text(&point[0]), on)), "{} on {on}", text(&point[0]));
        }
    }
}

/// A step's totals are what the rows that hold at its position amount to.
fn steps_recount(history: &History) {
    let last = history.commits.last().map_or(0, |(position, _)| position.0);
    let mut written: BTreeMap<[String; 3], Vec<i64>> = BTreeMap::new();
    for step in (STEP..=last).step_by(usize::try_from(STEP).unwrap()).map(Position) {
        for (_, _, row) in history.store.facts.iter().filter(|(table, at, _)| (*table, *at) == ("tally", step)) {
            let numbers: Vec<i64> = row[3..].iter().map(|value| text(value).parse().unwrap()).collect();
            let before = written.insert([0, 1, 2].map(|column| text(&row[column])), numbers.clone());
            assert_ne!(before, Some(numbers), "a step is written where totals changed");
        }
        let mut recount = recount(&history.store, step);
        recount.retain(|_, numbers| numbers.iter().any(|number| *number != 0));
        let mut steps = written.clone();
        steps.retain(|_, numbers| numbers.iter().any(|number| *number != 0));
        assert_eq!(steps, recount, "at {step}");
    }
}

/// The columns of the table `tally`, counted from services and units.
fn recount(store: &Store, position: Position) -> BTreeMap<[String; 3], Vec<i64>> {
    let columns: Vec<_> = crate::targets::tables::TALLY.columns[3..].iter().map(|column| column.name).collect();
    let mut totals: BTreeMap<[String; 3], Vec<i64>> = BTreeMap::new();
    let mut add = |programme: &str, scope: &str, id: &str, what: &str| {
        let numbers = totals.entry([programme, scope, id].map(str::to_owned)).or_insert_with(|| vec![0; columns.len()]);
        numbers[columns.iter().position(|column| *column == what).unwrap()] += 1;
    };
    let half = |on: &str| format!("{}-S{}", &on[..4], if on[5..7] <= *"06" { 1 } else { 2 });
    let points = store.at("point", position);
    for row in store.at("service", position).values() {
        let Some(point) = points.get(&text(&row[3]).parse().unwrap()).map(|row| [0, 1, 2, 3].map(|n| text(&row[n])))
        else {
            continue;
        };
        let [id, programme, project, province] = &point;
        let (on, reason) = (text(&row[5]), text(&row[10]));
        for what in ["recorded", if reason.is_empty() { "qualifying" } else { &reason }] {
            for (scope, id) in [("programme", programme), ("project", project), ("province", province), ("point", id)] {
                if !programme.is_empty() {
                    add(programme, scope, id, what);
                }
            }
            if !programme.is_empty() {
                add(programme, "semester", &half(&on), what);
                add(programme, "month", &on[..7], what);
            }
        }
    }
    for row in store.at("unit", position).values().filter(|row| text(&row[2]) == "rfd") {
        let point = points[&text(&row[3]).parse().unwrap()];
        let [id, programme, project, province] = [0, 1, 2, 3].map(|column| text(&point[column]));
        let [counted, safe, in_project, in_province] = [6, 7, 8, 9].map(|column| text(&row[column]));
        add(&programme, "point", &id, "persons");
        for (scope, scope_id, holds) in [("project", &project, &in_project), ("province", &province, &in_province)] {
            if holds == "1" {
                add(&programme, scope, scope_id, "persons");
            }
        }
        for (what, on) in [("persons", &counted), ("counted", &counted), ("safe", &safe)] {
            if on.is_empty() {
                continue;
            }
            add(&programme, "programme", &programme, what);
            add(&programme, "semester", &half(on), what);
            add(&programme, "month", &on[..7], what);
            if what != "persons" {
                add(&programme, "project", &project, what);
                add(&programme, "province", &province, what);
                add(&programme, "point", &id, what);
            }
        }
    }
    totals
}

/// The tables of the same history folded anew, written in batches.
fn rebuilt(history: &History, batch: usize) -> Store {
    let mut store = Store::default();
    let mut fold = Projections::default();
    let half = history.commits.len() / 2;
    // A fold that starts again halfway takes the first half in without writing, and goes on with the same rows.
    let mut resumed = Projections::default();
    let mut changes = Changes::collected();
    for (n, (position, commit)) in history.commits.iter().enumerate() {
        let at = At { position: *position, recorded_at: commit.recorded_at, commit };
        if n < half {
            fold.commit(&at, &mut changes);
            resumed.commit(&at, &mut Changes::ignored());
        } else {
            resumed.commit(&at, &mut changes);
        }
        if n % batch == 0 {
            store.write(changes.take());
        }
    }
    store.write(changes.take());
    store
}
