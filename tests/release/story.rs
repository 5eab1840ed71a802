//! From the first citizen to the last tranche, and what a link takes back.

use super::*;
use crate::program::ran;

#[tokio::test]
async fn public_money_is_released_on_evidence_and_a_link_takes_back_what_it_took() {
    let programme = Programme::begun().await;
    assert_eq!(programme.authorised("T2").await, refused(422, "NotCertified"));
    let ada = programme.serves("CA0000001", "p-1", "p-anna", "2024-01-10").await;
    let bea = programme.serves("CA0000002", "p-1", "p-anna", "2024-01-11").await;
    programme.serves("CA0000003", "p-1", "p-vito", "2024-02-12").await;
    // January is not reported yet: of February, three citizens would be two too few.
    programme.reported("p", &["2024-02"], "2024-03-10").await;
    certified_on_what_was_frozen(&programme).await;
    release_the_second(&programme).await;

    let before = programme.links(&ada, &bea).await - 1;
    assert_eq!(programme.exposures("p").await, ["T2 83.34 open 1/0=83.34"]);
    programme.serves("CA0000004", "p-1", "p-anna", "2024-03-05").await;
    programme.reported("p", &["2024-03"], "2024-04-10").await;
    programme.certifies("p", "M2", 3).await;
    assert_eq!(programme.authorised("T3").await, refused(422, "ExposureUndecided"));
    let exposure = programme.exposure().await;
    let decide = json!({"project": "p", "exposure": exposure, "decision": "net", "act": "D.d. 9"});
    programme.does("anna", Role::Treasurer, "DecideExposure", decide).await;
    programme.pays("p", "T3").await;
    let third = programme.tranche("T3").await;
    let lines: Vec<_> =
        third["entries"].as_array().unwrap().iter().map(|entry| json!([entry["code"], entry["amount"]])).collect();
    assert_eq!(lines, [json!(["REDUCTION", "-162.50"]), json!(["NETTING", "-83.34"])], "{third}");
    assert_eq!((&third["amount"], &third["state"]), (&json!("404.16"), &json!("paid")));

    // What was decided stays when the two are two again: the citizens are back, and no money goes twice.
    programme.breaks(&ada, &bea).await;
    assert_eq!(programme.exposures("p").await, ["T2 83.34 netted 1/0=83.34"]);
    assert_eq!(programme.counted("p").await, 4);
    let then = programme.house.read(&format!("/v1/exposures?project=p&known_at={before}")).await;
    assert_eq!(then["items"], json!([]), "nobody knew of it then");
    let then = programme.house.read(&format!("/v1/tranches?project=p&known_at={before}")).await;
    let states: Vec<_> = then["items"].as_array().unwrap().iter().map(|tranche| tranche["state"].clone()).collect();
    assert_eq!(states, ["due", "paid", "locked"]);

    let Programme { mut house } = programme;
    house.caught_up().await;
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    drop(house);
    ran(&["verify", "--data", folder.path().to_str().unwrap()]);
}

/// M1 on three citizens: claimed by one, certified by another with the very list, and looked at.
async fn certified_on_what_was_frozen(programme: &Programme) {
    programme.reported("p", &["2024-01"], "2024-03-11").await;
    let claim = programme.claims("p", "M1").await;
    assert_eq!(claim["count"], 3, "{claim}");
    assert_eq!(programme.authorised("T2").await, refused(422, "NotCertified"), "claimed is not certified");
    let certify = |count: u32, root: &str| json!({"project": "p", "milestone": "M1", "count": count, "root": root});
    let root = claim["root"].as_str().unwrap();
    for (count, root) in [(4, root), (3, "0".repeat(64).as_str())] {
        let wrong = programme.asks("rita", Role::Region, "CertifyMilestone", certify(count, root)).await;
        assert_eq!(wrong.body["code"], "CertificateMismatch", "{}", wrong.text);
    }
    programme.does("rita", Role::Region, "CertifyMilestone", certify(3, root)).await;
    let draw = json!({"project": "p", "milestone": "M1", "public_value": "11 22 33", "size": 2});
    programme.does("rita", Role::Region, "DrawSample", draw).await;
    let units = programme.milestone("p", "M1").await["sample"].clone();
    let unit = units["units"].as_array().unwrap_or_else(|| panic!("{units}"))[0].clone();
    let unit = unit.get("unit").unwrap_or(&unit);
    let found = json!({"project": "p", "milestone": "M1", "unit": unit, "finding": "confirmed"});
    programme.does("rita", Role::Region, "RecordFinding", found).await;
}

/// T2 by two persons: not while a month is missing, not by one of them alone, and once.
async fn release_the_second(programme: &Programme) {
    let reopen = json!({"project": "p", "month": "2024-01", "reason": "da completare"});
    programme.does("rita", Role::Region, "ReopenReport", reopen).await;
    assert_eq!(programme.authorised("T2").await, refused(422, "ReportsMissing"));
    programme.reported("p", &["2024-01"], "2024-03-12").await;
    assert_eq!(programme.authorised("T2").await, done());
    let alone = programme.treasurer("anna", "OrderPayment", "T2", json!({"iban": IBAN})).await;
    assert_eq!(alone, refused(422, "SameActor"));
    assert_eq!(programme.ordered("T2").await, done());
    let receipt = json!({"paid_on": "2024-06-01", "reference": "TRN 1"});
    assert_eq!(programme.treasurer("bruno", "ConfirmPayment", "T2", receipt.clone()).await, done());
    assert_eq!(programme.treasurer("bruno", "ConfirmPayment", "T2", receipt).await, refused(409, "AlreadyPaid"));
    assert_eq!(programme.tranche("T2").await["amount"], "250.00");
}
