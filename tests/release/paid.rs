//! A tranche is paid once, whoever asks and whatever the bank says; and no act takes back what was.

use super::*;

#[tokio::test]
async fn an_order_that_the_bank_returns_is_given_again_and_paid_once() {
    let (programme, _) = Programme::certified().await;
    assert_eq!((programme.authorised("T2").await, programme.ordered("T2").await), (done(), done()));
    let first = programme.tranche("T2").await["order"]["order"].clone();
    assert_eq!(programme.ordered("T2").await, refused(409, "WrongState"), "the bank has not answered");
    let returned = json!({"reason": "conto chiuso"});
    assert_eq!(programme.treasurer("anna", "FailPayment", "T2", returned).await, done());
    assert_eq!(programme.tranche("T2").await["state"], "failed");
    let receipt = json!({"paid_on": "2024-06-01", "reference": "TRN 1"});
    let unordered = programme.treasurer("anna", "ConfirmPayment", "T2", receipt.clone()).await;
    assert_eq!(unordered, refused(409, "WrongState"));
    assert_eq!(programme.ordered("T2").await, done());
    let again = programme.tranche("T2").await["order"]["order"].clone();
    assert!(again.is_string() && again == first, "{again} {first}: the bank would know it");
    assert_eq!(programme.treasurer("anna", "ConfirmPayment", "T2", receipt).await, done());
    assert_eq!(programme.ordered("T2").await, refused(409, "AlreadyPaid"));
    let log = programme.house.get(&programme.house.admin(), "/v1/log?stream=money.p").await.text;
    assert_eq!(log.matches("PaymentConfirmed").count() + log.matches("payment_confirmed").count(), 1, "{log}");
}

#[tokio::test]
async fn of_two_operators_who_authorise_at_once_one_does() {
    let (programme, _) = Programme::certified().await;
    let asks = |name: &'static str| programme.treasurer(name, "AuthoriseTranche", "T2", json!({}));
    let answers = tokio::join!(asks("anna"), asks("bruno"));
    let mut answers = [answers.0, answers.1];
    answers.sort();
    assert_eq!(answers, [done(), refused(409, "AlreadyAuthorised")]);
    let tranche = programme.tranche("T2").await;
    assert_eq!((&tranche["state"], &tranche["amount"]), (&json!("authorised"), &json!("250.00")));
}

#[tokio::test]
async fn targets_revised_after_a_certificate_change_neither_it_nor_what_was_paid() {
    let (programme, _) = Programme::paid().await;
    let leaves = |award: &str, points: u32, citizens: u32| {
        json!({"programme": "prog", "act": "D.d.u.o. 7", "effective_on": "2024-02-01", "reserve": "riserva",
            "projects": [{"project": "p", "award": award, "points": points, "citizens": citizens, "services": 8}]})
    };
    for (award, points, citizens, field) in
        [("249.99", 2, 4, "award"), ("1000.00", 1, 4, "points"), ("1000.00", 2, 2, "citizens")]
    {
        let body = leaves(award, points, citizens);
        let refusal = programme.asks("rita", Role::Region, "AdoptRedistribution", body).await;
        assert_eq!((refusal.status.as_u16(), &refusal.body["code"]), (422, &json!("Invalid")), "{}", refusal.text);
        assert_eq!(refusal.body["errors"][0]["pointer"], format!("/projects/0/{field}"), "{}", refusal.text);
    }
    let before = [programme.milestone("p", "M1").await, programme.tranche("T2").await];
    programme.does("rita", Role::Region, "AdoptRedistribution", leaves("800.00", 2, 3)).await;
    let after = [programme.milestone("p", "M1").await, programme.tranche("T2").await];
    assert_eq!(before[0]["certificate"], after[0]["certificate"]);
    assert_eq!((&before[1]["amount"], &before[1]["evidence"]), (&after[1]["amount"], &after[1]["evidence"]));
    assert_eq!(programme.exposures("p").await, [""; 0]);
    // 550.00 are left for a tenth and 65 hundredths.
    let planned = [programme.tranche("T1").await, programme.tranche("T3").await].map(|t| t["planned"].clone());
    assert_eq!(planned, [json!("73.33"), json!("476.67")]);
    assert_eq!(programme.milestone("p", "M2").await["citizens"]["needed"], 3);
}
