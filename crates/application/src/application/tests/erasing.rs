//! Erasing what is known of a record's person.

use serde_json::Value;
use traccia_domain::{RecordId, document::DocumentKind, record::RecordEvent};
use traccia_log::memory::MemoryLog;

use super::*;
use crate::{Answers, Desk, RecordKeys as _, RowOutcome, testing::App};

fn erasing(citizen: &str) -> Value {
    json!({"citizen": citizen, "legal_basis": "Art. 17 GDPR, richiesta dell'interessato"})
}

/// A key that seals nothing any more, put back: what a crash before its destruction, or an older copy of the store, leaves.
fn put_back(keys: &MemoryKeys, citizen: &str) {
    keys.put_back(citizen.parse().unwrap());
}

async fn kept(keys: &MemoryKeys, citizen: &str) -> bool {
    keys.find(citizen.parse::<RecordId>().unwrap()).await.unwrap().is_some()
}

async fn ages(log: &MemoryLog) -> Vec<Option<u8>> {
    let services = all(log).await.into_iter().filter_map(|recorded| match recorded.commit.events.into_iter().next() {
        Some(Event::Service(ServiceEvent::ServiceRecorded(recorded))) => Some(recorded.age),
        _ => None,
    });
    services.collect()
}

async fn prepared<A: Answers>(log: &MemoryLog, answers: A) -> (Arc<App<FlakyLog, A>>, MemoryKeys, String) {
    running(log).await;
    let keys = MemoryKeys::default();
    let app = app_with(log, keys.clone(), answers);
    let citizen = registered(&app, "YA0000001").await;
    (app, keys, citizen)
}

#[tokio::test]
async fn erasing_destroys_the_key_and_again_has_its_effect_already() {
    let log = MemoryLog::default();
    let (app, keys, citizen) = prepared(&log, AllSeen(log.clone())).await;
    assert!(kept(&keys, &citizen).await);
    let done = carry(&app, "EraseRecord", erasing(&citizen)).await.unwrap();
    assert_eq!((done.events.as_slice(), &done.id), (["RecordErased"].as_slice(), &citizen));
    assert!(!kept(&keys, &citizen).await);
    let again = carry(&app, "EraseRecord", erasing(&citizen)).await.unwrap();
    assert!(again.events.is_empty() && again.id == citizen && again.position == done.position);
    let unknown = carry(&app, "EraseRecord", erasing(&"0".repeat(32))).await.unwrap_err();
    assert_eq!(code(unknown), Code::UnknownCitizen);
}

#[tokio::test]
async fn a_key_that_a_crash_left_is_destroyed_by_the_command_again_and_by_whoever_meets_the_record() {
    let log = MemoryLog::default();
    let (app, keys, citizen) = prepared(&log, AllSeen(log.clone())).await;
    let erase = || command("EraseRecord", erasing(&citizen));
    app.carry_out(&admin(), key("k"), erase()).await.unwrap();
    // Another process, which remembers nothing: the read models know the answer, and are not enough.
    let other = app_with(&log, keys.clone(), AllSeen(log.clone()));
    for of in [key("k"), key("another"), None] {
        put_back(&keys, &citizen);
        let done = other.carry_out(&admin(), of.clone(), erase()).await.unwrap();
        assert_eq!(done.replayed, of == key("k"));
        assert!(!kept(&keys, &citizen).await, "{of:?}");
    }
    for (name, body) in [("RecordService", service(&citizen)), ("RegisterCitizen", super::citizen("YA0000001"))] {
        put_back(&keys, &citizen);
        carry(&app, name, body).await.unwrap();
        assert!(!kept(&keys, &citizen).await, "{name}");
    }
}

#[tokio::test]
async fn an_erasure_whose_key_could_not_be_destroyed_is_not_answered_as_done() {
    let log = MemoryLog::default();
    let (app, keys, citizen) = prepared(&log, AllSeen(log.clone())).await;
    keys.hold(true);
    let erase = || command("EraseRecord", erasing(&citizen));
    let held = app.carry_out(&admin(), key("k"), erase()).await.unwrap_err();
    assert!(matches!(held, Failure::Unknown { .. }), "{held:?}");
    // A service recorded meanwhile does not wait for the store.
    carry(&app, "RecordService", service(&citizen)).await.unwrap();
    keys.hold(false);
    let done = app.carry_out(&admin(), key("k"), erase()).await.unwrap();
    assert!(done.replayed && !kept(&keys, &citizen).await);
}

#[tokio::test]
async fn the_same_document_later_is_the_same_citizen_and_nothing_is_kept_of_them() {
    let log = MemoryLog::default();
    let (app, keys, citizen) = prepared(&log, NoneSeen).await;
    carry(&app, "EraseRecord", erasing(&citizen)).await.unwrap();
    let before = all(&log).await.len();
    let again = carry(&app, "RegisterCitizen", super::citizen("YA0000001")).await.unwrap();
    assert_eq!((again.id.as_str(), again.events.len()), (citizen.as_str(), 0));
    assert_eq!(all(&log).await.len(), before);
    assert!(!kept(&keys, &citizen).await, "no key was drawn");
    // With another document in hand they are one person, of whom the new document keeps what is known.
    let passport = |number: &str| json!({"kind": "passport", "number": number});
    let both = json!({"documents": [passport("YA0000001"), passport("YA0000009")], "profile": {"birth_year": 1950}});
    let linked = carry(&app, "RegisterCitizen", both).await.unwrap();
    assert_eq!(linked.events, ["RecordRegistered", "RecordsLinked"]);
    let events = all(&log).await.into_iter().flat_map(|recorded| recorded.commit.events);
    let registered = events.filter(|event| matches!(event, Event::Record(RecordEvent::RecordRegistered(_))));
    assert_eq!(registered.count(), 2);
}

#[tokio::test]
async fn services_go_on_without_an_age_and_what_was_recorded_may_be_voided() {
    let log = MemoryLog::default();
    let (app, _, citizen) = prepared(&log, NoneSeen).await;
    let first = carry(&app, "RecordService", service(&citizen)).await.unwrap();
    carry(&app, "EraseRecord", erasing(&citizen)).await.unwrap();
    let mut later = service(&citizen);
    later["occurred_on"] = json!("2024-03-02");
    carry(&app, "RecordService", later).await.unwrap();
    assert_eq!(ages(&log).await, [Some(74), None]);
    for (name, events) in [("DisputeService", ["ServiceDisputed"]), ("VoidService", ["ServiceVoided"])] {
        let done = carry(&app, name, json!({"service": first.id, "reason": "r"})).await.unwrap();
        assert_eq!(done.events, events);
    }
}

#[tokio::test]
async fn a_row_of_an_upload_tells_the_age_of_an_erased_citizen_and_keeps_nothing_else() {
    let log = MemoryLog::default();
    let (app, keys, _) = prepared(&log, NoneSeen).await;
    let coded = json!({"documents": [{"kind": "fiscal_code", "number": CODE}]});
    let citizen = carry(&app, "RegisterCitizen", coded).await.unwrap().id;
    carry(&app, "EraseRecord", erasing(&citizen)).await.unwrap();
    let row = row(DocumentKind::FiscalCode, CODE);
    let who = admin();
    let mut desk: Desk<'_, _, _, _> = app.desk(&who);
    let outcomes = desk.record(&[row]).await.unwrap();
    assert!(matches!(outcomes.as_slice(), [RowOutcome::Recorded { new_citizen: false, .. }]), "{outcomes:?}");
    assert_eq!(ages(&log).await, [Some(44)]);
    assert!(!kept(&keys, &citizen).await);
}

#[tokio::test]
async fn a_region_may_erase_and_those_at_the_desks_may_not() {
    let log = MemoryLog::default();
    let (app, _, citizen) = prepared(&log, NoneSeen).await;
    for (role, may) in [
        (Role::Facilitator, false),
        (Role::Capofila, false),
        (Role::Treasurer, false),
        (Role::Auditor, false),
        (Role::Region, true),
    ] {
        let asked = app.carry_out(&bearer("s", role), None, command("EraseRecord", erasing(&citizen))).await;
        assert_eq!(asked.is_ok(), may, "{role:?}");
    }
}
