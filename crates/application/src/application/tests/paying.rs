//! Public money leaves once, by two persons, whatever is lost on the way.

use traccia_domain::{Command, tranche::MoneyEvent};

use super::*;
use crate::{Bearer, testing::Next};

const IBAN: &str = "IT60X0542811101000000123456";

/// A programme that pays 40 % on approval and 60 % on the last day of May, and its project, approved.
pub(super) async fn approved(log: &MemoryLog) -> Arc<App> {
    let app = app(log);
    let mut commands = set_up_commands();
    commands[0].1["tranches"] = json!([
        {"id": "T1", "share": "0.40", "trigger": "approval"},
        {"id": "T2", "share": "0.60", "trigger": "2024-05-31"},
    ]);
    for (name, body) in commands.into_iter().take(3) {
        carry(&*app, name, body).await.unwrap();
    }
    app
}

pub(super) fn authorise() -> Command {
    command("AuthoriseTranche", json!({"project": "proj", "tranche": "T1"}))
}

pub(super) fn order() -> Command {
    command("OrderPayment", json!({"project": "proj", "tranche": "T1", "iban": IBAN}))
}

fn confirm() -> Command {
    command(
        "ConfirmPayment",
        json!({"project": "proj", "tranche": "T1", "paid_on": "2024-06-30", "reference": "TRN 1"}),
    )
}

fn treasurer(name: &str) -> Bearer {
    bearer(name, Role::Treasurer)
}

/// What the log says of the project's money.
async fn said(log: &MemoryLog) -> Vec<MoneyEvent> {
    let commits = all(log).await.into_iter().flat_map(|recorded| recorded.commit.events);
    commits.filter_map(|event| if let Event::Money(event) = event { Some(event) } else { None }).collect()
}

fn names(said: &[MoneyEvent]) -> Vec<&'static str> {
    said.iter().map(|event| Event::from(event.clone()).kind().name).collect()
}

#[tokio::test]
async fn a_tranche_is_authorised_ordered_and_paid_by_two_persons() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    let done = app.carry_out(&treasurer("anna"), None, authorise()).await.unwrap();
    assert_eq!((done.stream.as_str(), done.id.as_str()), ("money.proj", "proj"));
    assert_eq!(code(app.carry_out(&treasurer("anna"), None, order()).await.unwrap_err()), Code::SameActor);
    app.carry_out(&treasurer("bruno"), None, order()).await.unwrap();
    app.carry_out(&treasurer("anna"), None, confirm()).await.unwrap();
    let said = said(&log).await;
    let MoneyEvent::TrancheAuthorised(evidence) = &said[0] else { panic!("{said:?}") };
    assert_eq!(
        (evidence.position.0, evidence.amount.to_string()),
        (3, "40.00".to_owned()),
        "it stands on what came before"
    );
    assert_eq!(names(&said), ["TrancheAuthorised", "PaymentOrdered", "PaymentConfirmed"]);
}

#[tokio::test]
async fn a_step_again_is_its_answer_under_its_key_and_refused_under_another() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    let steps = [("anna", authorise()), ("bruno", order()), ("bruno", confirm())];
    for (who, step) in &steps {
        app.carry_out(&treasurer(who), key("k").filter(|_| *who == "anna"), step.clone()).await.unwrap();
    }
    assert!(app.carry_out(&treasurer("anna"), key("k"), authorise()).await.unwrap().replayed);
    for ((_, step), expected) in steps.into_iter().zip([Code::AlreadyAuthorised, Code::AlreadyPaid, Code::AlreadyPaid])
    {
        assert_eq!(code(app.carry_out(&treasurer("carla"), None, step).await.unwrap_err()), expected);
    }
    assert_eq!(said(&log).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_operators_at_once_pay_a_tranche_once() {
    let log = MemoryLog::default();
    // Each process its own: they share the log alone.
    let processes = [approved(&log).await, app(&log), app(&log), app(&log)];
    for (step, event) in
        [(authorise(), "TrancheAuthorised"), (order(), "PaymentOrdered"), (confirm(), "PaymentConfirmed")]
    {
        let asked = (0..200).map(|number| {
            let (app, step) = (Arc::clone(&processes[number % 4]), step.clone());
            // Two persons under many keys, some of them again.
            let who = treasurer(["anna", "bruno"][number / 4 % 2]);
            tokio::spawn(async move { app.carry_out(&who, key(&format!("{number}")), step).await })
        });
        let outcomes = futures::future::join_all(asked).await;
        let done = outcomes.into_iter().map(Result::unwrap).filter_map(Result::ok).filter(|done| !done.replayed);
        let positions: Vec<_> = done.map(|done| done.position).collect();
        assert_eq!(positions.len(), 1, "{event}: {positions:?}");
        assert_eq!(names(&said(&log).await).into_iter().filter(|name| *name == event).count(), 1);
    }
}

/// Between any two steps the answer is lost, or the question, or the log goes away: whoever repeats what they know of ends
/// with one payment and one order, and nothing forgotten.
#[tokio::test]
async fn what_is_lost_between_any_two_steps_is_neither_paid_twice_nor_forgotten() {
    let faults = [Next::StoresAndLosesTheAnswer, Next::LosesTheQuestion, Next::IsAway];
    for lost in 0..3 {
        for fault in faults {
            let log = MemoryLog::default();
            let mut app = approved(&log).await;
            for (number, (who, step)) in
                [("anna", authorise()), ("bruno", order()), ("anna", confirm())].iter().enumerate()
            {
                let key = || key(&format!("step {number}").replace(' ', "-"));
                if number == lost {
                    // Found out or not, whoever asked never hears of it: the process is gone with all it remembers.
                    app.log().will(std::iter::once(fault).chain([Next::IsAway; 8]));
                    drop(app.carry_out(&treasurer(who), key(), step.clone()).await);
                    app = crate::testing::app(&log);
                }
                app.carry_out(&treasurer(who), key(), step.clone()).await.unwrap();
            }
            assert_eq!(names(&said(&log).await), ["TrancheAuthorised", "PaymentOrdered", "PaymentConfirmed"]);
        }
    }
}

#[tokio::test]
async fn a_redistribution_leaves_a_project_what_was_authorised() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    let leaves = |award: &str| {
        let new = json!([{"project": "proj", "award": award, "points": 1, "citizens": 10, "services": 10}]);
        let body =
            json!({"programme": "prog", "act": "a", "effective_on": "2024-06-01", "reserve": "r", "projects": new});
        command("AdoptRedistribution", body)
    };
    // Another process, which has its own memory of the project's money: it asks the leader.
    let other = crate::testing::app(&log);
    let region = bearer("region", Role::Region);
    other.foresee(&region, leaves("39.99")).await.unwrap();
    app.carry_out(&treasurer("anna"), None, authorise()).await.unwrap();
    let before = all(&log).await.len();
    for asked in [
        other.foresee(&region, leaves("39.99")).await.err(),
        other.carry_out(&region, None, leaves("39.99")).await.err(),
    ] {
        let Some(Failure::Refused { refusal, existing: _ }) = asked else { panic!("{asked:?}") };
        assert_eq!((refusal.code(), refusal.pointer().as_deref()), (Code::Invalid, Some("/projects/0/award")));
    }
    assert_eq!(all(&log).await.len(), before);
    other.carry_out(&region, None, leaves("40.00")).await.unwrap();
}

#[tokio::test]
async fn without_what_the_fold_knows_no_money_is_authorised_and_what_was_paid_is_said_all_the_same() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    let behind = app_with(&log, MemoryKeys::default(), NoneSeen);
    let before = all(&log).await.len();
    let refused = behind.carry_out(&treasurer("anna"), None, authorise()).await;
    assert!(matches!(refused, Err(Failure::Unavailable(_))), "{refused:?}");
    assert_eq!(all(&log).await.len(), before);
    app.carry_out(&treasurer("anna"), None, authorise()).await.unwrap();
    let refused = behind.carry_out(&treasurer("bruno"), None, order()).await;
    assert!(matches!(refused, Err(Failure::Unavailable(_))), "{refused:?}");
    app.carry_out(&treasurer("bruno"), None, order()).await.unwrap();
    behind.carry_out(&treasurer("bruno"), None, confirm()).await.unwrap();
}

#[tokio::test]
async fn a_treasurer_pays_in_their_own_programme_and_nobody_else_does() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    let mut elsewhere = treasurer("anna");
    elsewhere.scope.programmes = vec!["other".parse().unwrap()];
    for who in [elsewhere, bearer("r", Role::Region), bearer("c", Role::Capofila), bearer("a", Role::Auditor)] {
        let refused = app.carry_out(&who, None, authorise()).await;
        assert!(matches!(refused, Err(Failure::Forbidden { .. })), "{refused:?}");
    }
    let unknown = command("AuthoriseTranche", json!({"project": "none", "tranche": "T1"}));
    assert_eq!(code(app.carry_out(&treasurer("anna"), None, unknown).await.unwrap_err()), Code::UnknownProject);
}

#[tokio::test]
async fn an_account_number_is_in_the_log_and_in_no_text() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    app.carry_out(&treasurer("anna"), None, authorise()).await.unwrap();
    let wrong = IBAN.replace('6', "7");
    let body = json!({"project": "proj", "tranche": "T1", "iban": wrong});
    let refused = app.carry_out(&treasurer("bruno"), None, command("OrderPayment", body)).await.unwrap_err();
    let done = app.carry_out(&treasurer("bruno"), None, order()).await.unwrap();
    let said = said(&log).await;
    let seen = format!("{refused} {refused:?} {done:?} {said:?} {:?}", order());
    assert!(!seen.contains("0542811101") && !seen.contains(&wrong[4..]), "{seen}");
    assert!(all(&log).await.pop().unwrap().commit.encode().contains(IBAN));
}

#[tokio::test]
async fn a_release_is_foreseen_as_if_another_person_made_it() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    let before = all(&log).await.len();
    let foreseen = app.foresee(&treasurer("anna"), authorise()).await.unwrap();
    assert_eq!((foreseen.commits.len(), all(&log).await.len()), (1, before));
    app.carry_out(&treasurer("anna"), None, authorise()).await.unwrap();
    assert_eq!(app.foresee(&treasurer("anna"), order()).await.unwrap().commits.len(), 1);
}
