//! What is claimed of an invoice, by whomever and however often it is tried, is never more than the invoice.

use traccia_domain::{Cents, StreamKind, invoice::InvoiceEvent};

use super::*;
use crate::{Bearer, Done, testing::App};

fn named(subject: &str, role: Role) -> Bearer {
    bearer(subject, role)
}

async fn declare<A: crate::Answers>(app: &App<FlakyLog, A>, body: serde_json::Value) -> Result<Done, Failure> {
    app.carry_out(&named("anna", Role::Capofila), None, command("DeclareExpense", body)).await
}

async fn decide(app: &App, subject: &str, name: &str, expense: &str) -> Result<Done, Failure> {
    let mut body = json!({"expense": expense});
    if name == "RejectExpense" {
        body["reason"] = json!("r");
    }
    app.carry_out(&named(subject, Role::Region), None, command(name, body)).await
}

/// What stands claimed in the whole log, in cents.
async fn claimed(log: &MemoryLog) -> Cents {
    let mut claimed = std::collections::BTreeMap::new();
    for event in all(log).await.into_iter().flat_map(|recorded| recorded.commit.events) {
        let Event::Invoice(event) = event else { continue };
        match event {
            InvoiceEvent::ExpenseDeclared(declared) => {
                claimed.insert(declared.expense.clone(), declared.claimed());
            }
            InvoiceEvent::ExpenseRejected(rejected) => {
                claimed.remove(&rejected.expense);
            }
            InvoiceEvent::ExpenseAccepted(_) => {}
        }
    }
    claimed.into_values().sum()
}

#[tokio::test]
async fn an_expense_is_declared_by_the_capofila_and_decided_by_the_region() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let done = declare(&app, expense("e-1", "7")).await.unwrap();
    assert_eq!((done.id.as_str(), done.events.as_slice()), ("e-1", ["ExpenseNamed", "ExpenseDeclared"].as_slice()));
    assert_eq!(done.stream.kind(), StreamKind::Expense);
    let accepted = decide(&app, "bruno", "AcceptExpense", "e-1").await.unwrap();
    assert_eq!((accepted.id.as_str(), accepted.events.as_slice()), ("e-1", ["ExpenseAccepted"].as_slice()));
    assert_eq!(code(decide(&app, "bruno", "RejectExpense", "e-1").await.unwrap_err()), Code::AlreadyDecided);
    assert_eq!(code(decide(&app, "bruno", "AcceptExpense", "e-2").await.unwrap_err()), Code::UnknownExpense);
    declare(&app, expense("e-2", "7")).await.unwrap();
    assert_eq!(code(declare(&app, expense("e-3", "7")).await.unwrap_err()), Code::OverClaimed);
    decide(&app, "bruno", "RejectExpense", "e-2").await.unwrap();
    declare(&app, expense("e-3", "7")).await.unwrap();
    assert_eq!(claimed(&log).await, Cents(10_000));
}

#[tokio::test]
async fn a_right_ends_where_another_project_begins_and_nobody_decides_on_their_own() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let mut foreign = expense("e-1", "7");
    foreign["project"] = json!("other");
    assert!(matches!(declare(&app, foreign).await, Err(Failure::Forbidden { .. })));
    let by = |who: Bearer, name: &str, body| {
        let (app, command) = (app.clone(), command(name, body));
        async move { app.carry_out(&who, None, command).await }
    };
    assert!(matches!(
        by(named("anna", Role::Region), "DeclareExpense", expense("e-1", "7")).await,
        Err(Failure::Forbidden { .. })
    ));
    declare(&app, expense("e-1", "7")).await.unwrap();
    let accept = || json!({"expense": "e-1"});
    let elsewhere = Bearer {
        scope: crate::Scope { programmes: vec!["elsewhere".parse().unwrap()], ..crate::Scope::default() },
        ..named("bruno", Role::Region)
    };
    assert!(matches!(by(elsewhere, "AcceptExpense", accept()).await, Err(Failure::Forbidden { .. })));
    let own = by(named("ANNA", Role::Region), "AcceptExpense", accept()).await;
    assert_eq!(code(own.unwrap_err()), Code::SameActor);
    let admin = Bearer { scope: crate::Scope::default(), ..named("anna", Role::Admin) };
    assert_eq!(code(by(admin, "AcceptExpense", accept()).await.unwrap_err()), Code::SameActor, "an admin neither");
}

#[tokio::test]
async fn an_expense_declared_again_is_the_first_answer_under_its_key_and_refused_under_another() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let who = admin();
    let again = || app.carry_out(&who, key("k"), command("DeclareExpense", expense("e", "7")));
    let first = again().await.unwrap();
    let repeated = again().await.unwrap();
    assert!(repeated.replayed && (repeated.id, repeated.position) == (first.id, first.position));
    // Another process remembers nothing of it.
    let elsewhere = app_with(&log, MemoryKeys::default(), AllSeen(log.clone()));
    let repeated = elsewhere.carry_out(&admin(), key("k"), command("DeclareExpense", expense("e", "7"))).await.unwrap();
    assert!(repeated.replayed && repeated.id == "e");
    assert_eq!(code(carry(&*app, "DeclareExpense", expense("e", "7")).await.unwrap_err()), Code::AlreadyExists);
    assert_eq!(code(carry(&*app, "DeclareExpense", expense("e", "8")).await.unwrap_err()), Code::AlreadyExists);
    let accept = || command("AcceptExpense", json!({"expense": "e"}));
    app.carry_out(&bearer("bruno", Role::Region), key("a"), accept()).await.unwrap();
    let repeated = elsewhere.carry_out(&bearer("bruno", Role::Region), key("a"), accept()).await.unwrap();
    assert!(repeated.replayed && repeated.id == "e", "{repeated:?}");
}

/// The id is taken and the claim is not there: nothing is claimed, and whoever declares it again completes it.
#[tokio::test]
async fn a_crash_after_the_id_claims_nothing_and_a_retry_completes_it() {
    for again in ["k", "another"] {
        let log = MemoryLog::default();
        let app = running(&log).await;
        let who = admin();
        let declare = |text| app.carry_out(&who, key(text), command("DeclareExpense", expense("e", "7")));
        app.log().will([Next::Works, Next::IsAway]);
        assert!(matches!(declare("k").await, Err(Failure::Unknown { .. })));
        assert_eq!(claimed(&log).await, Cents::ZERO);
        assert_eq!(code(decide(&app, "bruno", "AcceptExpense", "e").await.unwrap_err()), Code::UnknownExpense);
        let done = declare(again).await.unwrap();
        assert!(!done.replayed && done.events.ends_with(&["ExpenseDeclared"]), "{done:?}");
        assert_eq!(claimed(&log).await, Cents(5_000));
        decide(&app, "bruno", "AcceptExpense", "e").await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_answer_claims_once() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    app.log().will([Next::StoresAndLosesTheAnswer, Next::StoresAndLosesTheAnswer]);
    declare(&app, expense("e", "7")).await.unwrap();
    assert_eq!(claimed(&log).await, Cents(5_000));
}

#[tokio::test]
async fn many_at_once_claim_no_more_than_the_whole() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let other = app_with(&log, MemoryKeys::default(), NoneSeen);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..16 {
        let mut body = expense(&format!("e-{number}"), "7");
        body["share"] = json!("0.3");
        let (app, other) = (app.clone(), other.clone());
        tasks.spawn(
            async move { if number % 2 == 0 { declare(&app, body).await } else { declare(&other, body).await } },
        );
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
    for outcome in outcomes.into_iter().filter_map(Result::err) {
        assert!(
            matches!(outcome, Failure::Contended | Failure::Unknown { .. } | Failure::Refused { .. }),
            "{outcome:?}"
        );
    }
    assert_eq!(claimed(&log).await, Cents(9_000));
}

#[tokio::test]
async fn a_refused_expense_writes_nothing() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let before = all(&log).await.len();
    for (field, value) in [("item", "travel"), ("amount", "0.00"), ("date", "2024-07-01"), ("supplier_tax_id", "1")] {
        let mut body = expense("e", "7");
        body[field] = json!(value);
        let Failure::Refused { refusal, .. } = declare(&app, body).await.unwrap_err() else { panic!() };
        assert_eq!(refusal.pointer(), Some(format!("/{field}")));
    }
    assert_eq!(all(&log).await.len(), before);
}

#[tokio::test]
async fn an_invoice_that_an_older_key_named_is_the_same_after_a_rotation() {
    let log = MemoryLog::default();
    declare(&*running(&log).await, expense("e-1", "7")).await.unwrap();
    let rotated = app_after(&log, 1, MemoryKeys::default(), NoneSeen);
    declare(&rotated, expense("e-2", "7")).await.unwrap();
    assert_eq!(code(declare(&rotated, expense("e-3", "7")).await.unwrap_err()), Code::OverClaimed);
}

#[tokio::test]
async fn a_persons_fiscal_code_is_nowhere_in_the_log() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let mut body = expense("e", "7");
    body["supplier_tax_id"] = json!(CODE);
    declare(&app, body).await.unwrap();
    for recorded in all(&log).await {
        assert!(!recorded.commit.encode().contains(CODE));
    }
}
