use jiff::civil::date;
use serde_json::json;
use traccia_domain::{Position, ProgrammeId};
use traccia_tests::{Place, on_every_database};

use super::{PointFilter, differences_of_projects, point, points, programme, programmes, project, projects};
use crate::{
    answer::{KnownAt, Paging, Within},
    targets::queries::{Scope, TargetsFilter, targets},
    written::Written,
};

on_every_database! {
    points_are_found_by_project_and_province
    what_is_outside_is_as_if_it_did_not_exist
    the_rules_shown_are_those_in_force_on_the_day_as_known_then
    every_version_says_since_when_and_which_of_its_parts_hold
    points_count_by_the_basis_in_force_on_the_day
    awards_and_targets_are_those_of_the_day_as_known_then
    projects_that_have_more_than_the_programme_or_promise_less_are_named_to_those_who_see_all_of_it
}

async fn points_are_found_by_project_and_province(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let filter = PointFilter {
        project: Some("a".parse().unwrap()),
        province: Some("BG".parse().unwrap()),
        state: Some("open".to_owned()),
    };
    let found = points(&reader, &filter, &Paging::default()).await.unwrap().body.items;
    assert_eq!(found.iter().map(|point| point.id.as_str()).collect::<Vec<_>>(), ["a-2"]);

    let found = point(&reader, &"a-2".parse().unwrap()).await.unwrap().unwrap().body;
    assert_eq!(found.history[0].events, ["PointOpened"]);
    assert_eq!((found.active[0].from.as_str(), &found.active[0].until), ("2024-02-01", &None));
}

async fn what_is_outside_is_as_if_it_did_not_exist(place: Place) {
    let written = Written::network(place).await;
    written.write().await;
    let programmes: Option<Vec<ProgrammeId>> = Some(vec!["q".parse().unwrap()]);
    let reader = written.within(KnownAt::Now, Within { programmes, ..Within::default() }).await;
    let seen = projects(&reader, None, &Paging::default()).await.unwrap();
    assert_eq!(seen.body.items.iter().map(|project| project.id.as_str()).collect::<Vec<_>>(), ["c"]);
    assert_eq!(seen.rules.keys().collect::<Vec<_>>(), ["q"]);
    assert!(project(&reader, &"a".parse().unwrap()).await.unwrap().is_none());
    assert!(point(&reader, &"a-1".parse().unwrap()).await.unwrap().is_none());
}

async fn the_rules_shown_are_those_in_force_on_the_day_as_known_then(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    written.adopt("p", "2025-07-01", json!({"counting": {"minimum_age": 18}})).await;
    written.adopt("p", "2025-03-01", json!({"counting": {"minimum_age": 14}})).await;
    written.adopt("p", "2025-05-01", json!({"points": {"weekly_hours": 18}})).await;
    written.write().await;

    // Recorded in June 2025: what is effective from July is adopted, and not in force.
    for (known_at, on, version, age, hours) in [
        (KnownAt::Now, None, 4, 14, 18),
        (KnownAt::Now, Some(date(2025, 7, 1)), 4, 18, 18),
        (KnownAt::Now, Some(date(2025, 4, 30)), 3, 14, 24),
        (KnownAt::Now, Some(date(2025, 2, 28)), 1, 0, 24),
        (KnownAt::Position(Position(before)), Some(date(2025, 7, 1)), 1, 0, 24),
        (KnownAt::Position(Position(before + 1)), Some(date(2025, 7, 1)), 2, 18, 24),
        (KnownAt::Position(Position(before + 1)), Some(date(2025, 4, 1)), 1, 0, 24),
    ] {
        let reader = written.known_at(known_at).await.about(on);
        let shown = programme(&reader, &"p".parse().unwrap()).await.unwrap().unwrap();
        let rules =
            (&shown.body.definition["counting"]["minimum_age"], &shown.body.definition["points"]["weekly_hours"]);
        assert_eq!(rules, (&json!(age), &json!(hours)), "{known_at:?} {on:?}");
        assert_eq!((shown.rules["p"], shown.body.rules_version), (version, version), "{known_at:?} {on:?}");
        let listed = programmes(&reader, &Paging::default()).await.unwrap();
        assert_eq!((listed.rules["p"], listed.body.items[0].rules_version), (version, version));
        let filter = TargetsFilter { on, ..TargetsFilter::default() };
        let reader = written.known_at(known_at).await;
        assert_eq!(targets(&reader, &filter).await.unwrap().rules["p"], version, "{known_at:?} {on:?}");
    }
}

async fn every_version_says_since_when_and_which_of_its_parts_hold(place: Place) {
    let mut written = Written::network(place).await;
    written.adopt("p", "2025-07-01", json!({"counting": {"minimum_age": 18}})).await;
    written.adopt("p", "2025-03-01", json!({"counting": {"minimum_age": 14}})).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await.about(Some(date(2025, 6, 1)));
    let versions = programme(&reader, &"p".parse().unwrap()).await.unwrap().unwrap().body.versions;
    let said: Vec<_> = versions
        .iter()
        .map(|version| (version.version, version.effective_on.as_deref(), version.in_force.join(" ")))
        .collect();
    assert_eq!(
        said,
        [
            (1, None, "expense_caps points".to_owned()),
            (2, Some("2025-07-01"), String::new()),
            (3, Some("2025-03-01"), "counting".to_owned()),
        ]
    );
}

async fn points_count_by_the_basis_in_force_on_the_day(place: Place) {
    let mut written = Written::network(place).await;
    written.close("a-1", "2025-01-01").await;
    written.adopt("p", "2025-05-01", json!({"counting": {"points_basis": "ever_activated"}})).await;
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    for (on, active) in [(date(2025, 4, 30), 2), (date(2025, 5, 1), 3)] {
        let filter = TargetsFilter { programme: Some("p".parse().unwrap()), on: Some(on), ..TargetsFilter::default() };
        assert_eq!(targets(&reader, &filter).await.unwrap().body.items[0].points.active, active, "{on}");
    }
}

async fn awards_and_targets_are_those_of_the_day_as_known_then(place: Place) {
    let mut written = Written::network(place).await;
    let before = written.head().await;
    written.redistribute("p", "2025-03-01", &[("a", "900.00", 20), ("b", "1100.00", 40)]).await;
    written.redistribute("p", "2025-07-01", &[("a", "800.00", 25), ("b", "1200.00", 35)]).await;
    written.write().await;
    for (known_at, on, award, citizens) in [
        (KnownAt::Now, date(2025, 2, 28), "1000.00", 30),
        (KnownAt::Now, date(2025, 3, 1), "900.00", 20),
        (KnownAt::Now, date(2025, 7, 1), "800.00", 25),
        (KnownAt::Position(Position(before + 1)), date(2025, 7, 1), "900.00", 20),
        (KnownAt::Position(Position(before)), date(2025, 7, 1), "1000.00", 30),
    ] {
        let reader = written.known_at(known_at).await.about(Some(on));
        let shown = project(&reader, &"a".parse().unwrap()).await.unwrap().unwrap().body;
        assert_eq!((shown.award.to_string().as_str(), shown.targets.citizens), (award, citizens), "{known_at:?} {on}");
        let listed = projects(&reader, None, &Paging::default()).await.unwrap().body.items;
        assert_eq!(listed[0], shown);
        let filter = TargetsFilter { by: Scope::Project, on: Some(on), ..TargetsFilter::default() };
        let row = targets(&reader, &filter).await.unwrap().body.items.remove(0);
        assert_eq!((row.id.as_str(), row.citizens.target), ("a", Some(citizens)), "{known_at:?} {on}");
    }
    let reader = written.known_at(KnownAt::Now).await;
    let said = project(&reader, &"a".parse().unwrap()).await.unwrap().unwrap().body.redistributed;
    assert_eq!(said.iter().map(|said| said.adopted_at).collect::<Vec<_>>(), [before + 1, before + 2]);
}

async fn projects_that_have_more_than_the_programme_or_promise_less_are_named_to_those_who_see_all_of_it(place: Place) {
    let mut written = Written::network(place).await;
    written.redistribute("p", "2025-03-01", &[("a", "300.00", 70), ("b", "700.00", 31)]).await;
    written.write().await;
    let of_projects = async |on, within: Within| -> Vec<[String; 4]> {
        // Everybody may read the plan.
        let reader = written.known_at(KnownAt::Now).await.about(Some(on));
        let plan = programme(&reader, &"p".parse().unwrap()).await.unwrap().unwrap().body;
        let found = differences_of_projects(&reader, &plan, &within).await.unwrap();
        found.into_iter().map(|one| [one.name, one.stated, one.sum, one.difference]).collect()
    };
    let names = |found: &[[String; 4]]| found.iter().map(|one| one[0].clone()).collect::<Vec<_>>();
    let before = of_projects(date(2025, 2, 28), Within::everything()).await;
    assert_eq!(names(&before), ["projects.award", "projects.citizens", "projects.services"]);
    assert_eq!(before[0], ["projects.award", "1000.00", "2000.00", "1000.00"]);
    let since = of_projects(date(2025, 3, 1), Within::everything()).await;
    assert_eq!(names(&since), ["projects.services"], "by then they sum to what the programme has");
    for less in [
        Within { projects: Some(vec!["a".parse().unwrap()]), ..Within::default() },
        Within { programmes: Some(vec!["q".parse().unwrap()]), ..Within::default() },
    ] {
        assert_eq!(of_projects(date(2025, 2, 28), less).await, Vec::<[String; 4]>::new());
    }
}
