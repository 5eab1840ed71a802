//! The same key again.

use serde_json::json;
use traccia_log::memory::MemoryLog;

use super::*;

fn suspend(on: &str) -> traccia_domain::Command {
    command("SuspendPoint", json!({"point": "point", "on": on, "reason": "r"}))
}

#[tokio::test]
async fn the_same_key_and_body_give_the_first_answer_even_after_a_restart() {
    let log = MemoryLog::default();
    let first = running(&log).await.carry_out(&admin(), key("k"), suspend("2024-04-01")).await.unwrap();
    // One restarts beside projections that have seen everything, another beside projections that have seen nothing.
    let seen = app(&log).carry_out(&admin(), key("k"), suspend("2024-04-01")).await.unwrap();
    let unseen = app_with(&log, MemoryKeys::default(), NoneSeen);
    let unseen = unseen.carry_out(&admin(), key("k"), suspend("2024-04-01")).await.unwrap();
    for again in [seen, unseen] {
        assert!(again.replayed);
        assert_eq!(crate::Done { replayed: false, ..again }, first);
    }
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused_on_this_stream_and_on_others() {
    let log = MemoryLog::default();
    let app_before = running(&log).await;
    app_before.carry_out(&admin(), key("k"), suspend("2024-04-01")).await.unwrap();
    let end = command("EndFacilitator", json!({"facilitator": "fac", "on": "2024-06-01"}));
    for app in [app_before, app(&log)] {
        for other in [suspend("2024-04-02"), end.clone(), command("RegisterCitizen", citizen("YA0000009"))] {
            assert!(matches!(app.carry_out(&admin(), key("k"), other).await, Err(Failure::KeyReused)));
        }
    }
    let unseen = app_with(&log, MemoryKeys::default(), NoneSeen);
    let other = unseen.carry_out(&admin(), key("k"), suspend("2024-04-02")).await;
    assert!(matches!(other, Err(Failure::KeyReused)));
}

#[tokio::test]
async fn keys_are_each_subjects_own_and_a_refusal_is_judged_anew() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    let mut other = admin();
    other.actor.subject = "other".into();
    assert!(app.carry_out(&other, key("k"), suspend("2022-01-01")).await.is_err());
    app.carry_out(&other, key("k"), suspend("2024-04-01")).await.unwrap();
    let mine = app.carry_out(&admin(), key("k"), suspend("2024-04-01")).await;
    assert!(matches!(mine, Err(Failure::Refused { .. })), "the point is suspended already");
}

#[tokio::test]
async fn a_repeated_service_is_the_first_answer_not_a_duplicate() {
    let log = MemoryLog::default();
    let citizen = registered(&*running(&log).await, "YA0000001").await;
    let record = command("RecordService", service(&citizen));
    let unseen = app_with(&log, MemoryKeys::default(), NoneSeen);
    let first = unseen.carry_out(&admin(), key("k"), record.clone()).await.unwrap();
    let restarted = app_with(&log, MemoryKeys::default(), NoneSeen);
    let again = restarted.carry_out(&admin(), key("k"), record).await.unwrap();
    assert!(again.replayed && again.position == first.position);
}
