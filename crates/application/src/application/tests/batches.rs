//! Orders go to the bank in batches: each in one, none in two, whatever happens at the same time and whatever is lost.

use std::collections::BTreeSet;

use traccia_domain::{
    Command, Position,
    payments::{BatchClosed, PaymentsEvent},
};
use traccia_log::Log as _;

use super::*;
use crate::{Bearer, reproduce, testing::Next};

const IBAN: &str = "IT60X0542811101000000123456";
/// The projects of the programme, each with a tranche due on its approval.
const PROJECTS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A programme of five projects, whose first tranche is authorised.
async fn authorised(log: &MemoryLog) -> Arc<App> {
    let app = app(log);
    let mut commands = set_up_commands();
    commands[0].1["tranches"] = json!([{"id": "T1", "share": "1.00", "trigger": "approval"}]);
    carry(&*app, commands[0].0, commands[0].1.clone()).await.unwrap();
    for project in PROJECTS {
        for (name, body) in &mut commands[1..3] {
            body["project"] = json!(project);
            carry(&*app, name, body.clone()).await.unwrap();
        }
        says(&app, "anna", "AuthoriseTranche", project, json!({})).await;
    }
    app
}

fn treasurer(name: &str) -> Bearer {
    bearer(name, Role::Treasurer)
}

fn of_tranche(name: &str, project: &str, more: serde_json::Value) -> Command {
    let mut body = json!({"project": project, "tranche": "T1"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    command(name, body)
}

async fn says(app: &App, who: &str, name: &str, project: &str, more: serde_json::Value) {
    app.carry_out(&treasurer(who), None, of_tranche(name, project, more)).await.unwrap();
}

async fn orders(app: &App, project: &str) {
    says(app, "bruno", "OrderPayment", project, json!({"iban": IBAN})).await;
}

async fn fails(app: &App, project: &str) {
    says(app, "anna", "FailPayment", project, json!({"reason": "conto chiuso"})).await;
}

fn close() -> Command {
    command("CloseBatch", json!({"programme": "prog"}))
}

async fn closes(app: &App) {
    app.carry_out(&treasurer("anna"), None, close()).await.unwrap();
}

/// The projects in each batch, in order.
async fn batches(log: &MemoryLog) -> Vec<Vec<String>> {
    closed(log).await.iter().map(|batch| batch.orders.iter().map(|order| order.project.to_string()).collect()).collect()
}

async fn closed(log: &MemoryLog) -> Vec<BatchClosed> {
    let events = all(log).await.into_iter().flat_map(|recorded| recorded.commit.events);
    let batch = |event| if let Event::Payments(PaymentsEvent::BatchClosed(batch)) = event { Some(batch) } else { None };
    events.filter_map(batch).collect()
}

/// Whoever reads the log alone closes the same batches.
async fn founded(log: &MemoryLog) {
    let found = reproduce(log, log.head().await.unwrap()).await.unwrap();
    assert_eq!((found.batches, found.unfounded), (closed(log).await.len() as u64, vec![]));
}

#[tokio::test]
async fn a_batch_has_what_was_ordered_since_the_last_and_none_is_closed_empty() {
    let log = MemoryLog::default();
    let app = authorised(&log).await;
    let nothing = app.carry_out(&treasurer("anna"), None, close()).await.unwrap_err();
    assert_eq!(code(nothing), Code::NoOrders);
    orders(&app, "a").await;
    orders(&app, "b").await;
    let before = log.head().await.unwrap();
    let done = app.carry_out(&treasurer("anna"), None, close()).await.unwrap();
    assert_eq!((done.stream.as_str(), done.id.as_str()), ("payments.prog", "prog"));
    assert_eq!(code(app.carry_out(&treasurer("anna"), None, close()).await.unwrap_err()), Code::NoOrders);
    orders(&app, "c").await;
    closes(&app).await;
    assert_eq!(batches(&log).await, [vec!["a", "b"], vec!["c"]]);
    let first = closed(&log).await.remove(0);
    assert_eq!((first.number, first.position, first.total.to_string().as_str()), (1, before, "200.00"));
    founded(&log).await;
}

#[tokio::test]
async fn an_order_is_in_the_next_batch_only_after_the_bank_returned_it_and_it_was_given_again() {
    let log = MemoryLog::default();
    let app = authorised(&log).await;
    for project in ["a", "b", "c", "d"] {
        orders(&app, project).await;
    }
    // Of four orders one is paid before it is in any batch: the bank knows better.
    says(&app, "anna", "ConfirmPayment", "d", json!({"paid_on": "2024-06-30", "reference": "TRN 1"})).await;
    closes(&app).await;
    fails(&app, "a").await;
    assert_eq!(code(app.carry_out(&treasurer("anna"), None, close()).await.unwrap_err()), Code::NoOrders);
    orders(&app, "a").await;
    says(&app, "anna", "ConfirmPayment", "b", json!({"paid_on": "2024-06-30", "reference": "TRN 2"})).await;
    closes(&app).await;
    assert_eq!(batches(&log).await, [vec!["a", "b", "c"], vec!["a"]]);
    let [first, second] = closed(&log).await.try_into().unwrap();
    assert_eq!(first.orders[0], second.orders[0], "the bank knows it by the same name");
    founded(&log).await;
}

/// Between deciding and writing, the answer or the question is lost, or the log goes away: the same key ends with one batch,
/// and nothing that was ordered is left out.
#[tokio::test]
async fn a_close_whose_answer_is_lost_is_the_same_batch_when_it_is_sent_again() {
    for fault in [Next::StoresAndLosesTheAnswer, Next::LosesTheQuestion, Next::IsAway] {
        let log = MemoryLog::default();
        let app = authorised(&log).await;
        orders(&app, "a").await;
        app.log().will(std::iter::once(fault).chain([Next::IsAway; 8]));
        drop(app.carry_out(&treasurer("anna"), key("k"), close()).await);
        // The process is gone with all it remembers, and more is ordered before somebody tries again.
        let app = crate::testing::app(&log);
        let stored = batches(&log).await.len();
        orders(&app, "b").await;
        let done = app.carry_out(&treasurer("anna"), key("k"), close()).await.unwrap();
        assert_eq!(done.replayed, stored == 1, "{fault:?}");
        let expected = if stored == 1 { vec![vec!["a"]] } else { vec![vec!["a", "b"]] };
        assert_eq!(batches(&log).await, expected, "{fault:?}");
        if stored == 1 {
            closes(&app).await;
            assert_eq!(batches(&log).await, [["a"], ["b"]], "what came between waits for the next");
        }
        founded(&log).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_and_closes_at_once_leave_each_order_in_one_batch() {
    let log = MemoryLog::default();
    // Each process its own: they share the log alone.
    let processes = [authorised(&log).await, app(&log), app(&log), app(&log)];
    let given = PROJECTS.iter().zip(&processes).map(|(project, app)| {
        let app = Arc::clone(app);
        let order = of_tranche("OrderPayment", project, json!({"iban": IBAN}));
        tokio::spawn(async move { app.carry_out(&treasurer("bruno"), None, order).await.map(drop) })
    });
    let closing = (0..40).map(|number| {
        let app = Arc::clone(&processes[number % 4]);
        tokio::spawn(async move { app.carry_out(&treasurer("anna"), None, close()).await.map(drop) })
    });
    let outcomes = futures::future::join_all(given.chain(closing).collect::<Vec<_>>()).await;
    for outcome in outcomes.into_iter().map(Result::unwrap) {
        // Nothing waited, or others were faster each time.
        assert!(matches!(outcome, Ok(()) | Err(Failure::Refused { .. } | Failure::Contended)), "{outcome:?}");
    }
    orders(&processes[0], PROJECTS[4]).await;
    closes(&processes[1]).await;
    let batches = batches(&log).await;
    let all: Vec<_> = batches.iter().flatten().collect();
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (PROJECTS.len(), PROJECTS.len()), "{batches:?}");
    assert!(batches.iter().all(|batch| !batch.is_empty()));
    let numbers: Vec<_> = closed(&log).await.iter().map(|batch| batch.number as usize).collect();
    assert_eq!(numbers, (1..=batches.len()).collect::<Vec<_>>());
    founded(&log).await;
}

/// A batch is written after another was decided on the same log: it is decided again, and finds nothing left.
#[tokio::test]
async fn of_two_who_close_at_once_one_does() {
    let log = MemoryLog::default();
    let processes = [authorised(&log).await, app(&log)];
    orders(&processes[0], "a").await;
    let [one, other] = ["anna", "bruno"].map(treasurer);
    let outcomes =
        tokio::join!(processes[0].carry_out(&one, None, close()), processes[1].carry_out(&other, None, close()));
    let refused: Vec<_> = [outcomes.0, outcomes.1].into_iter().filter_map(Result::err).map(code).collect();
    assert_eq!((refused, batches(&log).await), (vec![Code::NoOrders], vec![vec!["a".to_owned()]]));
}

#[tokio::test]
async fn without_what_the_fold_knows_no_batch_is_closed() {
    let log = MemoryLog::default();
    let app = authorised(&log).await;
    orders(&app, "a").await;
    let behind = app_with(&log, MemoryKeys::default(), NoneSeen);
    let refused = behind.carry_out(&treasurer("anna"), None, close()).await;
    assert!(matches!(refused, Err(Failure::Unavailable(_))), "{refused:?}");
    assert_eq!(closed(&log).await, []);
}

#[tokio::test]
async fn a_treasurer_closes_in_their_own_programme_and_nobody_else_does() {
    let log = MemoryLog::default();
    let app = authorised(&log).await;
    orders(&app, "a").await;
    let mut elsewhere = treasurer("anna");
    elsewhere.scope.programmes = vec!["other".parse().unwrap()];
    for who in [elsewhere, bearer("r", Role::Region), bearer("c", Role::Capofila), bearer("a", Role::Auditor)] {
        let refused = app.carry_out(&who, None, close()).await;
        assert!(matches!(refused, Err(Failure::Forbidden { .. })), "{refused:?}");
    }
    let unknown = command("CloseBatch", json!({"programme": "none"}));
    assert_eq!(code(app.carry_out(&admin(), None, unknown).await.unwrap_err()), Code::UnknownProgramme);
    assert_eq!(app.foresee(&treasurer("anna"), close()).await.unwrap().commits.len(), 1);
    assert_eq!(closed(&log).await, []);
}

/// The log with another batch in it, as who holds the disk could write it.
#[tokio::test]
async fn a_batch_that_does_not_follow_from_the_log_is_found() {
    let log = MemoryLog::default();
    let app = authorised(&log).await;
    orders(&app, "a").await;
    orders(&app, "b").await;
    closes(&app).await;
    orders(&app, "c").await;
    closes(&app).await;
    let forgeries: [fn(&mut BatchClosed); 7] = [
        |batch| batch.number += 1,
        |batch| batch.total = traccia_domain::Cents(batch.total.0 + 1),
        |batch| drop(batch.orders.pop()),
        |batch| batch.orders.extend(batch.orders.first().cloned()),
        |batch| batch.orders[0].amount = traccia_domain::Cents(1),
        |batch| batch.orders[0].project = "d".parse().unwrap(),
        |batch| batch.position = Position(batch.position.0 + 1),
    ];
    for (n, forgery) in forgeries.into_iter().enumerate() {
        let forged = reproduced::rewritten(&log, |event| {
            if let Event::Payments(PaymentsEvent::BatchClosed(batch)) = event {
                forgery(batch);
            }
        });
        let forged = forged.await;
        let unfounded = reproduce(&forged, forged.head().await.unwrap()).await.unwrap().unfounded;
        assert!(unfounded.iter().any(|one| one.programme == "prog" && one.number >= 1), "forgery {n}");
    }
    // An order in two batches that the bank never returned.
    let twice = reproduced::rewritten(&log, |event| {
        if let Event::Payments(PaymentsEvent::BatchClosed(batch)) = event
            && batch.number == 2
        {
            batch.orders[0].project = "a".parse().unwrap();
            batch.orders[0].order = traccia_domain::tranche::OrderId::of(&batch.orders[0].project, "T1");
        }
    });
    let twice = twice.await;
    let unfounded = reproduce(&twice, twice.head().await.unwrap()).await.unwrap().unfounded;
    assert_eq!(unfounded.iter().map(|one| one.number).collect::<Vec<_>>(), [2]);
}
