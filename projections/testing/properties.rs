//! Random histories: the fold says what the naive model says, at every position, and its rows add up to its totals.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
};

use jiff::{ToSpan as _, civil::Date};
use proptest::{prelude::*, test_runner::RngSeed};
use traccia_domain::Position;
use traccia_projector::{At, Changes, Projection as _, Row};

use super::{
    history::{History, Store, day, text},
    model::{Model, Unit},
    steps::{begun, step, step_of_claims, tell},
};
use crate::{
    Projections,
    targets::{Scope, tables::STEP},
};

/// Another seed each time, printed when it fails: `PROPTEST_RNG_SEED` repeats it, `PROPTEST_CASES` asks for more.
pub(crate) fn seeded() -> ProptestConfig {
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
    fn the_fold_says_what_the_model_says(steps in prop::collection::vec(step(6), 1..60), batch in 1..40_usize) {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: seeded().cases.max(2_000), ..seeded() })]

    /// Persons made, unmade and made again in any order, with disputes, voids and facts learned late between.
    #[test]
    fn links_make_persons_as_the_model_says(
        steps in prop::collection::vec(step(30), 1..40),
        stride in 3..12_usize,
        batch in 1..40_usize,
    ) {
        let mut history = begun();
        let mut services = Vec::new();
        let last = steps.len() - 1;
        for (n, step) in steps.into_iter().enumerate() {
            tell(&mut history, &mut services, step);
            adds_up(&history);
            if n % stride == 0 || n == last {
                agrees(&history);
            }
        }
        prop_assert_eq!(&rebuilt(&history, batch), &history.store);
    }
}

proptest! {
    #![proptest_config(seeded())]

    /// Persons claimed twice, parted, released by voids, counted again.
    #[test]
    fn claims_hold_what_the_model_says(
        steps in prop::collection::vec(step_of_claims(), 10..60),
        stride in 3..12_usize,
        batch in 1..40_usize,
    ) {
        let mut history = begun();
        let mut services = Vec::new();
        let last = steps.len() - 1;
        for (n, step) in steps.into_iter().enumerate() {
            tell(&mut history, &mut services, step);
            adds_up(&history);
            if n % stride == 0 || n == last {
                agrees(&history);
            }
        }
        prop_assert_eq!(&rebuilt(&history, batch), &history.store);
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
    let records: BTreeMap<_, _> =
        history.store.now("record").values().map(|row| (text(&row[0]), text(&row[3]))).collect();
    let expected = model.registered.iter().map(|(id, state)| (id.to_string(), (*state).to_owned())).collect();
    assert_eq!(records, expected, "every record that was registered has a row, also once it is erased");
    let pairs: BTreeMap<_, _> = history.store.now("link").values().map(|row| (text(&row[0]), text(&row[3]))).collect();
    let expected = model.pairs.iter().map(|(id, (_, state))| ((*id).to_owned(), (*state).to_owned())).collect();
    assert_eq!(pairs, expected, "every pair of which something was said has a row");
    let mut expected = model.units.clone();
    expected.sort();
    assert_eq!(units(history), expected);
    let expected = model.totals();
    let totals = history.fold.targets().each().filter(|(_, totals)| totals.iter().any(|(_, number)| *number != 0));
    let totals: BTreeMap<_, BTreeMap<_, _>> =
        totals.map(|(name, totals)| (name, totals.into_iter().filter(|(_, number)| *number != 0).collect())).collect();
    assert_eq!(totals, expected);
    claims_agree(history, &model);
}

/// Every claim's list, and what of it still holds.
fn claims_agree(history: &History, model: &Model<'_>) {
    let (claims, units) = (history.store.now("claim"), history.store.now("claim_unit"));
    let records = history.fold.counting();
    assert_eq!(claims.len(), model.claims.len());
    for ((key, row), claim) in claims.iter().zip(&model.claims) {
        let holding = model.holding(claim);
        let now = holding.iter().filter(|holds| **holds).count();
        let said = [0, 5, 8].map(|column| text(&row[column]));
        assert_eq!(said, [claim.project.clone(), claim.list.len().to_string(), now.to_string()]);
        let frozen = units.values().filter(|row| text(&row[0]) == key.to_string());
        let frozen: Vec<_> =
            frozen.map(|row| [2, 3, 4].map(|column| text(&row[column]).parse::<u32>().unwrap())).collect();
        let frozen: Vec<_> = frozen
            .iter()
            .map(|[record, service, holds]| (records.serial(*record), *service as usize, *holds == 1))
            .collect();
        let expected: Vec<_> =
            claim.list.iter().zip(holding).map(|((serial, service), holds)| (*serial, *service, holds)).collect();
        assert_eq!(frozen, expected);
    }
}

fn units(history: &History) -> Vec<Unit> {
    let points = history.store.now("point");
    let rows = history.store.now("unit");
    let day = |value: &str| (!value.is_empty()).then(|| value.parse::<Date>().unwrap());
    let unit = |row: &&Row| {
        let [person, programme, line, point, service, _, counted, safe, in_project, in_province, claimed, claim] =
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(|column| text(&row[column]));
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
            claimed: claimed == "1",
            claim: claim.parse().ok(),
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
        for (what, number) in totals.into_iter().filter(|(what, _)| !["persons", "claimed"].contains(what)) {
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
        let [counted, safe, in_project, in_province, claimed] = [6, 7, 8, 9, 10].map(|column| text(&row[column]));
        for what in [Some("persons"), (claimed == "1").then_some("claimed")].into_iter().flatten() {
            add(&programme, "point", &id, what);
            for (scope, scope_id, holds) in [("project", &project, &in_project), ("province", &province, &in_province)]
            {
                if holds == "1" {
                    add(&programme, scope, scope_id, what);
                }
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
pub(crate) fn rebuilt(history: &History, batch: usize) -> Store {
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
