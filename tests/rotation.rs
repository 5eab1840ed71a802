//! The fingerprint key is rotated: records stay matchable, and whoever has not the new key does not go on.

use std::fs;

use serde_json::{Value, json};

use crate::{
    house::{House, citizen, network, service},
    program::{Server, ran, run},
};

async fn post(server: &Server, token: &str, path: &str, body: &Value) -> Value {
    let sent = reqwest::Client::new().post(format!("{}{path}", server.url)).bearer_auth(token).json(body);
    let answer = sent.send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

/// The holder of an identity card, as the command and as the search take them.
fn card(number: &str) -> (Value, Value) {
    let document = json!({"kind": "identity_card", "number": number});
    (json!({"documents": [document], "profile": {"birth_year": 1950}}), json!({"document": document}))
}

/// The version of the key that made a record, as the log says.
async fn version(server: &Server, token: &str, record: &str) -> Value {
    let url = format!("{}/v1/log?stream=record.{record}&limit=1", server.url);
    let line = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap().text().await.unwrap();
    let line: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    line["commit"]["events"][0]["data"]["key_version"].clone()
}

fn refused(args: &[&str], said: &str) {
    let output = run(args);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
    assert!(text.contains(said), "{args:?}: {text}");
}

#[tokio::test]
async fn after_a_rotation_documents_are_the_citizens_they_were_and_an_older_file_of_keys_is_refused() {
    let mut house = House::start().await;
    network(&house).await;
    let known = citizen(&house, "CA0000001").await;
    house.done("RecordService", service(&known, "2024-03-01")).await;
    house.caught_up().await;
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    drop(house);
    let (data, keys) = (folder.path().to_str().unwrap(), folder.path().join("keys.json"));
    let before = fs::read(&keys).unwrap();
    let token = ran(&["token", "--data", data, "--subject", "root", "--role", "admin"]);
    let token = token.trim();

    let server = Server::start(folder.path());
    refused(&["keys", "rotate", "--data", data], "another process holds");
    assert_eq!(fs::read(&keys).unwrap(), before);
    assert!(server.terminate());
    assert!(ran(&["keys", "rotate", "--data", data]).contains("fingerprint key 2"));
    let listed: Value = serde_json::from_str(&ran(&["keys", "list", "--data", data, "--json"])).unwrap();
    assert_eq!(listed, json!({"versions": [1, 2], "newest": 2, "log": 2}));

    let server = Server::start(folder.path());
    let again = post(&server, token, "/v1/commands/RegisterCitizen", &card("CA0000001").0).await;
    assert_eq!((&again["id"], &again["events"]), (&json!(known), &json!([])), "the same document, the same citizen");
    let new = post(&server, token, "/v1/commands/RegisterCitizen", &card("CA0000002").0).await;
    let new_id = new["id"].as_str().unwrap();
    assert_eq!(version(&server, token, &known).await, json!(1));
    assert_eq!(version(&server, token, new_id).await, json!(2));
    for (number, id) in [("CA0000001", known.as_str()), ("CA0000002", new_id)] {
        let path = format!("/v1/citizens/find?min_position={}", new["position"]);
        let found = post(&server, token, &path, &card(number).1).await;
        assert_eq!((&found["id"], &found["document"]), (&json!(id), &json!("identity_card")));
    }
    assert!(server.terminate());

    // From a copy made before the rotation.
    let after = fs::read(&keys).unwrap();
    fs::write(&keys, &before).unwrap();
    refused(&["serve", "--data", data, "--listen", "127.0.0.1:0"], "speaks of fingerprint key 2");
    refused(&["keys", "rotate", "--data", data], "speaks of fingerprint key 2");
    assert_eq!(run(&["keys", "list", "--data", data]).status.code(), Some(1));
    let doctor = run(&["doctor", "--data", data]);
    let found = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.code() == Some(1) && found.contains("speaks of fingerprint key 2"), "{found}");
    fs::write(&keys, &after).unwrap();
    ran(&["verify", "--data", data]);
    let restored = tempfile::tempdir().unwrap();
    let export = restored.path().join("export");
    ran(&["export", "--data", data, "--out", export.to_str().unwrap()]);
    let there = restored.path().join("there");
    ran(&["restore", export.to_str().unwrap(), "--data", there.to_str().unwrap()]);
    let server = Server::start(folder.path());
    let found = post(&server, token, "/v1/citizens/find", &card("CA0000002").1).await;
    assert_eq!(found["id"], json!(new_id), "with the newest keys it goes on");
    assert!(server.terminate());

    // The newest is lost for good: another one, and nobody is mistaken for somebody else.
    fs::write(&keys, &before).unwrap();
    assert!(ran(&["keys", "rotate", "--lost", "--data", data]).contains("fingerprint key 3"));
    let server = Server::start(folder.path());
    let again = post(&server, token, "/v1/commands/RegisterCitizen", &card("CA0000001").0).await;
    assert_eq!(again["id"], json!(known));
    let anew = post(&server, token, "/v1/commands/RegisterCitizen", &card("CA0000002").0).await;
    assert_eq!(anew["events"], json!(["RecordRegistered"]));
    assert_eq!(version(&server, token, anew["id"].as_str().unwrap()).await, json!(3));
}
