//! No identity document, name or contact anywhere: known values are sent in every way there is, then searched for in every
//! file and every answer.

use axum::body::Body;
use serde_json::json;

use crate::house::{House, network, post, service};

/// Values that may be nowhere once they were sent.
const CANARIES: [&str; 8] = [
    "RSSMRA50A01F205R",
    "rssmra50a01f205r",
    "CA7654321",
    "Zampognari",
    "Cunegonda",
    "cunegonda@example.org",
    "3339876543",
    "portachiavi",
];

#[tokio::test]
async fn what_was_sent_about_a_person_is_found_nowhere() {
    let house = House::start().await;
    network(&house).await;
    let mut answers = Vec::new();
    let both = json!({
        "documents": [{"kind": "fiscal_code", "number": CANARIES[1]}, {"kind": "identity_card", "number": CANARIES[2]}],
        "profile": {"birth_year": 1950, "gender": "female"},
    });
    let registered = house.command(&house.admin(), "RegisterCitizen", both.clone()).await;
    assert_eq!(registered.status, 200, "{}", registered.text);
    let citizen = registered.body["id"].as_str().unwrap().to_owned();
    answers.push(registered.text);
    answers.push(house.command(&house.admin(), "RecordService", service(&citizen, "2024-03-01")).await.text);
    let enrol = json!({
        "facilitator": "bea", "project": "rete-milano", "name": "Cunegonda Zampognari", "role": "facilitator",
        "points": ["mi-0001"], "from": "2023-04-01",
    });
    answers.push(house.command(&house.admin(), "EnrolFacilitator", enrol).await.text);

    // Refused in several ways: the answers must not repeat it either.
    let wrong = json!({"documents": [{"kind": "fiscal_code", "number": "RSSMRA50A01F205X"}, {"kind": "passport", "number": [CANARIES[2]]}]});
    answers.push(house.command(&house.admin(), "RegisterCitizen", wrong).await.text);
    answers.push(house.command(&house.admin(), "RegisterCitizen", json!({"documents": CANARIES[0]})).await.text);

    let row = format!(
        "anna,Zampognari Anna,mi-0001,Punto,Cunegonda,Zampognari,{},,,,A,C,C,G,A,Milano,{},{},,,2024-04-01,00:30,A,B,4,A,portachiavi,A,F,A,portachiavi,C,5",
        CANARIES[0], CANARIES[5], CANARIES[6]
    );
    let wrong_row = row.replace("2024-04-01", "1/4/24");
    let file = format!("{}\n{row}\n{wrong_row}\n", traccia_import::layout::COLUMNS.join(","));
    let request = post("/v1/imports?max_rejected_share=1", &house.admin()).header("content-type", "text/csv");
    let imported = house.send(request.body(Body::from(file)).unwrap()).await;
    assert_eq!(
        (&imported.body["recorded"], &imported.body["known_citizens"]),
        (&json!(1), &json!(1)),
        "{}",
        imported.text
    );
    let id = imported.body["id"].as_str().unwrap().to_owned();
    answers.push(imported.text);

    house.caught_up().await;
    for path in [
        "/v1/log?limit=1000".to_owned(),
        format!("/v1/citizens/{citizen}"),
        format!("/v1/imports/{id}/rejected"),
        format!("/v1/trail?entity={citizen}"),
        "/v1/counting/units?programme=lombardia".to_owned(),
        "/metrics".to_owned(),
        "/".to_owned(),
        format!("/cittadini/{citizen}"),
        "/conteggio/servizi?programme=lombardia".to_owned(),
        "/conteggio/cittadini?programme=lombardia".to_owned(),
        format!("/caricamenti/{id}"),
        format!("/caricamenti/{id}/scartate"),
        "/v1/points/mi-0001".to_owned(),
    ] {
        let answer = house.get(&house.admin(), &path).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answers.push(answer.text);
    }
    for answer in &answers {
        for canary in CANARIES {
            assert!(!answer.contains(canary), "{canary} in an answer: {answer}");
        }
    }
    let found = house
        .send(
            post("/v1/citizens/find", &house.admin())
                .body(Body::from(json!({"document": {"kind": "fiscal_code", "number": CANARIES[0]}}).to_string()))
                .unwrap(),
        )
        .await;
    assert_eq!(found.body["id"], json!(citizen), "the document finds its record: {}", found.text);

    let signed = house.signed().await;
    let published = [
        house.get("", "/checkpoint").await.text.into_bytes(),
        house.bytes(&format!("/tile/0/000.p/{}", signed.size)).await,
    ];
    for bytes in published {
        assert_eq!(canary(&bytes), None, "in what is published");
    }
    let mut folders = vec![house.folder.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            files += 1;
            let bytes = std::fs::read(entry.path()).unwrap();
            assert_eq!(canary(&bytes), None, "in {}", entry.path().display());
        }
    }
    assert!(files > 8, "log, tables, keys, uploads, tiles: {files}");
}

/// The first value that is there and should not be.
fn canary(bytes: &[u8]) -> Option<&'static str> {
    CANARIES.into_iter().find(|canary| bytes.windows(canary.len()).any(|window| window == canary.as_bytes()))
}
