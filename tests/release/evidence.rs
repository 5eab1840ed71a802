//! What a claim freezes, and what cannot change it.

use super::*;

#[tokio::test]
async fn a_service_at_23_59_on_the_deadline_is_claimed_and_one_a_minute_later_is_not() {
    let programme = Programme::begun().await;
    for (document, when) in
        [("CA0000001", "2024-02-29 23:59"), ("CA0000002", "2024-03-01 00:00"), ("CA0000003", "2024-01-02 00:00")]
    {
        programme.serves(document, "p-1", "p-anna", when).await;
    }
    programme.reported("p", &["2024-01", "2024-02", "2024-03"], "2024-04-05").await;
    assert_eq!(programme.claims("p", "M1").await["count"], 2);
    assert_eq!(programme.claims("p", "M2").await["count"], 3);
}

#[tokio::test]
async fn a_record_erased_after_it_was_claimed_stays_in_the_list_and_costs_nothing() {
    let (programme, served) = Programme::paid().await;
    let before = programme.milestone("p", "M1").await;
    let erase = json!({"citizen": served[0].citizen, "legal_basis": "art. 17"});
    programme.house.done("EraseRecord", erase).await;
    assert_eq!(programme.milestone("p", "M1").await, before);
    assert_eq!(before["state"], "certified");
    assert_eq!((programme.exposures("p").await, programme.counted("p").await), (Vec::new(), json!(3)));
    programme.pays("p", "T1").await;
}
