use traccia_domain::Position;
use traccia_tests::{Place, on_every_database};

use super::{Small, Written, happens, history, log, suspended};
use crate::{Verified, verify};

on_every_database! {
    untouched_tables_hold_now_and_at_every_position
    an_edited_row_is_named_with_what_it_should_be
    a_deleted_row_is_missing
    an_added_row_is_unexpected
    an_edited_end_is_a_difference_unless_it_came_later
    an_end_ahead_of_the_tables_did_not_come_later
    a_row_ahead_of_the_tables_is_unexpected
    an_edited_instant_of_the_checkpoint_is_a_difference
    tables_that_go_on_meanwhile_are_compared_as_they_were
}

/// Tables of a small history, tampered with, and what a verification says of them at each position.
async fn verified<const N: usize>(
    place: Place,
    tamper: Option<&'static str>,
    up_to: [Option<Position>; N],
) -> [Verified; N] {
    let log = log().await;
    history(&log, 30).await;
    let written = Written::built(place, &log).await;
    if let Some(sql) = tamper {
        written.tamper(sql).await;
    }
    let mut found = Vec::new();
    for up_to in up_to {
        found.push(verify::<Small, _>(&log, &written.tables, up_to, |_| {}).await.unwrap());
        assert_eq!(written.generations().await.len(), 1, "it leaves nothing behind");
    }
    found.try_into().unwrap()
}

fn only(verified: &Verified) -> String {
    assert!(!verified.holds());
    assert_eq!(verified.differences.len(), 1);
    verified.differences[0].to_string()
}

async fn untouched_tables_hold_now_and_at_every_position(place: Place) {
    let positions = [None, Some(1), Some(8), Some(30)].map(|position| position.map(Position));
    let found = verified(place, None, positions).await;
    assert!(found.iter().all(Verified::holds), "{found:?}");
    assert_eq!(found[0].position, Position(31));
    assert!(found[0].tables.iter().all(|table| table.rows > 20), "{found:?}");
}

async fn an_edited_row_is_named_with_what_it_should_be(place: Place) {
    let [found] = verified(place, Some("update point set reason = 'forged' where \"since\" = 2"), [None]).await;
    assert_eq!(only(&found), "point 1/2: reason is forged, should be 0;");
    assert_eq!((found.tables[0].missing, found.tables[0].unexpected), (1, 1));
}

async fn a_deleted_row_is_missing(place: Place) {
    let [found] = verified(place, Some("delete from deed where \"position\" = 3"), [None]).await;
    assert!(only(&found).starts_with("deed 3/0: recorded_at is no row, should be 2023-11-14T"), "{}", only(&found));
    assert_eq!((found.tables[1].missing, found.tables[1].unexpected), (1, 0));
}

async fn an_added_row_is_unexpected(place: Place) {
    let [found] = verified(place, Some("insert into deed values (3, 9, 'now', 'paid')"), [None]).await;
    assert_eq!(only(&found), "deed 3/9: recorded_at is now, should be no row; event is paid, should be no row;");
}

async fn an_edited_end_is_a_difference_unless_it_came_later(place: Place) {
    let forged = "update point set \"until\" = 5 where \"key\" = 1 and \"since\" = 2";
    let [now, then] = verified(place, Some(forged), [None, Some(Position(2))]).await;
    assert!(only(&now).contains("until is 5"));
    assert!(then.holds());
}

async fn an_end_ahead_of_the_tables_did_not_come_later(place: Place) {
    let ends =
        "update point set \"until\" = 999 where \"since\" = (select min(\"since\") from point where \"until\" is null)";
    let [now, then] = verified(place, Some(ends), [None, Some(Position(30))]).await;
    assert!(only(&now).contains("until is 999, should be null"), "{}", only(&now));
    assert!(!then.holds(), "whoever asked when: the tables have not come so far");
}

async fn a_row_ahead_of_the_tables_is_unexpected(place: Place) {
    let [found] = verified(place, Some("insert into deed values (999, 0, 'now', 'paid')"), [None]).await;
    assert!(only(&found).starts_with("deed 999/0: recorded_at is now, should be no row"), "{}", only(&found));
}

async fn an_edited_instant_of_the_checkpoint_is_a_difference(place: Place) {
    let table = match place {
        Place::Folder(_) => "update checkpoint set recorded_at = '2000-01-01T00:00:00Z'",
        Place::Postgres(_) => "update traccia.installation set recorded_at = '2000-01-01T00:00:00Z'",
    };
    let [now, then] = verified(place, Some(table), [None, Some(Position(8))]).await;
    assert!(only(&now).starts_with("checkpoint 31/0: recorded_at is 2000-01-01T00:00:00Z, should be 20"), "{now:?}");
    assert!(then.holds(), "{then:?}");
}

async fn tables_that_go_on_meanwhile_are_compared_as_they_were(place: Place) {
    let log = log().await;
    history(&log, 10).await;
    let written = Written::built(place, &log).await;
    happens(&log, "p-1", vec![suspended("later")]).await;
    let verified = verify::<Small, _>(&log, &written.tables, None, |_| {}).await.unwrap();
    assert!(verified.holds(), "{verified:?}");
    assert_eq!(verified.position, Position(11));
}

/// What a file can suffer that no query shows; why it is not verified.
async fn refused(tamper: &'static str) -> String {
    let log = log().await;
    history(&log, 30).await;
    let written = Written::built(Place::sqlite().unwrap(), &log).await;
    written.tamper(tamper).await;
    let refused = verify::<Small, _>(&log, &written.tables, None, |_| {}).await.unwrap_err();
    crate::error::chain(&refused)
}

#[tokio::test]
async fn an_index_that_has_lost_a_row_is_found() {
    let said = refused(
        "pragma writable_schema = on;
         update sqlite_master set sql = replace(sql, '(\"id\")', '(\"reason\")') where name = 'point.id'",
    )
    .await;
    assert!(said.contains("missing from index point.id") && said.contains("traccia rebuild"), "{said}");
}

#[tokio::test]
async fn a_declaration_that_was_changed_is_found() {
    for tamper in [
        "pragma writable_schema = on; update sqlite_master set sql = replace(sql, ' text', ' tezt') where name = 'deed'",
        "drop index \"point.id\"",
    ] {
        let said = refused(tamper).await;
        assert!(said.contains("declared") || said.contains("missing, or not ours"), "{tamper}: {said}");
        assert!(said.contains("traccia rebuild"), "{said}");
    }
}

#[tokio::test]
async fn tables_with_two_checkpoints_are_refused() {
    let said = refused("insert into checkpoint select epoch, 999, hash, version, recorded_at from checkpoint").await;
    assert!(said.contains("do not have one checkpoint"), "{said}");
}
