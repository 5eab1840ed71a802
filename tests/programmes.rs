//! Programmes are data: two Regions' plans go in as printed, and what does not add up is named.

use serde_json::{Value, json};

use crate::house::{House, programme, project};

#[tokio::test]
async fn both_plans_are_taken_as_printed() {
    let house = House::start().await;
    for name in ["lombardia", "toscana"] {
        house.done("DefineProgramme", programme(name)).await;
    }
    let lombardia = house.read("/v1/programmes/lombardia").await;
    assert_eq!(lombardia["definition"]["award"], "18658505.00");
    let named: Vec<&str> =
        lombardia["differences"].as_array().unwrap().iter().filter_map(|d| d["name"].as_str()).collect();
    assert!(named.contains(&"provinces.award"), "{named:?}");
    assert_eq!(
        named.len(),
        16,
        "the sums of award, points, services, citizens by semester, and nine provinces: {named:?}"
    );
    let award = lombardia["differences"].as_array().unwrap().iter().find(|d| d["name"] == "provinces.award").unwrap();
    assert_eq!(award["difference"], "0.01", "the provinces' awards sum to a cent more");
    let toscana = house.read("/v1/programmes/toscana").await;
    assert_eq!(toscana["differences"], json!([]));
    assert_eq!(house.read("/v1/programmes").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn gates_release_money_and_monitoring_targets_stand_beside_them() {
    let house = House::start().await;
    house.done("DefineProgramme", programme("lombardia")).await;
    let targets = house.read("/v1/targets?programme=lombardia&by=programme&on=2023-12-31").await;
    let row = &targets["items"][0];
    assert_eq!(row["gates"][0]["citizens_needed"], 85_386, "25 % of 341,544, rounded up: {row}");
    assert_eq!(row["monitoring"]["citizens"], 80_000, "what the table says for the same day: {row}");
}

#[tokio::test]
async fn an_approval_fixes_the_tranches_to_the_cent() {
    let house = House::start().await;
    project(&house).await;
    let project = house.read("/v1/projects/rete-milano").await;
    let amounts: Vec<&str> = project["application"]["tranches"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|tranche| tranche["amount"].as_str())
        .collect();
    assert_eq!(amounts, ["44005.91", "110014.78", "132017.73", "145219.50", "8801.18"], "{project}");
}

#[tokio::test]
async fn a_programme_that_contradicts_itself_is_refused_with_the_field_named() {
    let house = House::start().await;
    let refused = async |pointer: &str, change: &dyn Fn(&mut Value)| {
        let mut programme = programme("lombardia");
        change(&mut programme);
        let answer = house.command(&house.admin(), "DefineProgramme", programme).await;
        assert!(answer.status.is_client_error(), "{}", answer.text);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.text);
    };
    refused("/tranches", &|programme| programme["tranches"][0]["share"] = json!("0.11")).await;
    refused("/currency", &|programme| programme["currency"] = json!("USD")).await;
    refused("/award", &|programme| programme["award"] = json!("-1.00")).await;
    refused("/tranches/1/trigger", &|programme| programme["tranches"][1]["trigger"] = json!("M9")).await;
}
