//! What somebody has done to the files by hand is said, in words that help.

use axum::{body::Body, http::Request};
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::house::{House, citizen, network, service};

/// Does something to a file of the installation, as with a tool.
async fn by_hand(house: &House, file: &str, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(house.folder.path().join(file));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_table_that_was_dropped_is_missed_before_a_question_needs_it() {
    let house = House::start().await;
    network(&house).await;
    house.caught_up().await;
    let ready = || house.send(Request::get("/readyz").body(Body::empty()).unwrap());
    assert_eq!(ready().await.status.as_u16(), 200);
    by_hand(&house, "tables.db", "drop table unit").await;
    let answer = ready().await;
    assert_eq!((answer.status.as_u16(), &answer.body["ready"]), (503, &json!(false)), "{}", answer.text);
    assert!(answer.body["why"].as_str().unwrap().contains("traccia rebuild"), "{}", answer.text);
}

/// An older copy of the keys lacks those of later records; a document presented again would draw another.
#[tokio::test]
async fn keys_that_are_not_the_logs_are_said_to_be_that() {
    let house = House::start().await;
    network(&house).await;
    let citizen = citizen(&house, "CA1234567").await;
    by_hand(&house, "record-keys.db", "update record_keys set key = randomblob(32)").await;
    let answer = house.command(&house.admin(), "RecordService", service(&citizen, "2024-03-01")).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (500, &json!("RecordKeyMismatch")), "{}", answer.text);
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains("put back the store that belongs to this log"), "{detail}");
}
