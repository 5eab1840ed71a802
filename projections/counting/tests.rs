mod links;

use traccia_domain::{
    ServiceId, TimeOfDay,
    facilitator::command::FacilitatorRole,
    programme::rules::CountingRules,
    project::command::Funding,
    service::{ServiceKind, ServiceRecorded},
};

use crate::{
    targets::Scope,
    testing::history::{History, text},
};

fn nothing(_: &mut ServiceRecorded) {}

fn at_ten(recorded: &mut ServiceRecorded) {
    recorded.start_time = TimeOfDay::new(10, 0);
}

/// The history with a citizen served once at point a.
fn served_once() -> (History, ServiceId) {
    let mut history = History::begun();
    history.registered("maria");
    let service = history.served("maria", "a", "2024-03-01", nothing);
    assert_eq!((history.reason(service).as_str(), history.counted(Scope::Programme, "lombardia")), ("", 1));
    (history, service)
}

fn given(change: impl FnOnce(&mut ServiceRecorded)) -> String {
    let mut history = History::begun();
    history.enrolled("vito", FacilitatorRole::ScdVolunteer, &["a"], "2023-07-01", None);
    let service = history.served("maria", "a", "2024-03-01", change);
    history.reason(service)
}

#[test]
fn a_citizen_seen_twice_counts_once() {
    let (mut history, _) = served_once();
    history.served("maria", "b", "2024-03-08", nothing);
    for (scope, id, counted, persons) in [
        (Scope::Programme, "lombardia", 1, 1),
        (Scope::Project, "p", 1, 1),
        (Scope::Point, "a", 1, 1),
        (Scope::Point, "b", 0, 1),
        (Scope::Province, "MI", 1, 1),
        (Scope::Province, "BG", 0, 1),
        (Scope::Semester, "2024-S1", 1, 1),
        (Scope::Month, "2024-03", 1, 1),
    ] {
        let totals = history.totals(scope, id);
        assert_eq!((totals.counted, totals.persons), (counted, persons), "{scope:?} {id}");
    }
    assert_eq!(history.totals(Scope::Programme, "lombardia").qualifying, 2);
}

#[test]
fn reception_does_not_count() {
    assert_eq!(given(|service| service.kind = ServiceKind::Reception), "kind");
}

#[test]
fn volunteers_are_counted_apart() {
    assert_eq!(given(|service| service.facilitator = "vito".parse().unwrap()), "scd");
    let mut history = History::begun();
    history.enrolled("vito", FacilitatorRole::ScdVolunteer, &["a"], "2023-07-01", None);
    history.served("maria", "a", "2024-03-01", |service| service.facilitator = "vito".parse().unwrap());
    let units = history.store.now("unit");
    assert_eq!(units.values().map(|row| text(&row[2])).collect::<Vec<_>>(), ["scd"]);
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 0);
}

#[test]
fn services_outside_the_projects_dates_do_not_count() {
    assert_eq!(given(|service| service.occurred_on = crate::testing::history::day("2025-12-31")), "");
    assert_eq!(given(|service| service.occurred_on = crate::testing::history::day("2026-01-01")), "outside_project");
}

#[test]
fn a_service_at_23_59_on_the_last_day_counts() {
    let at_the_end = |recorded: &mut ServiceRecorded| recorded.start_time = Some("23:59".parse().unwrap());
    let last = given(|service| {
        service.occurred_on = crate::testing::history::day("2025-12-31");
        at_the_end(service);
    });
    assert_eq!(last, "");
    // Without a time it is held to be later than any on its day.
    let mut history = History::begun();
    history.served("maria", "a", "2025-12-31", nothing);
    let timed = history.served("maria", "b", "2025-12-31", at_the_end);
    let attributed: Vec<_> =
        history.store.now("unit").values().filter(|row| !text(&row[6]).is_empty()).map(|row| text(&row[3])).collect();
    assert_eq!((history.reason(timed), attributed), (String::new(), vec!["1".to_owned()]));
}

#[test]
fn services_before_a_point_opens_do_not_count() {
    assert_eq!(given(|service| service.occurred_on = crate::testing::history::day("2023-08-31")), "point_not_open");
    assert_eq!(given(|service| service.occurred_on = crate::testing::history::day("2023-09-01")), "");
}

#[test]
fn what_nobody_told_of_is_judged_and_kept() {
    assert_eq!(given(|service| service.point = "nowhere".parse().unwrap()), "point_not_open");
    assert_eq!(given(|service| service.facilitator = "nobody".parse().unwrap()), "facilitator_not_valid");
}

#[test]
fn children_below_the_minimum_age_do_not_count_and_unknown_ages_do() {
    let mut history = History::begun();
    history.adopted("lombardia", "2024-01-01", CountingRules { minimum_age: 16, ..CountingRules::default() });
    let young = history.served("luca", "a", "2024-03-01", |service| service.age = Some(15));
    let before = history.served("luca", "a", "2023-12-31", |service| service.age = Some(15));
    let unknown = history.served("ada", "a", "2024-03-01", nothing);
    assert_eq!([young, before, unknown].map(|service| history.reason(service)), ["under_age", "", ""]);
}

#[test]
fn rules_adopted_late_with_an_earlier_date_judge_history_again() {
    let (mut history, service) = served_once();
    let kinds = vec![ServiceKind::OnlineTraining];
    let rules = CountingRules { qualifying_services: kinds, ..CountingRules::default() };
    history.adopted("lombardia", "2024-03-02", rules.clone());
    assert_eq!(history.reason(service), "");
    history.adopted("lombardia", "2024-03-01", rules);
    assert_eq!(history.reason(service), "kind");
    assert_eq!(history.counted(Scope::Point, "a"), 0);
    history.adopted("lombardia", "2024-03-01", CountingRules::default());
    assert_eq!(history.reason(service), "", "of two rules for one day the later adopted holds");
}

#[test]
fn services_paid_from_another_source_do_not_count() {
    let (mut history, service) = served_once();
    history.switched("p", "2024-03-01", Funding::Other);
    assert_eq!(history.reason(service), "other_funding");
    history.switched("p", "2024-03-01", Funding::Pnrr);
    assert_eq!(history.reason(service), "");
}

#[test]
fn a_point_closed_with_an_earlier_date_takes_its_services_away() {
    let (mut history, service) = served_once();
    history.closed("a", "2024-03-02");
    assert_eq!(history.reason(service), "");
    history.closed("a", "2024-03-01");
    assert_eq!(history.reason(service), "point_not_open");
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 0);
    assert_eq!(history.totals(Scope::Point, "a").recorded, 1);
}

#[test]
fn a_suspension_holds_until_the_day_of_resumption() {
    let (mut history, service) = served_once();
    history.suspended("a", "2024-02-20");
    assert_eq!(history.reason(service), "point_not_open");
    history.resumed("a", "2024-03-01");
    assert_eq!(history.reason(service), "");
}

#[test]
fn a_facilitator_ended_earlier_takes_their_services_away() {
    let (mut history, service) = served_once();
    history.ended("anna", "2024-03-01");
    assert_eq!(history.reason(service), "facilitator_not_valid");
    history.enrolled("anna", FacilitatorRole::Facilitator, &["a"], "2024-03-01", None);
    assert_eq!(history.reason(service), "");
}

#[test]
fn a_facilitator_found_to_be_a_volunteer_moves_the_person_to_the_other_line() {
    let (mut history, service) = served_once();
    history.enrolled("anna", FacilitatorRole::ScdVolunteer, &["a"], "2023-07-01", None);
    assert_eq!((history.reason(service).as_str(), history.counted(Scope::Programme, "lombardia")), ("scd", 0));
    assert_eq!(history.store.now("unit").values().map(|row| text(&row[2])).collect::<Vec<_>>(), ["scd"]);
}

#[test]
fn a_service_dated_before_the_counted_one_moves_the_attribution_and_no_total() {
    let (mut history, _) = served_once();
    history.served("maria", "b", "2024-02-01", nothing);
    assert_eq!((history.counted(Scope::Point, "a"), history.counted(Scope::Point, "b")), (0, 1));
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 1);
    history.served("maria", "a", "2024-02-01", at_ten);
    assert_eq!((history.counted(Scope::Point, "a"), history.counted(Scope::Point, "b")), (1, 0));
}

#[test]
fn voided_services_do_not_count_and_a_void_is_final() {
    let (mut history, service) = served_once();
    history.voided(service);
    history.upheld(service);
    assert_eq!(history.reason(service), "voided");
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 0);
    assert!(history.store.now("unit").is_empty());
}

#[test]
fn a_disputed_service_counts_and_is_at_risk() {
    let (mut history, service) = served_once();
    history.served("maria", "b", "2024-03-08", nothing);
    history.disputed(service);
    let [a, b] = ["a", "b"].map(|point| history.totals(Scope::Point, point));
    assert_eq!(((a.counted, a.safe), (b.counted, b.safe)), ((1, 0), (0, 1)));
    assert_eq!(history.totals(Scope::Programme, "lombardia").safe, 1, "she would be attributed to b");
    history.upheld(service);
    assert_eq!(history.totals(Scope::Point, "a").safe, 1);
}

#[test]
fn documents_presented_together_are_one_person() {
    let (mut history, service) = served_once();
    history.registered("passport");
    let other = history.served("passport", "b", "2024-02-01", nothing);
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 2);
    history.linked("passport", "maria");
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 1);
    assert_eq!(history.counted(Scope::Point, "b"), 1);
    assert_eq!([service, other].map(|service| history.reason(service)), ["", ""]);
    let persons: Vec<_> = history.store.now("record").values().map(|row| text(&row[2])).collect();
    assert_eq!(persons, ["0", "0"], "the oldest record names the person");
    assert_eq!(history.fold.counting().linked(0), [1]);
}

#[test]
fn an_erased_citizen_counts_as_before_and_may_be_served_again() {
    let (mut history, service) = served_once();
    let before = history.totals(Scope::Programme, "lombardia");
    history.erased("maria");
    history.erased("maria");
    assert_eq!(history.totals(Scope::Programme, "lombardia"), before);
    let states = |history: &History| history.store.now("record").values().map(|row| text(&row[3])).collect::<Vec<_>>();
    assert_eq!(states(&history), ["erased"]);
    history.served("maria", "b", "2024-03-08", nothing);
    assert_eq!(history.counted(Scope::Programme, "lombardia"), 1, "the same document is the same citizen");
    history.voided(service);
    assert_eq!((history.counted(Scope::Point, "a"), history.counted(Scope::Point, "b")), (0, 1));
}

#[test]
fn the_same_service_under_two_records_is_one() {
    let (mut history, first) = served_once();
    let second = history.served("passport", "a", "2024-03-01", nothing);
    let later = history.served("passport", "a", "2024-03-01", at_ten);
    history.linked("maria", "passport");
    assert_eq!([first, second, later].map(|service| history.reason(service)), ["", "duplicate", ""]);
    history.voided(first);
    assert_eq!(
        [first, second].map(|service| history.reason(service)),
        ["voided", ""],
        "a void releases its duplicates"
    );
}

#[test]
fn a_duplicate_of_a_service_that_does_not_qualify_is_a_duplicate() {
    let mut history = History::begun();
    history.enrolled("vito", FacilitatorRole::ScdVolunteer, &["a"], "2023-07-01", None);
    history.linked("maria", "passport");
    history.served("maria", "a", "2024-03-01", |service| service.facilitator = "vito".parse().unwrap());
    let second = history.served("passport", "a", "2024-03-01", nothing);
    assert_eq!(history.reason(second), "duplicate");
}

#[test]
fn a_duplicate_keeps_the_person_safe_when_the_first_is_disputed() {
    let (mut history, first) = served_once();
    history.linked("maria", "passport");
    let second = history.served("passport", "a", "2024-03-01", nothing);
    history.disputed(first);
    assert_eq!(history.reason(second), "duplicate");
    let totals = history.totals(Scope::Point, "a");
    assert_eq!((totals.counted, totals.safe), (1, 1));
}

#[test]
fn a_place_that_only_a_void_would_give_is_never_safe() {
    let mut history = History::begun();
    history.enrolled("rosa", FacilitatorRole::Facilitator, &["a"], "2023-07-01", None);
    history.linked("maria", "passport");
    let first = history.served("maria", "a", "2024-03-01", |service| service.facilitator = "rosa".parse().unwrap());
    history.served("passport", "a", "2024-03-01", nothing);
    history.served("maria", "b", "2024-04-01", nothing);
    history.ended("rosa", "2024-01-01");
    history.disputed(first);
    let [a, b] = ["a", "b"].map(|point| history.totals(Scope::Point, point));
    assert_eq!(((a.counted, a.safe), (b.counted, b.safe)), ((0, 0), (1, 1)));
}

#[test]
fn a_point_told_of_late_brings_its_services_along() {
    let mut history = History::begun();
    history.enrolled("anna", FacilitatorRole::Facilitator, &["late"], "2023-07-01", None);
    let service = history.served("maria", "late", "2024-03-01", nothing);
    assert_eq!(history.totals(Scope::Programme, "lombardia").recorded, 0);
    history.opened("late", "p", "MI");
    assert_eq!(history.reason(service), "");
    assert_eq!(history.totals(Scope::Programme, "lombardia").recorded, 1);
    assert_eq!(history.counted(Scope::Point, "late"), 1);
}

#[test]
fn a_project_that_is_not_approved_has_no_dates() {
    let mut history = History::begun();
    history.applied("q", "lombardia");
    history.opened("c", "q", "MI");
    history.enrolled("anna", FacilitatorRole::Facilitator, &["c"], "2023-07-01", None);
    let service = history.served("maria", "c", "2024-03-01", nothing);
    assert_eq!(history.reason(service), "outside_project");
    history.approved("q");
    assert_eq!(history.reason(service), "");
}
