//! Persons made of several records, and unmade: the edge cases of the contract by name.

use traccia_domain::{ServiceId, facilitator::command::FacilitatorRole};

use super::{at_ten, nothing};
use crate::{
    targets::Scope,
    testing::history::{History, Said, text},
};

/// What the programme's total says: counted, and how many of them at risk.
fn counted(history: &History) -> (i64, i64) {
    let totals = history.totals(Scope::Programme, "lombardia");
    (totals.counted, totals.counted - totals.safe)
}

/// The person that each record's row names, by the order in which the records were met.
fn persons(history: &History) -> Vec<String> {
    history.store.now("record").values().map(|row| text(&row[2])).collect()
}

/// Every row of records, services and units, without the units' keys: a unit may be another row after a break.
fn rows(history: &History) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for table in ["record", "service", "unit"] {
        let mut of_table: Vec<Vec<String>> =
            history.store.now(table).values().map(|row| row.iter().map(text).collect()).collect();
        of_table.sort();
        rows.extend(of_table);
    }
    rows
}

/// Maria, counted in project p, and whoever holds a passport, counted in project q.
fn counted_in_two_projects() -> (History, [ServiceId; 2]) {
    let mut history = History::begun();
    history.project("q", "lombardia");
    history.opened("c", "q", "MI");
    history.enrolled("anna", FacilitatorRole::Facilitator, &["a", "b", "c"], "2023-07-01", None);
    history.registered("maria");
    history.registered("passport");
    let services = [("maria", "a", "2024-03-08"), ("passport", "c", "2024-03-01")]
        .map(|(record, point, on)| history.served(record, point, on, nothing));
    history.served("passport", "a", "2024-03-08", nothing);
    (history, services)
}

#[test]
fn a_merge_of_two_persons_counted_in_two_projects_leaves_one_where_the_first_service_is() {
    let (mut history, services) = counted_in_two_projects();
    assert_eq!(counted(&history), (2, 0));
    history.of_pair("passport", "maria", Said::Proposed);
    assert_eq!(counted(&history), (2, 1), "two until somebody confirms, and one of them at risk");
    assert_eq!([Scope::Project].map(|scope| history.totals(scope, "p").safe), [0]);
    history.of_pair("passport", "maria", Said::Confirmed);
    assert_eq!(counted(&history), (1, 0));
    assert_eq!(["p", "q"].map(|project| history.counted(Scope::Project, project)), [0, 1]);
    assert_eq!(["p", "q"].map(|project| history.totals(Scope::Project, project).persons), [1, 1]);
    assert_eq!(services.map(|service| history.reason(service)), ["", ""]);
    assert_eq!(history.totals(Scope::Point, "a").reasons[1], 1, "the same visit under both documents is one");
}

#[test]
fn breaking_that_link_restores_both_with_their_serials() {
    let (mut history, _) = counted_in_two_projects();
    let before = rows(&history);
    for together in [true, false] {
        if together {
            history.linked("maria", "passport");
        } else {
            history.of_pair("maria", "passport", Said::Proposed);
            history.of_pair("maria", "passport", Said::Confirmed);
        }
        assert_eq!((persons(&history), counted(&history)), (vec!["0".to_owned(), "0".to_owned()], (1, 0)));
        history.of_pair("maria", "passport", Said::BreakProposed);
        assert_eq!(counted(&history), (1, 0), "it holds until somebody confirms");
        history.of_pair("maria", "passport", Said::Broken);
        assert_eq!((persons(&history), counted(&history)), (vec!["0".to_owned(), "1".to_owned()], (2, 0)));
        assert_eq!(rows(&history), before);
    }
}

#[test]
fn a_break_that_is_rejected_changes_nothing() {
    let (mut history, _) = counted_in_two_projects();
    history.linked("maria", "passport");
    let before = rows(&history);
    history.of_pair("maria", "passport", Said::BreakProposed);
    history.of_pair("maria", "passport", Said::BreakRejected);
    assert_eq!(rows(&history), before);
}

#[test]
fn a_cycle_of_links_holds_until_its_last_way_is_broken() {
    let ring = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")];
    for first in 0..4 {
        let mut history = History::begun();
        for record in ["a", "b", "c", "d"] {
            history.registered(record);
            history.served(record, "a", "2024-03-01", at_ten);
        }
        let before = rows(&history);
        for (one, other) in ring {
            history.linked(one, other);
        }
        assert_eq!(counted(&history), (1, 0));
        let broken = |n: usize| ring[(first + n) % 4];
        for (n, counted_then) in [(0, 1), (2, 2), (1, 3), (3, 4)] {
            let (one, other) = broken(n);
            history.of_pair(one, other, Said::Broken);
            assert_eq!(counted(&history).0, counted_then, "{one}-{other}, the first was {:?}", ring[first]);
        }
        assert_eq!(rows(&history), before);
    }
}

#[test]
fn a_rejected_proposal_takes_the_risk_away() {
    let (mut history, _) = counted_in_two_projects();
    history.of_pair("maria", "passport", Said::Proposed);
    history.of_pair("maria", "passport", Said::Rejected);
    assert_eq!((counted(&history), persons(&history).len()), ((2, 0), 2));
    let links: Vec<_> = history.store.now("link").values().map(|row| text(&row[3])).collect();
    assert_eq!(links, ["distinct"]);
}

#[test]
fn proposals_put_all_but_one_of_those_they_would_join_at_risk() {
    let mut history = History::begun();
    for record in ["a", "b", "c", "d"] {
        history.served(record, "a", "2024-03-01", nothing);
    }
    history.of_pair("a", "b", Said::Proposed);
    history.of_pair("b", "c", Said::Proposed);
    assert_eq!(counted(&history), (4, 2));
    history.of_pair("a", "b", Said::Confirmed);
    assert_eq!(counted(&history), (3, 1));
    history.of_pair("b", "c", Said::Rejected);
    assert_eq!(counted(&history), (3, 0));
}

#[test]
fn a_dispute_and_a_proposal_together_are_judged_together() {
    let mut history = History::begun();
    let first = history.served("maria", "a", "2024-03-01", nothing);
    history.served("passport", "b", "2024-04-01", nothing);
    history.of_pair("maria", "passport", Said::Proposed);
    history.disputed(first);
    // Were the service voided and the link confirmed, the passport's person would be there, at b.
    let safe = ["a", "b"].map(|point| history.totals(Scope::Point, point).safe);
    assert_eq!((counted(&history), safe), ((2, 1), [0, 1]));
    history.served("passport", "a", "2024-03-02", nothing);
    let safe = ["a", "b"].map(|point| history.totals(Scope::Point, point).safe);
    assert_eq!((counted(&history), safe), ((2, 1), [1, 0]));
}

#[test]
fn a_service_given_after_a_proposal_is_at_risk_as_well() {
    let mut history = History::begun();
    history.of_pair("maria", "passport", Said::Proposed);
    history.served("maria", "a", "2024-03-01", nothing);
    assert_eq!(counted(&history), (1, 0));
    history.served("passport", "a", "2024-03-01", nothing);
    assert_eq!(counted(&history), (2, 1));
}

#[test]
fn units_are_used_again_however_often_a_link_is_made_and_broken() {
    let (mut history, _) = counted_in_two_projects();
    let keys = |history: &History| history.store.now("unit").into_keys().collect::<Vec<_>>();
    let mut seen = Vec::new();
    for _ in 0..5 {
        history.linked("maria", "passport");
        history.of_pair("maria", "passport", Said::Broken);
        seen.push(keys(&history));
    }
    assert!(seen.iter().all(|keys| *keys == seen[0]), "{seen:?}");
}
