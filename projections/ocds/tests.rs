use serde_json::{Value as Json, json};
use traccia_tests::{Place, on_every_database};

use super::queries::package;
use crate::{
    answer::{KnownAt, Paging},
    milestones::queries::milestones,
    tranches::queries::{TrancheFilter, tranches},
    written::{FACILITATION, Written},
};

on_every_database! {
    every_number_is_one_that_tranches_or_milestones_say
    a_milestone_is_met_only_by_its_certificate
    bodies_are_named_and_persons_are_not
}

async fn told(written: &Written, position: u64) -> Json {
    let package = package(&written.at(position).await, &"p".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(package.position.0, position);
    serde_json::to_value(package.body).unwrap()
}

/// Project `a` is paid both tranches, the second on half of what M1 needs, and gives a part of it back.
async fn paid(place: Place) -> Written {
    let mut written = Written::network(place).await;
    written.schedule("a").await;
    for number in 0..4 {
        written.register(number).await;
        written.serve(number, number, "a-1", "f-a-1", "2024-05-10", FACILITATION).await;
    }
    written.report("a", "2024-05", "2024-06-10").await;
    written.claim("a").await;
    let claim = written.head().await;
    written.certify("a", claim, 4, &"0".repeat(64)).await;
    written.order("a", "T1", "100.00").await;
    written.paid("a", "T1").await;
    written.authorise_half("a", claim).await;
    written.order_half("a").await;
    written.pay_half("a").await;
    written.recovered("a", "T2", "112.50", "12.50").await;
    let more = json!({"exposure": "T2-1", "tranche": "T2", "received_on": "2025-02-15", "amount": "20.00"});
    written.of_money("a", "recovery_recorded", more).await;
    written.write().await;
    written
}

fn cents(amount: &Json) -> i64 {
    let text = amount.to_string().replace('"', "");
    let (whole, part) = text.split_once('.').unwrap();
    format!("{whole}{part:0<2}").parse().unwrap()
}

async fn every_number_is_one_that_tranches_or_milestones_say(place: Place) {
    let written = paid(place).await;
    let mut seen = Vec::new();
    for position in 2..=written.head().await {
        let reader = written.at(position).await;
        let programme = "p".parse().unwrap();
        if package(&reader, &programme).await.unwrap().is_none() {
            continue;
        }
        let package = told(&written, position).await;
        let of_p = TrancheFilter { programme: Some(programme.clone()), ..TrancheFilter::default() };
        let tranches = json!(tranches(&reader, &of_p, &Paging::default()).await.unwrap().body.items);
        let milestones =
            json!(milestones(&reader, Some(&programme), None, &Paging::default()).await.unwrap().body.items);
        for release in package["releases"].as_array().unwrap() {
            let contract = &release["contracts"][0];
            let own = |list: &Json| -> Vec<Json> {
                let own = list.as_array().unwrap().iter().filter(|one| one["project"] == contract["id"]);
                own.cloned().collect()
            };
            let planned: i64 = own(&tranches).iter().map(|tranche| cents(&tranche["planned"])).sum();
            if planned > 0 {
                assert_eq!(cents(&contract["value"]["amount"]), planned, "the tranches sum to the award");
            }
            let of_tranche = |tranche: &Json| {
                let order = &tranche["order"];
                let paid = if order["paid_on"].is_null() { 0 } else { cents(&order["amount"]) };
                let entries = tranche["entries"].as_array().unwrap().iter();
                let back = entries.filter(|entry| entry["code"] == "RECOVERY").map(|entry| cents(&entry["amount"]));
                paid + back.sum::<i64>()
            };
            let transactions = contract["implementation"]["transactions"].as_array().unwrap();
            let given = |one: &Json| if one["payer"] == release["buyer"] { 1 } else { -1 };
            let sum: i64 = transactions.iter().map(|one| given(one) * cents(&one["value"]["amount"])).sum();
            assert_eq!(sum, own(&tranches).iter().map(of_tranche).sum::<i64>(), "at {position}");
            let given = contract["implementation"]["milestones"].as_array().unwrap();
            let days = |list: &[Json], field: &str| -> Vec<(Json, String)> {
                let day = |one: &Json| one[field].as_str().unwrap()[..10].to_owned();
                list.iter().map(|one| (one.get("id").unwrap_or(&one["milestone"]).clone(), day(one))).collect()
            };
            assert_eq!(days(given, "dueDate"), days(&own(&milestones), "deadline"));
            seen.push(transactions.len());
        }
    }
    assert_eq!(seen.iter().max(), Some(&4), "two payments and what was given back, twice");
    let package = told(&written, written.head().await).await;
    let amounts: Vec<_> = package["releases"][0]["contracts"][0]["implementation"]["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["date"], one["value"]["amount"], one["payer"]["name"], one["payee"]["name"]]))
        .collect();
    let expected = [
        json!(["2025-01-03T00:00:00Z", 100.0, "Lombardia", "Comune"]),
        json!(["2025-02-12T00:00:00Z", 450.0, "Lombardia", "Comune"]),
        json!(["2025-02-01T00:00:00Z", 12.5, "Comune", "Lombardia"]),
        json!(["2025-02-15T00:00:00Z", 20.0, "Comune", "Lombardia"]),
    ];
    assert_eq!(amounts, expected);
    let parties = &package["releases"][0]["parties"];
    assert_eq!(parties[0]["roles"], json!(["buyer", "funder", "payer", "payee"]));
    assert_eq!(parties[1]["roles"], json!(["supplier", "payee", "payer"]));
}

async fn a_milestone_is_met_only_by_its_certificate(place: Place) {
    let mut written = Written::network(place).await;
    let met = |claim: u64, count: u64| {
        json!({"milestone": "M1", "claim": claim, "count": count, "root": "0".repeat(64), "reduction": "weakest_link",
            "citizens": {"reached": count, "needed": 8}, "rules": 1})
    };
    let begun = written.head().await;
    written.claim("a").await;
    written.say("milestone.a", "milestone_certified", met(begun + 1, 4)).await;
    let terms = json!({"counts_until": "2024-12-31", "accepted_until": "2025-06-30", "points_on": "2024-12-31",
        "points_basis": "active_on_date", "citizens_needed": 8, "reduction": "weakest_link", "rules": 1});
    written.say("milestone.a", "milestone_claimed", json!({"milestone": "M1", "terms": terms, "cure": true})).await;
    written.say("milestone.a", "milestone_certified", met(begun + 3, 8)).await;
    written.write().await;
    // The network is written in June 2025, after the cut-off.
    for (position, status, dated) in [
        (begun, "notMet", false),
        (begun + 1, "scheduled", false),
        (begun + 2, "partiallyMet", false),
        (begun + 3, "partiallyMet", false),
        (begun + 4, "met", true),
    ] {
        let package = told(&written, position).await;
        let milestone = &package["releases"][0]["contracts"][0]["implementation"]["milestones"][0];
        assert_eq!(milestone["status"], status, "at {position}");
        let date = if dated { written_at(&package) } else { Json::Null };
        assert_eq!(milestone["dateMet"], date, "at {position}");
    }
}

/// The certificate is what was recorded last.
fn written_at(package: &Json) -> Json {
    let date: jiff::Timestamp = package["publishedDate"].as_str().unwrap().parse().unwrap();
    json!(format!("{date:.6}"))
}

async fn bodies_are_named_and_persons_are_not(place: Place) {
    let mut written = Written::network(place).await;
    let application = json!({"programme": "p", "name": "d", "lead": {"name": "Comune", "tax_id": "01234567890"},
        "partners": [{"name": "Una persona", "tax_id": "RSSMRA80A01F205X"}, {"name": "Comune", "tax_id": "01234567890"}],
        "award": "440059.10", "targets": {"points": 3, "citizens": 30, "services": 50}, "provinces": ["MI"],
        "starts": "2024-01-01", "ends": "2025-12-31"});
    written.say("project.d", "application_submitted", application).await;
    let submitted = written.head().await;
    let approval = json!({"act": "D.d.s. 1", "on": "2024-01-01", "tranches": []});
    written.say("project.d", "application_approved", approval).await;
    written.write().await;
    assert_eq!(told(&written, submitted).await["releases"].as_array().unwrap().len(), 2, "who applied has no grant");
    let package = told(&written, submitted + 1).await;
    let release = &package["releases"][2];
    assert_eq!(release["ocid"], "unregistered-it-03-d");
    let ids: Vec<_> = release["parties"].as_array().unwrap().iter().map(|party| party["id"].clone()).collect();
    assert_eq!(ids, ["region-03", "IT-CF-01234567890", "partner-1"]);
    assert!(!package.to_string().contains("RSSMRA80A01F205X"));
    assert!(package.to_string().contains(r#"{"amount":440059.1,"currency":"EUR"}"#), "{package}");
    assert_eq!(release["awards"][0]["suppliers"].as_array().unwrap().len(), 2);
    assert_eq!(release["planning"]["budget"]["projectID"], "E81D23000080006", "its programme's CUP");
    let elsewhere =
        written.within(KnownAt::Now, crate::answer::Within { projects: Some(vec![]), ..Default::default() });
    let none = package_of(&elsewhere.await).await;
    assert!(none.is_none_or(|releases| releases == 0), "a token that reaches nothing is told of nothing");
}

async fn package_of(reader: &crate::answer::Reader) -> Option<usize> {
    let found = package(reader, &"p".parse().unwrap()).await.unwrap();
    found.map(|found| found.body.releases.len())
}
