use traccia_domain::{
    StreamKind, facilitator::command::FacilitatorRole, programme::RulesAdopted, programme::rules::PointRules,
};

use crate::testing::history::{History, day, opening, text};

/// The spans on which the first point is active.
fn active(history: &History) -> Vec<String> {
    let rows = history.store.now("point_active");
    rows.values().filter(|row| text(&row[0]) == "0").map(|row| format!("{}/{}", text(&row[1]), text(&row[2]))).collect()
}

fn state(history: &History) -> String {
    text(&history.store.now("point")[&0][5])
}

#[test]
fn a_point_is_active_from_its_opening_without_any_service() {
    let history = History::begun();
    assert_eq!((active(&history), state(&history)), (vec!["2023-09-01/".to_owned()], "open".to_owned()));
}

#[test]
fn a_point_that_has_given_a_service_is_called_active() {
    let mut history = History::begun();
    history.served("maria", "a", "2024-03-01", |_| {});
    assert_eq!(state(&history), "active");
    history.suspended("a", "2024-03-02");
    assert_eq!(state(&history), "suspended");
    history.closed("a", "2024-03-02");
    assert_eq!(state(&history), "closed");
    history.point_voided("a");
    assert_eq!((state(&history), active(&history)), ("voided".to_owned(), vec![]));
}

#[test]
fn only_a_suspension_of_more_than_thirty_days_interrupts() {
    let mut history = History::begun();
    history.suspended("a", "2024-01-01");
    assert_eq!(active(&history), ["2023-09-01/2024-01-01"], "nobody has stated its end");
    history.resumed("a", "2024-01-31");
    assert_eq!(active(&history), ["2023-09-01/"], "thirty days");
    history.suspended("a", "2024-03-01");
    history.resumed("a", "2024-04-01");
    assert_eq!(active(&history), ["2023-09-01/2024-03-01", "2024-04-01/"], "thirty-one days");
}

#[test]
fn a_point_needs_a_facilitator_and_a_volunteer_is_none() {
    let mut history = History::begun();
    history.ended("anna", "2024-01-01");
    history.enrolled("vito", FacilitatorRole::ScdVolunteer, &["a"], "2023-07-01", None);
    history.enrolled("rosa", FacilitatorRole::Facilitator, &["a"], "2024-02-01", Some("2024-03-01"));
    assert_eq!(active(&history), ["2023-09-01/2024-01-01", "2024-02-01/2024-03-01"]);
    history.enrolled("rosa", FacilitatorRole::Facilitator, &["b"], "2024-02-01", None);
    assert_eq!(active(&history), ["2023-09-01/2024-01-01"], "the latest statement holds for all of history");
}

#[test]
fn rules_change_which_points_are_active_from_their_effective_date() {
    let mut history = History::begun();
    let mut adopt = |from, workstations| {
        let adopted = RulesAdopted {
            act: "act".to_owned(),
            effective_on: day(from),
            counting: None,
            points: Some(PointRules { workstations, ..PointRules::default() }),
            expense_caps: None,
        };
        history.say(StreamKind::Programme, "lombardia", adopted);
        active(&history)
    };
    assert_eq!(adopt("2024-06-01", 3), ["2023-09-01/2024-06-01"]);
    assert_eq!(adopt("2024-01-01", 3), ["2023-09-01/2024-01-01"]);
    assert_eq!(adopt("2024-06-01", 2), ["2023-09-01/2024-01-01", "2024-06-01/"], "the later adopted holds");
}

#[test]
fn fewer_hours_need_a_recorded_reason() {
    for (reason, spans) in [(None, 0), (Some("montagna"), 1)] {
        let mut history = History::default();
        history.programme("lombardia");
        history.project("p", "lombardia");
        let mut short = opening("p", "MI");
        short.weekly_hours = 12;
        short.reduced_hours_reason = reason.map(str::to_owned);
        history.say(StreamKind::Point, "a", short);
        history.enrolled("anna", FacilitatorRole::Facilitator, &["a"], "2023-07-01", None);
        assert_eq!(active(&history).len(), spans);
    }
}

#[test]
fn every_version_of_the_rules_is_kept() {
    let mut history = History::begun();
    history.adopted("lombardia", "2024-01-01", traccia_domain::programme::rules::CountingRules::default());
    let rules: Vec<_> = history.store.facts.iter().filter(|(table, _, _)| *table == "rules").collect();
    let versions: Vec<_> = rules.iter().map(|(_, _, row)| [1, 2, 3].map(|column| text(&row[column]))).collect();
    assert_eq!(versions, [["1", "", ""], ["2", "act", "2024-01-01"]]);
    assert_eq!(text(&history.store.now("programme")[&0][1]), "2");
}
