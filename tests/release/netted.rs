//! What is netted is told on the tranche that takes it, and taken once.

use super::*;

const NETTED: &str = "/v1/exposures?project=p&state=netted";

#[tokio::test]
async fn what_is_netted_is_told_on_the_next_tranche_alone_and_taken_by_it() {
    let (programme, served) = Programme::paid().await;
    programme.serves("CA0000004", "p-1", "p-anna", "2024-03-05").await;
    programme.reported("p", &["2024-03"], "2024-04-10").await;
    programme.links(&served[0], &served[1]).await;
    programme.certifies("p", "M2", 3).await;
    let exposure = programme.exposure().await;
    for id in ["T1", "T3"] {
        let blocked = programme.tranche(id).await;
        assert_eq!(blocked["undecided_exposure"], exposure, "{blocked}");
    }
    let decide = json!({"project": "p", "exposure": exposure, "decision": "net", "act": "D.d. 9"});
    programme.does("anna", Role::Treasurer, "DecideExposure", decide).await;
    let told = async |id: &str| {
        let tranche = programme.tranche(id).await;
        let nets = tranche["entries"].as_array().unwrap().iter().filter(|entry| entry["code"] == "NETTING");
        let nets: Vec<Value> = nets.map(|entry| entry["amount"].clone()).collect();
        json!([tranche["amount"], nets, tranche["waits_for"]])
    };
    let (first, third) = (json!(["16.66", ["-83.34"], null]), told("T3").await);
    assert_eq!(told("T1").await, first);
    assert_eq!((&third[1], &third[2]), (&json!([]), &json!("T1")), "{third}");
    let netted = programme.house.read(NETTED).await["items"][0].clone();
    assert_eq!((&netted["decided"]["by"], &netted["decided"]["role"]), (&json!("anna"), &json!("treasurer")));
    assert_eq!(netted["taken"], Value::Null, "{netted}");

    programme.pays("p", "T1").await;
    assert_eq!(told("T1").await, first);
    assert_eq!(told("T3").await, json!([third[0], [], null]), "it waits for nobody");
    programme.pays("p", "T3").await;
    assert_eq!(told("T3").await, json!([third[0], [], null]));
    let netted = programme.house.read(NETTED).await["items"][0].clone();
    assert_eq!(netted["taken"], json!([{"tranche": "T1", "amount": "83.34"}]), "taken once");
    assert_eq!(netted["settled"], "83.34");
}
