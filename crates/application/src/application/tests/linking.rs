//! Two persons say of two records whether they are one person's.

use serde_json::Value;
use traccia_log::memory::MemoryLog;

use super::*;
use crate::{Bearer, Done};

/// An admin by another name: rights do not take the place of the second person.
fn named(subject: &str) -> Bearer {
    let mut who = admin();
    who.actor.subject = subject.into();
    who
}

async fn two(app: &App) -> Value {
    let pair = [registered(app, "YA0000001").await, registered(app, "YA0000002").await];
    json!({"citizens": pair, "reason": "r"})
}

async fn say(app: &App, subject: &str, name: &str, body: &Value) -> Result<Done, Failure> {
    app.carry_out(&named(subject), None, command(name, body.clone())).await
}

#[tokio::test]
async fn a_link_is_made_and_broken_by_two_persons_each_time() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let pair = two(&app).await;
    let mut ids = Vec::new();
    for (second, proposed, decided, events) in [
        ("RejectLink", "ProposeLink", "ConfirmLink", ["LinkProposed", "LinkRejected"]),
        ("ConfirmLink", "ProposeLink", "RejectLink", ["LinkProposed", "LinkConfirmed"]),
        ("RejectBreak", "BreakLink", "ConfirmBreak", ["BreakProposed", "BreakRejected"]),
        ("ConfirmBreak", "BreakLink", "RejectBreak", ["BreakProposed", "LinkBroken"]),
    ] {
        let done = say(&app, "anna", proposed, &pair).await.unwrap();
        assert_eq!(done.events, events[..1]);
        ids.push(done.id);
        assert_eq!(code(say(&app, "bruno", proposed, &pair).await.unwrap_err()), Code::AlreadyExists);
        for own in [decided, second] {
            assert_eq!(code(say(&app, "anna", own, &pair).await.unwrap_err()), Code::SameActor, "{own}");
        }
        let done = say(&app, "bruno", second, &pair).await.unwrap();
        assert_eq!(done.events, events[1..]);
        for late in [decided, second] {
            assert_eq!(code(say(&app, "carla", late, &pair).await.unwrap_err()), Code::AlreadyDecided, "{late}");
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "one pair, one link");
    assert!(pair["citizens"].as_array().unwrap().iter().all(|record| ids[0].contains(record.as_str().unwrap())));
}

#[tokio::test]
async fn documents_presented_together_link_whatever_was_decided_before() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let pair = two(&app).await;
    let passport = |number: &str| json!({"kind": "passport", "number": number});
    let both = json!({"documents": [passport("YA0000001"), passport("YA0000002")]});
    let linked = async || carry(&app, "RegisterCitizen", both.clone()).await.unwrap().events;
    say(&app, "anna", "ProposeLink", &pair).await.unwrap();
    say(&app, "bruno", "RejectLink", &pair).await.unwrap();
    assert_eq!(linked().await, ["RecordsLinked"]);
    assert!(linked().await.is_empty());
    say(&app, "anna", "BreakLink", &pair).await.unwrap();
    assert_eq!(linked().await, ["RecordsLinked"], "that settles the proposal");
    assert_eq!(code(say(&app, "bruno", "ConfirmBreak", &pair).await.unwrap_err()), Code::WrongState);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_decide_at_once_one_does() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let pair = two(&app).await;
    say(&app, "anna", "ProposeLink", &pair).await.unwrap();
    let deciders = (0..32).map(|n| {
        let (app, pair) = (Arc::clone(&app), pair.clone());
        let name = if n % 2 == 0 { "ConfirmLink" } else { "RejectLink" };
        tokio::spawn(async move { say(&app, &format!("decider-{n}"), name, &pair).await })
    });
    let outcomes: Vec<_> = futures::future::join_all(deciders).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for failure in outcomes.into_iter().filter_map(Result::err) {
        assert!(matches!(failure, Failure::Contended) || code(failure) == Code::AlreadyDecided);
    }
}

#[tokio::test]
async fn a_repeated_decision_is_the_first_answer() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let pair = two(&app).await;
    say(&app, "anna", "ProposeLink", &pair).await.unwrap();
    let confirm = || command("ConfirmLink", pair.clone());
    let first = app.carry_out(&named("bruno"), key("k"), confirm()).await.unwrap();
    let unseen = app_with(&log, MemoryKeys::default(), NoneSeen);
    let again = unseen.carry_out(&named("bruno"), key("k"), confirm()).await.unwrap();
    assert!(again.replayed && again.position == first.position);
}
