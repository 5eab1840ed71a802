//! What is read may be a moment old. Nobody is told no for that.

use serde_json::json;
use traccia_domain::Position;
use traccia_log::{Log as _, memory::MemoryLog};

use super::*;

/// An application whose loads see nothing of what was said since the beginning.
async fn behind() -> (MemoryLog, Arc<App>) {
    let log = MemoryLog::default();
    let app = running(&log).await;
    *app.log().replica.lock().unwrap() = Some(Position(1));
    (log, app)
}

#[tokio::test]
async fn a_point_opened_a_moment_ago_can_be_closed() {
    let (_, app) = behind().await;
    let close = command("ClosePoint", json!({"point": "point", "on": "2024-06-01", "reason": "r"}));
    let first = app.carry_out(&admin(), key("k"), close.clone()).await.unwrap();
    // Nor is a command that was carried out refused when it comes again by another way.
    let unseen = app_with(&app.log().inner, MemoryKeys::default(), NoneSeen);
    *unseen.log().replica.lock().unwrap() = Some(Position(1));
    let again = unseen.carry_out(&admin(), key("k"), close).await.unwrap();
    assert_eq!((again.position, again.replayed), (first.position, true));
}

#[tokio::test]
async fn what_was_so_a_moment_ago_is_not_taken_for_done() {
    let log = MemoryLog::default();
    let app = running(&log).await;
    *app.log().replica.lock().unwrap() = Some(log.head().await.unwrap());
    carry(&app, "EndFacilitator", json!({"facilitator": "fac", "on": "2024-05-01"})).await.unwrap();
    let (name, again) = set_up_commands().pop().unwrap();
    assert_eq!(carry(&app, name, again).await.unwrap().events, ["FacilitatorEnrolled"]);
}

#[tokio::test]
async fn a_session_of_citizens_registered_a_moment_ago_is_recorded() {
    let (_, app) = behind().await;
    let citizens = [registered(&app, "YA0000001").await, registered(&app, "YA0000002").await];
    let mut body = service("");
    body.as_object_mut().unwrap().remove("citizen");
    body["citizens"] = json!(citizens);
    let done = app.carry_out(&admin(), key("k"), command("RecordGroupSession", body)).await.unwrap();
    assert_eq!(done.events, ["ServiceRecorded", "ServiceRecorded"]);
}

#[tokio::test]
async fn a_service_takes_the_place_of_one_voided_a_moment_ago() {
    let (_, app) = behind().await;
    let citizen = registered(&app, "YA0000001").await;
    let voided = carry(&app, "RecordService", service(&citizen)).await.unwrap().id;
    carry(&app, "VoidService", json!({"service": voided, "reason": "r"})).await.unwrap();
    let mut body = service(&citizen);
    body["refers_to"] = json!(voided);
    let done = carry(&app, "RecordService", body).await.unwrap();
    assert_ne!(done.id, voided);
}
