use std::time::Duration;

use traccia_domain::Position;
use traccia_tests::{Place, on_every_database};

use super::{Running, Written, happens, history, log, suspended};
use crate::{ReadError, Reading, held};

on_every_database! {
    a_reader_waits_for_its_own_write
    a_reader_of_another_process_waits_too
    nothing_is_read_beyond_the_checkpoint
    tables_that_nobody_has_built_are_not_ready_yet
    texts_sort_byte_by_byte
}

fn at_least(position: Position) -> Reading {
    Reading { min_position: Some(position), wait: Duration::from_secs(60), ..Reading::default() }
}

async fn a_reader_waits_for_its_own_write(place: Place) {
    let log = log().await;
    let written = Written::nothing(place);
    let running = Running::start(&log, &written.tables).await;
    let at = happens(&log, "p", vec![suspended("seen")]).await;
    let view = written.tables.view_at(at_least(at)).await.unwrap();
    let query = format!("select id, changes, reason, null from point p where {} and id = $2", held("p"));
    let row = view.row(query, &["p".into()]).await.unwrap().unwrap();
    assert_eq!(
        (row.text(0), row.integer(1), row.text_or_null(2), row.integer_or_null(3)),
        ("p", 1, Some("seen"), None)
    );
    running.stop().await;
}

async fn a_reader_of_another_process_waits_too(place: Place) {
    let log = log().await;
    let written = Written::nothing(place);
    let running = Running::start(&log, &written.tables).await;
    let elsewhere = written.elsewhere();
    let at = happens(&log, "p", vec![suspended("seen")]).await;
    assert_eq!(elsewhere.view_at(at_least(at)).await.unwrap().position, at);
    running.stop().await;
}

async fn nothing_is_read_beyond_the_checkpoint(place: Place) {
    let log = log().await;
    history(&log, 4).await;
    let written = Written::built(place, &log).await;
    let beyond = Reading { position: Some(Position(6)), ..Reading::default() };
    assert!(matches!(written.tables.view_at(beyond).await, Err(ReadError::NotYet { reached: Position(5) })));
    let before = Reading { position: Some(Position(2)), ..Reading::default() };
    assert_eq!(written.tables.view_at(before).await.unwrap().position, Position(2));
}

async fn tables_that_nobody_has_built_are_not_ready_yet(place: Place) {
    let missing = Written::nothing(place).tables.view_at(Reading::default()).await;
    assert!(matches!(missing, Err(ReadError::NotYet { reached: Position::START })));
}

async fn texts_sort_byte_by_byte(place: Place) {
    let log = log().await;
    for (point, reason) in ["b", "B", "ab", "a-b", "A"].into_iter().enumerate() {
        happens(&log, &format!("p-{point}"), vec![suspended(reason)]).await;
    }
    let written = Written::built(place, &log).await;
    let view = written.tables.view_at(Reading::default()).await.unwrap();
    let sorted = view
        .rows("select reason from point where $1 > 0 and reason > $2 order by reason", &["A".into()])
        .await
        .unwrap();
    assert_eq!(sorted.iter().map(|row| row.text(0)).collect::<Vec<_>>(), ["B", "a-b", "ab", "b"]);
}
