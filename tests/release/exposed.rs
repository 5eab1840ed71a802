//! What money no longer rests on after it left, case by case.

use super::*;

#[tokio::test]
async fn a_merge_after_payment_is_an_exposure_and_the_break_of_that_link_closes_it() {
    let (programme, served) = Programme::paid().await;
    programme.links(&served[0], &served[1]).await;
    assert_eq!(programme.exposures("p").await, ["T2 83.34 open 1/0=83.34"]);
    assert_eq!(programme.milestone("p", "M1").await["state"], "restated");
    assert_eq!(programme.authorised("T1").await, refused(422, "ExposureUndecided"), "nor does any other money leave");
    programme.breaks(&served[0], &served[1]).await;
    assert_eq!(programme.exposures("p").await, ["T2 0.00 closed 1/0=83.34 -1/0=-83.34"]);
    assert_eq!(programme.milestone("p", "M1").await["state"], "certified");
    programme.pays("p", "T1").await;
}

#[tokio::test]
async fn of_two_claimed_persons_who_are_one_the_earlier_claim_keeps_the_unit() {
    let (programme, served) = Programme::paid().await;
    let mut others = Vec::new();
    for document in ["CA0000011", "CA0000012", "CA0000013"] {
        others.push(programme.serves(document, "q-1", "q-anna", "2024-01-09").await);
    }
    programme.reported("q", &["2024-01", "2024-02"], "2024-03-10").await;
    programme.certifies("q", "M1", 3).await;
    programme.pays("q", "T2").await;
    // The service in q came first: the claim of p did.
    programme.links(&served[0], &others[0]).await;
    assert_eq!(programme.exposures("p").await, [""; 0]);
    assert_eq!(programme.exposures("q").await, ["T2 83.34 open 1/0=83.34"]);
    assert_eq!((programme.counted("p").await, programme.counted("q").await), (json!(3), json!(2)));
    programme.breaks(&served[0], &others[0]).await;
    assert_eq!(programme.exposures("q").await, ["T2 0.00 closed 1/0=83.34 -1/0=-83.34"]);
    assert_eq!((programme.counted("p").await, programme.counted("q").await), (json!(3), json!(3)));
}

#[tokio::test]
async fn a_void_of_a_persons_only_service_after_payment_is_an_exposure() {
    let (programme, served) = Programme::paid().await;
    programme.voids(&served[2]).await;
    assert_eq!(programme.exposures("p").await, ["T2 83.34 open 1/0=83.34"]);
    assert_eq!(programme.counted("p").await, 2);
    // A citizen who was not in the list does not fill the gap.
    programme.serves("CA0000009", "p-1", "p-anna", "2024-02-01").await;
    assert_eq!(programme.counted("p").await, 3);
    assert_eq!(programme.exposures("p").await, ["T2 83.34 open 1/0=83.34"]);
}

#[tokio::test]
async fn a_void_of_a_claimed_service_leaves_the_person_to_the_project_where_another_qualifies() {
    let (programme, served) = Programme::paid().await;
    programme.serves_again(&served[0].citizen, "q-1", "q-anna", "2024-01-05").await;
    assert_eq!((programme.counted("p").await, programme.counted("q").await), (json!(3), json!(0)), "claimed by p");
    programme.voids(&served[0]).await;
    assert_eq!((programme.counted("p").await, programme.counted("q").await), (json!(2), json!(1)));
    assert_eq!(programme.exposures("p").await, ["T2 83.34 open 1/0=83.34"]);
    assert_eq!(programme.exposures("q").await, [""; 0]);
}

#[tokio::test]
async fn a_void_of_a_claimed_service_loses_nothing_where_the_project_has_another() {
    let (programme, served) = Programme::certified().await;
    programme.serves_again(&served[0].citizen, "p-1", "p-anna", "2024-01-20").await;
    // What a report did not know when it was submitted is no service of it: the next one takes it in.
    programme.reported("p", &["2024-03"], "2024-04-05").await;
    programme.pays("p", "T2").await;
    programme.voids(&served[0]).await;
    assert_eq!(programme.exposures("p").await, [""; 0]);
    assert_eq!(programme.counted("p").await, 3);
}

#[tokio::test]
async fn a_point_closed_between_claim_and_payment_holds_the_payment_back() {
    let (programme, _) = Programme::certified().await;
    assert_eq!(programme.authorised("T2").await, done());
    let close = json!({"point": "p-2", "on": "2024-02-15", "reason": "locali non agibili"});
    programme.house.done("ClosePoint", close).await;
    assert_eq!(programme.exposures("p").await, ["T2 125.00 open 0/1=125.00"], "one of two points");
    assert_eq!(programme.ordered("T2").await, refused(422, "ExposureUndecided"));
    let exposure = programme.exposure().await;
    let decide = json!({"project": "p", "exposure": exposure, "decision": "waive", "act": "D.d. 9"});
    programme.does("bruno", Role::Treasurer, "DecideExposure", decide).await;
    assert_eq!(programme.ordered("T2").await, done());
}

#[tokio::test]
async fn a_facilitator_found_to_be_a_volunteer_after_payment_is_an_exposure() {
    let (programme, _) = Programme::paid().await;
    programme.house.done("EnrolFacilitator", enrol("p", "p-vito", "scd_volunteer")).await;
    assert_eq!(programme.exposures("p").await, ["T2 83.34 open 1/0=83.34"]);
    assert_eq!(programme.counted("p").await, 2);
    programme.house.done("EnrolFacilitator", enrol("p", "p-vito", "facilitator")).await;
    assert_eq!(programme.exposures("p").await, ["T2 0.00 closed 1/0=83.34 -1/0=-83.34"]);
}
