use std::time::Duration;

use traccia_domain::Position;

use super::{Place, Running, happens, history, log, suspended};
use crate::{ReadError, Reading, Tables, held};

fn at_least(position: Position) -> Reading {
    Reading { min_position: Some(position), wait: Duration::from_secs(60), ..Reading::default() }
}

#[tokio::test]
async fn a_reader_waits_for_its_own_write() {
    let log = log().await;
    let place = Place::new();
    let running = Running::start(&log, &place.tables).await;
    let written = happens(&log, "p", vec![suspended("seen")]).await;
    let view = place.tables.view_at(at_least(written)).await.unwrap();
    let query = format!("select id, changes, reason, null from point p where {} and id = $2", held("p"));
    let row = view.row(query, &["p".into()]).await.unwrap().unwrap();
    assert_eq!(
        (row.text(0), row.integer(1), row.text_or_null(2), row.integer_or_null(3)),
        ("p", 1, Some("seen"), None)
    );
    running.stop().await;
}

#[tokio::test]
async fn a_reader_of_another_process_waits_too() {
    let log = log().await;
    let place = Place::new();
    let running = Running::start(&log, &place.tables).await;
    let elsewhere = Tables::open_sqlite(place.path());
    let written = happens(&log, "p", vec![suspended("seen")]).await;
    assert_eq!(elsewhere.view_at(at_least(written)).await.unwrap().position, written);
    running.stop().await;
}

#[tokio::test]
async fn nothing_is_read_beyond_the_checkpoint() {
    let log = log().await;
    history(&log, 4).await;
    let place = Place::built(&log).await;
    let beyond = Reading { position: Some(Position(6)), ..Reading::default() };
    assert!(matches!(place.tables.view_at(beyond).await, Err(ReadError::NotYet { reached: Position(5) })));
    let before = Reading { position: Some(Position(2)), ..Reading::default() };
    assert_eq!(place.tables.view_at(before).await.unwrap().position, Position(2));
}

#[tokio::test]
async fn tables_that_nobody_has_built_are_not_ready_yet() {
    let missing = Place::new().tables.view_at(Reading::default()).await;
    assert!(matches!(missing, Err(ReadError::NotYet { reached: Position::START })));
}
