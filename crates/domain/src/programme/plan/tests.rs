use super::*;
use crate::programme::tests::{lombardia, toscana};

#[test]
fn every_difference_of_lombardias_plan_is_named() {
    let found: Vec<_> = differences(&lombardia())
        .into_iter()
        .map(|d| format!("{}: {} stated, {} summed, {}", d.name, d.stated, d.sum, d.difference))
        .collect();
    assert_eq!(
        found,
        [
            "provinces.award: 18658505.00 stated, 18658505.01 summed, 0.01",
            "provinces.points: 424 stated, 423 summed, -1",
            "provinces.services: 511500 stated, 511499 summed, -1",
            "provinces.semester_citizens: 341544 stated, 341542 summed, -2",
            "provinces.semester_citizens to 2023-12-31: 80000 stated, 79998 summed, -2",
            "provinces.semester_citizens to 2024-12-31: 210772 stated, 210770 summed, -2",
            "provinces.semester_citizens to 2025-12-31: 341544 stated, 341542 summed, -2",
            "province BG semester_citizens: 35516 stated, 35514 summed, -2",
            "province BS semester_citizens: 45413 stated, 45414 summed, 1",
            "province CO semester_citizens: 21210 stated, 21212 summed, 2",
            "province CR semester_citizens: 12537 stated, 12536 summed, -1",
            "province LO semester_citizens: 7806 stated, 7804 summed, -2",
            "province MN semester_citizens: 15442 stated, 15440 summed, -2",
            "province MB semester_citizens: 29115 stated, 29116 summed, 1",
            "province PV semester_citizens: 20357 stated, 20356 summed, -1",
            "province SO semester_citizens: 6788 stated, 6790 summed, 2",
        ]
    );
}

#[test]
fn toscanas_plan_adds_up() {
    assert_eq!(differences(&toscana()), []);
}

#[test]
fn a_plan_has_the_semesters_up_to_its_last_monitoring_target() {
    let all = ["2023-S1", "2023-S2", "2024-S1", "2024-S2", "2025-S1", "2025-S2"];
    assert_eq!(semesters(&lombardia()), all, "the first half of 2026 has no target");
    let mut late = toscana();
    late.starts = date(2024, 7, 1);
    late.monitoring_targets.clear();
    assert_eq!(semesters(&late), ["2024-S2", "2025-S1", "2025-S2"]);
}

#[test]
fn targets_that_differ_from_their_total_are_named() {
    let mut toscana = toscana();
    toscana.monitoring_targets[0].citizens += 3;
    let [difference] = differences(&toscana).try_into().unwrap();
    assert_eq!((difference.name.as_str(), difference.difference.as_str()), ("monitoring_targets.citizens", "3"));
}

#[test]
fn projects_that_have_more_than_the_programme_or_promise_less_are_named_and_the_reverse_is_not() {
    let toscana = toscana();
    let targets = &toscana.targets;
    let exactly = Committed {
        award: toscana.award,
        points: targets.points.into(),
        citizens: targets.citizens.into(),
        services: targets.services.into(),
    };
    let cent: Cents = "0.01".parse().unwrap();
    let told = |committed: Committed| -> Vec<(String, String)> {
        differences_of_projects(&toscana, &committed).into_iter().map(|d| (d.name, d.difference)).collect()
    };
    assert_eq!(told(exactly), []);
    let reserve = Committed { award: exactly.award - cent, points: exactly.points + 1, ..exactly };
    assert_eq!(told(reserve), [], "a reserve, and a promise that is larger");
    let beyond = Committed {
        award: exactly.award + cent,
        points: exactly.points - 1,
        citizens: exactly.citizens - 2,
        services: exactly.services - 3,
    };
    let named = [
        ("projects.award", "0.01"),
        ("projects.points", "-1"),
        ("projects.citizens", "-2"),
        ("projects.services", "-3"),
    ];
    assert_eq!(told(beyond), named.map(|(name, by)| (name.to_owned(), by.to_owned())));
}
