use cqrs_es::test::TestFramework;

use super::*;
use crate::{Cents, Commit, given, tranche::OrderId};

fn close() -> CloseBatch {
    CloseBatch { programme: "programme".parse().unwrap(), expected: None }
}

fn order(project: &str, cents: i64) -> Batched {
    let project: crate::ProjectId = project.parse().unwrap();
    Batched { order: OrderId::of(&project, "T1"), project, tranche: "T1".to_owned(), amount: Cents(cents) }
}

fn facts(waiting: Vec<Batched>) -> PaymentsFacts {
    let today = given::day(given::TODAY);
    PaymentsFacts { today, position: Position(41), programme: given::programme(), waiting }
}

fn closed(number: u32, orders: Vec<Batched>, total: i64) -> PaymentsEvent {
    let (on, total) = (given::day(given::TODAY), Cents(total));
    BatchClosed { number, on, orders, total, position: Position(41), layout: Layout::WithCup }.into()
}

#[test]
fn a_batch_has_the_orders_that_wait_and_the_number_after_the_last() {
    let waiting = vec![order("a", 1_050), order("b", 200)];
    let given = |before: Vec<PaymentsEvent>| TestFramework::<Payments>::with(facts(waiting.clone())).given(before);
    given(vec![]).when(close()).then_expect_events(vec![closed(1, waiting.clone(), 1_250)]);
    let before = vec![closed(1, vec![order("c", 1)], 1), closed(2, vec![order("d", 1)], 1)];
    given(before).when(close()).then_expect_events(vec![closed(3, waiting.clone(), 1_250)]);
}

#[test]
fn another_batch_than_the_one_that_was_looked_at_is_not_closed() {
    let facts = facts(vec![order("a", 1_050), order("b", 200)]);
    let decide = |number, orders, total| {
        let expected = Some(Expected { number, orders, total: Cents(total) });
        Payments::default().decide(&CloseBatch { expected, ..close() }, &facts)
    };
    assert_eq!(decide(1, 2, 1_250), Payments::default().decide(&close(), &facts));
    for (number, orders, total) in [(2, 2, 1_250), (1, 1, 1_250), (1, 2, 1_050)] {
        let refused = given::seen(&decide(number, orders, total).unwrap_err());
        assert_eq!(refused, (crate::refusal::Code::Outdated, Some("/expected".to_owned())));
    }
}

#[test]
fn an_empty_batch_is_refused_and_so_is_one_of_a_programme_that_nobody_defined() {
    let refused = |facts: &PaymentsFacts| given::seen(&Payments::default().decide(&close(), facts).unwrap_err());
    assert_eq!(refused(&facts(vec![])), (crate::refusal::Code::NoOrders, None));
    let unknown = PaymentsFacts { programme: Arc::default(), ..facts(vec![order("a", 1)]) };
    assert_eq!(refused(&unknown), (crate::refusal::Code::UnknownProgramme, Some("/programme".to_owned())));
}

#[test]
fn a_batch_of_the_longest_names_fits_in_a_commit_and_the_rest_waits_for_the_next() {
    let mut long = order(&"p".repeat(64), i64::MAX / 1_000);
    long.tranche = "T".repeat(64);
    let events = Payments::default().decide(&close(), &facts(vec![long; Payments::MOST + 1])).unwrap();
    let PaymentsEvent::BatchClosed(batch) = &events[0];
    assert_eq!(batch.orders.len(), Payments::MOST);
    let text = serde_json::to_string(&events[0]).unwrap();
    // The envelope: stream, actor, command, hashes.
    assert!(text.len() + 1_000 < Commit::LONGEST, "{}", text.len());
}

#[test]
fn a_message_is_named_after_its_programme_and_number() {
    let [one, two]: [crate::ProgrammeId; 2] = ["lombardia", "toscana"].map(|id| id.parse().unwrap());
    assert_eq!(MessageId::of(&one, 1), MessageId::of(&one, 1));
    let names = [(&one, 1), (&one, 2), (&two, 1)].map(|(of, number)| MessageId::of(of, number).to_string());
    assert!(names[0] != names[1] && names[0] != names[2] && names.iter().all(|name| name.len() <= 35), "{names:?}");
}
