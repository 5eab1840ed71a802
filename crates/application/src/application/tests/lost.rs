//! Lost answers, and commands of several streams that stopped half way.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use traccia_log::memory::MemoryLog;

use super::*;

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_a_lost_question_is_asked_again() {
    for next in [Next::StoresAndLosesTheAnswer, Next::LosesTheQuestion] {
        let log = MemoryLog::default();
        let app = running(&log).await;
        app.log().will([next, Next::Works]);
        let citizen = registered(&app, "YA0000001").await;
        app.log().will([next, Next::LosesTheQuestion]);
        let given = carry(&app, "RecordService", service(&citizen)).await.unwrap();
        assert_eq!(given.position.0, 7);
        assert_eq!(all(&log).await.len(), 7);
    }
}

#[tokio::test]
async fn what_stays_unknown_is_said_to_be_and_the_same_key_settles_it() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let citizen = registered(&app, "YA0000001").await;
    let record = || command("RecordService", service(&citizen));
    app.log().will([Next::LosesTheQuestion; 8]);
    let unknown = app.carry_out(&admin(), key("k"), record()).await;
    assert!(matches!(unknown, Err(Failure::Unknown { key, .. }) if key == "k"));
    app.log().next.lock().unwrap().clear();
    assert!(!app.carry_out(&admin(), key("k"), record()).await.unwrap().replayed);
    assert!(app.carry_out(&admin(), key("k"), record()).await.unwrap().replayed);
}

#[tokio::test]
async fn a_log_that_is_away_has_written_nothing() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    app.log().will([Next::IsAway]);
    assert!(matches!(carry(&app, "RegisterCitizen", citizen("YA0000001")).await, Err(Failure::Unavailable(_))));
    // After a lost question it may have written all the same.
    app.log().will([Next::LosesTheQuestion]);
    app.log().will([Next::IsAway; 6]);
    assert!(matches!(carry(&app, "RegisterCitizen", citizen("YA0000001")).await, Err(Failure::Unknown { .. })));
}

/// A server that was cut off, and does not know yet that another one leads the log, ends before what the read models know.
#[tokio::test]
async fn a_log_that_ends_before_the_read_models_is_not_called_damaged() {
    let (whole, cut_off) = (MemoryLog::default(), MemoryLog::default());
    let before = running(&whole).await;
    running(&cut_off).await;
    let register = || command("RegisterCitizen", citizen("YA0000001"));
    before.carry_out(&admin(), key("k"), register()).await.unwrap();
    let app = app_with(&cut_off, MemoryKeys::default(), AllSeen(whole));
    let asked = app.carry_out(&admin(), key("k"), register()).await;
    assert!(matches!(&asked, Err(Failure::Unknown { key, .. }) if key == "k"), "{asked:?}");
}

/// What this process remembers was stored in a log that is not there any more.
#[tokio::test]
async fn an_answer_remembered_is_not_given_again_by_another_log() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let app = app_with(&app.log().inner, MemoryKeys::default(), NoneSeen);
    let close = || command("ClosePoint", json!({"point": "point", "on": "2024-06-01", "reason": "r"}));
    app.carry_out(&admin(), key("k"), close()).await.unwrap();
    let (older, other) = (MemoryLog::default(), MemoryLog::default());
    running(&older).await;
    let grown = running(&other).await;
    registered(&grown, "YA0000001").await;
    for copy in [older, other] {
        *app.log().replaced.lock().unwrap() = Some(copy);
        let again = app.carry_out(&admin(), key("k"), close()).await;
        assert!(matches!(&again, Err(Failure::Unknown { key, .. }) if key == "k"), "{again:?}");
    }
    *app.log().replaced.lock().unwrap() = None;
    assert!(app.carry_out(&admin(), key("k"), close()).await.unwrap().replayed);
}

#[tokio::test]
async fn documents_registered_in_part_are_completed_by_the_same_key() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let body = json!({"documents": [{"kind": "passport", "number": "YA0000001"}, {"kind": "other", "number": "123"}]});
    let register = || command("RegisterCitizen", body.clone());
    app.log().will([Next::Works, Next::IsAway]);
    assert!(matches!(app.carry_out(&admin(), key("k"), register()).await, Err(Failure::Unknown { .. })));
    app.log().will([Next::Works, Next::Works, Next::IsAway]);
    assert!(matches!(app.carry_out(&admin(), key("k"), register()).await, Err(Failure::Unknown { .. })));
    let done = app.carry_out(&admin(), key("k"), register()).await.unwrap();
    assert_eq!(done.events, ["RecordRegistered", "RecordRegistered", "RecordsLinked"]);
    assert!(!done.replayed);
    let again = app.carry_out(&admin(), key("k"), register()).await.unwrap();
    assert!(again.replayed && again.events == done.events && again.position == done.position);
}

async fn three(app: &App) -> Value {
    let mut citizens = Vec::new();
    for number in ["YA0000001", "YA0000002", "YA0000003"] {
        citizens.push(registered(app, number).await);
    }
    let mut session = service("");
    session["citizens"] = json!(citizens);
    session.as_object_mut().unwrap().remove("citizen");
    session
}

#[tokio::test]
async fn a_session_recorded_in_part_is_completed_by_the_same_key() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let session = three(&app).await;
    let record = || command("RecordGroupSession", session.clone());
    app.log().will([Next::Works, Next::IsAway, Next::Works]);
    assert!(matches!(app.carry_out(&admin(), key("k"), record()).await, Err(Failure::Unknown { .. })));
    let done = app.carry_out(&admin(), key("k"), record()).await.unwrap();
    assert_eq!(done.events, ["ServiceRecorded"; 3]);
    assert_eq!(all(&log).await.len(), 11);
    assert!(app.carry_out(&admin(), key("k"), record()).await.unwrap().replayed);
    assert_eq!(code(carry(&app, "RecordGroupSession", session).await.unwrap_err()), Code::DuplicateService);
}

/// Of three services somebody else was faster with one, and what became of the others is not found out any more.
#[tokio::test]
async fn a_session_stored_in_part_beside_a_conflict_is_not_called_unwritten() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let session = three(&app).await;
    let record = || command("RecordGroupSession", session.clone());
    app.log().will([Next::Works, Next::Conflicts, Next::Works]);
    app.log().leader_is_away.store(true, Ordering::SeqCst);
    assert!(
        matches!(app.carry_out(&admin(), key("k"), record()).await, Err(Failure::Unknown { key, .. }) if key == "k")
    );
    app.log().leader_is_away.store(false, Ordering::SeqCst);
    assert_eq!(app.carry_out(&admin(), key("k"), record()).await.unwrap().events, ["ServiceRecorded"; 3]);
}

/// Of three services the first is lost on its way to the log, which is away for the others: it may still arrive.
#[tokio::test]
async fn a_session_of_which_one_service_is_unknown_is_unknown() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let session = three(&app).await;
    app.log().will([Next::LosesTheQuestion]);
    app.log().will([Next::IsAway; 7]);
    assert!(matches!(carry(&app, "RecordGroupSession", session).await, Err(Failure::Unknown { .. })));
}

#[tokio::test]
async fn a_session_with_one_service_that_cannot_be_records_none() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let mut session = three(&app).await;
    session["citizens"][2] = json!("00000000000000000000000000000000");
    let before = all(&log).await.len();
    let Failure::Refused { refusal, .. } = carry(&app, "RecordGroupSession", session).await.unwrap_err() else {
        panic!()
    };
    assert_eq!((refusal.code(), refusal.pointer().as_deref()), (Code::UnknownCitizen, Some("/citizens/2")));
    assert_eq!(all(&log).await.len(), before);
}
