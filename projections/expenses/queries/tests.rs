use serde_json::json;
use traccia_tests::{Place, on_every_database};

use super::{Expenses, expenses, expenses_of_programme};
use crate::{
    answer::{KnownAt, Paging, Within},
    expenses::caps::Cap,
    trail::queries::{TrailFilter, trail},
    written::{Written, record},
};

on_every_database! {
    a_projects_lines_say_what_became_of_each
    an_expense_is_known_as_it_was_at_a_position
    caps_are_of_what_was_paid_less_what_was_recovered
    the_measures_cap_binds_where_no_projects_does
    who_sees_not_the_whole_programme_sees_not_what_it_sums
    the_trail_of_an_invoice_is_for_those_who_see_every_project_that_claims_it
}

/// Two projects of a programme and one of another, which share invoices.
async fn spent(place: Place) -> Written {
    let mut written = Written::network(place).await;
    written.declare("a-1", "a", "training", 1, "0.5").await;
    written.declare("a-2", "a", "equipment", 1, "0.333333").await;
    written.declare("b-1", "b", "equipment", 2, "1").await;
    written.declare("c-1", "c", "equipment", 3, "1").await;
    written.decide("a-2", 1, "expense_accepted").await;
    written.decide("b-1", 2, "expense_accepted").await;
    written.declare("a-3", "a", "training", 3, "0.1").await;
    written.decide("a-3", 3, "expense_rejected").await;
    written.write().await;
    written
}

async fn of(written: &Written, project: &str, known_at: KnownAt, within: Within) -> Option<Expenses> {
    let reader = written.within(known_at, within).await;
    expenses(&reader, &project.parse().unwrap(), &Paging::default()).await.unwrap().map(|answer| answer.body)
}

fn told(expenses: &Expenses) -> Vec<(String, String, String)> {
    let line = |line: &super::Line| (line.expense.clone(), line.claimed.to_string(), line.state.clone());
    expenses.page.items.iter().map(line).collect()
}

async fn a_projects_lines_say_what_became_of_each(place: Place) {
    let written = spent(place).await;
    let found = of(&written, "a", KnownAt::Now, Within::everything()).await.unwrap();
    let expected = [("a-1", "500.00", "declared"), ("a-2", "333.33", "accepted"), ("a-3", "100.00", "rejected")];
    assert_eq!(
        told(&found),
        expected.map(|(id, claimed, state)| (id.to_owned(), claimed.to_owned(), state.to_owned()))
    );
    let caps: Vec<_> = found
        .caps
        .iter()
        .map(|cap| {
            (cap.item.as_str(), cap.declared.to_string(), cap.accepted.to_string(), cap.not_eligible.to_string())
        })
        .collect();
    let nothing = || "0.00".to_owned();
    assert_eq!(
        caps,
        [
            ("training", "500.00".to_owned(), nothing(), nothing()),
            ("equipment", nothing(), "333.33".to_owned(), "333.33".to_owned()),
        ],
        "nothing was received, so nothing is eligible"
    );
    assert_eq!(found.measure.len(), 1);
    assert_eq!(found.measure[0].accepted.to_string(), "1333.33", "of both projects, and of no other programme's");
    assert_eq!(found.page.items[2].reason.as_deref(), Some("prova"));

    let reader = written.known_at(KnownAt::Now).await;
    let mut paging = Paging::new(None, Some(2)).unwrap();
    let first = expenses(&reader, &"a".parse().unwrap(), &paging).await.unwrap().unwrap().body;
    paging = Paging::new(first.page.next.as_deref(), Some(2)).unwrap();
    let second = expenses(&reader, &"a".parse().unwrap(), &paging).await.unwrap().unwrap().body;
    assert_eq!([told(&first), told(&second)].concat(), told(&found));
    assert_eq!(second.caps, found.caps, "caps are over all pages");
}

async fn an_expense_is_known_as_it_was_at_a_position(place: Place) {
    let written = spent(place).await;
    let found = of(&written, "a", KnownAt::Now, Within::everything()).await.unwrap();
    let declared_at = found.page.items[1].declared_at;
    let then = of(&written, "a", KnownAt::Position(traccia_domain::Position(declared_at)), Within::everything()).await;
    assert_eq!(told(&then.unwrap())[1].2, "declared");
    let before = KnownAt::Position(traccia_domain::Position(declared_at - 1));
    assert_eq!(of(&written, "a", before, Within::everything()).await.unwrap().page.items.len(), 1, "an id is no line");
}

async fn caps_are_of_what_was_paid_less_what_was_recovered(place: Place) {
    let mut written = spent(place).await;
    written.order("a", "T1", "4000.00").await;
    let ordered = written.head().await;
    written.paid("a", "T1").await;
    let paid = written.head().await;
    written.recovered("a", "T1", "1000.00", "400.00").await;
    written.order("a", "T2", "700.00").await;
    written.order("b", "T1", "2500.00").await;
    written.paid("b", "T1").await;
    written.order("c", "T1", "9000.00").await;
    written.paid("c", "T1").await;
    written.write().await;
    let then = async |position: u64| {
        let known_at = KnownAt::Position(traccia_domain::Position(position));
        let found = of(&written, "a", known_at, Within::everything()).await.unwrap();
        let equipment = &found.caps[1];
        let measure = &found.measure[0];
        [found.received, equipment.cap, equipment.eligible, measure.cap, measure.eligible]
            .map(|cents| cents.to_string())
    };
    assert_eq!(then(ordered).await, ["0.00"; 5], "what the bank was ordered is not received");
    assert_eq!(then(paid).await, ["4000.00", "200.00", "200.00", "600.00", "200.00"]);
    // 3,600.00 of project a, and 2,500.00 of b; c is another programme's.
    let now = then(written.head().await).await;
    assert_eq!(
        now,
        ["3600.00", "180.00", "180.00", "915.00", "305.00"],
        "by what was given back, not what was decided"
    );
}

async fn the_measures_cap_binds_where_no_projects_does(place: Place) {
    let mut written = spent(place).await;
    let cap = json!([{"item": "equipment", "share": "0.30", "measure_share": "0.15"}]);
    written.adopt("p", "2024-01-01", json!({"expense_caps": cap})).await;
    for project in ["a", "b", "c"] {
        written.order(project, "T1", "4000.00").await;
        written.paid(project, "T1").await;
    }
    written.write().await;
    let reader = written.known_at(KnownAt::Now).await;
    let of = async |paging: Paging| {
        expenses_of_programme(&reader, &"p".parse().unwrap(), &paging).await.unwrap().unwrap().body
    };
    let found = of(Paging::default()).await;
    let told = |cap: &Cap| [cap.cap, cap.accepted, cap.eligible, cap.not_eligible].map(|cents| cents.to_string());
    let equipment: Vec<_> = found.page.items.iter().filter(|one| one.cap.item == "equipment").collect();
    let own: Vec<_> = equipment.iter().map(|one| (one.project.as_str(), told(&one.cap))).collect();
    let money = |figures: [&str; 4]| figures.map(String::from);
    assert_eq!(
        own,
        [
            ("a", money(["1200.00", "333.33", "333.33", "0.00"])),
            ("b", money(["1200.00", "1000.00", "1000.00", "0.00"]))
        ],
        "no project's cap binds"
    );
    assert_eq!(found.received.to_string(), "8000.00");
    assert_eq!(
        found.measure.iter().map(told).collect::<Vec<_>>(),
        [money(["1200.00", "1333.33", "1200.00", "133.33"])]
    );
    let of_a = self::of(&written, "a", KnownAt::Now, Within::everything()).await.unwrap();
    assert_eq!((of_a.measure, of_a.caps[0].clone()), (found.measure.clone(), equipment[0].cap.clone()));
    // Item by item.
    let first = of(Paging::new(None, Some(1)).unwrap()).await;
    let rest = of(Paging::new(first.page.next.as_deref(), None).unwrap()).await;
    assert_eq!([first.page.items, rest.page.items].concat(), found.page.items);
    let own = Within { projects: Some(vec!["a".parse().unwrap()]), ..Within::default() };
    let reader = written.within(KnownAt::Now, own).await;
    let id = "p".parse().unwrap();
    assert!(expenses_of_programme(&reader, &id, &Paging::default()).await.unwrap().is_none());
}

async fn who_sees_not_the_whole_programme_sees_not_what_it_sums(place: Place) {
    let written = spent(place).await;
    let own = || Within { projects: Some(vec!["a".parse().unwrap()]), ..Within::default() };
    let found = of(&written, "a", KnownAt::Now, own()).await.unwrap();
    assert_eq!((found.page.items.len(), found.measure.len()), (3, 0));
    assert!(of(&written, "b", KnownAt::Now, own()).await.is_none());
    let region = Within { programmes: Some(vec!["p".parse().unwrap()]), ..Within::default() };
    assert_eq!(of(&written, "b", KnownAt::Now, region.clone()).await.unwrap().measure.len(), 1);
    assert!(of(&written, "c", KnownAt::Now, region).await.is_none());
    let points = Within { points: Some(vec!["a-1".parse().unwrap()]), ..Within::default() };
    assert!(of(&written, "a", KnownAt::Now, points).await.is_none());
}

async fn the_trail_of_an_invoice_is_for_those_who_see_every_project_that_claims_it(place: Place) {
    let written = spent(place).await;
    let region = Within { programmes: Some(vec!["p".parse().unwrap()]), ..Within::default() };
    let reader = written.within(KnownAt::Now, region).await;
    let commits = async |entity: String| {
        trail(&reader, &TrailFilter::about(entity), &Paging::default()).await.unwrap().body.items.len()
    };
    assert_eq!(commits(format!("invoice.{}", record(1))).await, 3);
    assert_eq!(commits(format!("invoice.{}", record(3))).await, 0, "a project of another programme claims it too");
    assert_eq!(commits("a-3".to_owned()).await, 3, "an expense has its id, its declaration and its decision");
    assert_eq!(commits("c-1".to_owned()).await, 0);
}
