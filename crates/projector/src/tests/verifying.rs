use traccia_domain::Position;

use super::{Place, Small, happens, history, log, suspended};
use crate::{Verified, verify};

/// Tables of a small history, tampered with, and what a verification says.
async fn verified(tamper: Option<&'static str>, up_to: Option<Position>) -> Verified {
    let log = log().await;
    history(&log, 30).await;
    let place = Place::built(&log).await;
    if let Some(sql) = tamper {
        place.tamper(sql).await;
    }
    let verified = verify::<Small, _>(&log, &place.tables, up_to, |_| {}).await.unwrap();
    let left = std::fs::read_dir(place.folder.path()).unwrap();
    assert!(left.into_iter().all(|file| !file.unwrap().path().to_string_lossy().contains("verifying")));
    verified
}

fn only(verified: &Verified) -> String {
    assert!(!verified.holds());
    assert_eq!(verified.differences.len(), 1);
    verified.differences[0].to_string()
}

#[tokio::test]
async fn untouched_tables_hold_now_and_at_every_position() {
    let now = verified(None, None).await;
    assert!(now.holds(), "{now:?}");
    assert_eq!(now.position, Position(31));
    assert!(now.tables.iter().all(|table| table.rows > 20), "{now:?}");
    for position in [1, 8, 30].map(Position) {
        let then = verified(None, Some(position)).await;
        assert!(then.holds(), "{then:?}");
    }
}

#[tokio::test]
async fn an_edited_row_is_named_with_what_it_should_be() {
    let found = verified(Some("update point set reason = 'forged' where \"since\" = 2"), None).await;
    assert_eq!(only(&found), "point 1/2: reason is forged, should be 0;");
    assert_eq!((found.tables[0].missing, found.tables[0].unexpected), (1, 1));
}

#[tokio::test]
async fn a_deleted_row_is_missing() {
    let found = verified(Some("delete from deed where \"position\" = 3"), None).await;
    assert!(only(&found).starts_with("deed 3/0: recorded_at is no row, should be 2023-11-14T"), "{}", only(&found));
    assert_eq!((found.tables[1].missing, found.tables[1].unexpected), (1, 0));
}

#[tokio::test]
async fn an_added_row_is_unexpected() {
    let found = verified(Some("insert into deed values (3, 9, 'now', 'paid')"), None).await;
    assert_eq!(only(&found), "deed 3/9: recorded_at is now, should be no row; event is paid, should be no row;");
}

#[tokio::test]
async fn an_edited_end_is_a_difference_unless_it_came_later() {
    let forged = "update point set \"until\" = 5 where \"key\" = 1 and \"since\" = 2";
    assert!(only(&verified(Some(forged), None).await).contains("until is 5"));
    assert!(verified(Some(forged), Some(Position(2))).await.holds());
}

#[tokio::test]
async fn tables_that_go_on_meanwhile_are_compared_as_they_were() {
    let log = log().await;
    history(&log, 10).await;
    let place = Place::built(&log).await;
    happens(&log, "p-1", vec![suspended("later")]).await;
    let verified = verify::<Small, _>(&log, &place.tables, None, |_| {}).await.unwrap();
    assert!(verified.holds(), "{verified:?}");
    assert_eq!(verified.position, Position(11));
}
