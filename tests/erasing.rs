//! An erased citizen: nothing readable is left anywhere, and every number is what it was.

use std::{fs, path::Path, process::Stdio};

use axum::body::Body;
use serde_json::{Value, json};
use traccia_domain::Role;

use crate::{
    house::{House, citizen, network, post, service},
    program::{Server, ran},
};

/// What is known of the person who will be erased; a year nobody else has.
const DOCUMENT: &str = "CA7654321";

/// An installation with two citizens, each served once; the first is to be erased.
async fn served_twice() -> (House, [String; 2]) {
    let house = House::start().await;
    network(&house).await;
    let citizens = [citizen(&house, DOCUMENT).await, citizen(&house, "CA0000002").await];
    for citizen in &citizens {
        house.done("RecordService", service(citizen, "2024-03-01")).await;
    }
    house.caught_up().await;
    (house, citizens)
}

fn erasing(citizen: &str) -> Value {
    json!({"citizen": citizen, "legal_basis": "Art. 17 GDPR, richiesta dell'interessato"})
}

async fn key_of(data: &Path, record: &str) -> Vec<u8> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("record-keys.db"));
    let mut keys = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    let key = sqlx::query_scalar("select key from record_keys where record = ?").bind(hex::decode(record).unwrap());
    let key = key.fetch_one(&mut keys).await.unwrap();
    sqlx::Connection::close(keys).await.unwrap();
    key
}

/// Every file below a folder that holds some bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            // What a process that ends takes away holds nothing.
            let read = match fs::read(entry.path()) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
                read => read.unwrap(),
            };
            if read.windows(bytes.len()).any(|window| window == bytes) {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}

/// An installation with those two citizens, left in a folder.
async fn left_behind() -> (tempfile::TempDir, [String; 2]) {
    let (mut house, citizens) = served_twice().await;
    (std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap()), citizens)
}

/// A Region's token.
fn region(data: &str) -> String {
    let token = ran(&["token", "--data", data, "--subject", "ufficio", "--role", "region", "--programme", "lombardia"]);
    token.trim().to_owned()
}

/// What the counts say.
fn counted(data: &str) -> Value {
    let text = ran(&["counting", "--data", data, "--programme", "lombardia", "--json"]);
    let mut answer: Value = serde_json::from_str(&text).unwrap();
    answer.as_object_mut().unwrap().remove("position").unwrap();
    answer
}

async fn tell(server: &Server, token: &str, name: &str, body: &Value) -> Value {
    let sent = reqwest::Client::new().post(format!("{}/v1/commands/{name}", server.url)).bearer_auth(token).json(body);
    let answer = sent.send().await.unwrap();
    assert!(answer.status().is_success(), "{name}: {}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

#[tokio::test]
async fn after_an_erasure_nothing_readable_is_in_any_file_export_or_trace() {
    let (folder, [erased, other]) = left_behind().await;
    let (data, beside) = (folder.path(), tempfile::tempdir().unwrap());
    let text = data.to_str().unwrap();
    let token = region(text);
    let (key, kept) = (key_of(data, &erased).await, key_of(data, &other).await);
    assert!(!holding(data, &key).is_empty(), "it can be found");
    let before = counted(text);
    assert_eq!(before["counted"], json!(2));

    let traces = beside.path().join("traces");
    let server = Server::saying("serve", data, &[], Stdio::from(fs::File::create(&traces).unwrap()));
    let done = tell(&server, &token, "EraseRecord", &erasing(&erased)).await;
    assert_eq!(done["events"], json!(["RecordErased"]));
    // While it runs, its write-ahead logs beside the files.
    for secret in [key.as_slice(), DOCUMENT.as_bytes(), b"birth_year"] {
        assert_eq!(holding(data, secret), Vec::<String>::new());
    }
    assert_eq!(tell(&server, &token, "EraseRecord", &erasing(&erased)).await["events"], json!([]));
    assert!(server.terminate());
    let export = beside.path().join("export");
    ran(&["export", "--data", text, "--out", export.to_str().unwrap()]);
    for secret in [key.as_slice(), DOCUMENT.as_bytes(), b"birth_year"] {
        assert_eq!([holding(data, secret), holding(beside.path(), secret)].concat(), Vec::<String>::new());
    }
    assert_eq!(counted(text), before, "counts stay");
    assert_eq!(key_of(data, &other).await, kept, "nobody else lost anything");
    ran(&["verify", "--data", text]);
}

#[tokio::test]
async fn a_start_destroys_again_what_an_older_copy_of_the_keys_brings_back() {
    let (folder, [erased, other]) = left_behind().await;
    let (data, beside) = (folder.path(), tempfile::tempdir().unwrap());
    let key = key_of(data, &erased).await;
    let copy = beside.path().join("record-keys.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("record-keys.db"));
    let mut keys = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::query("vacuum into ?").bind(copy.to_str().unwrap()).execute(&mut keys).await.unwrap();
    sqlx::Connection::close(keys).await.unwrap();
    let server = Server::start(data);
    tell(&server, &region(data.to_str().unwrap()), "EraseRecord", &erasing(&erased)).await;
    assert!(server.terminate());
    assert_eq!(holding(data, &key), Vec::<String>::new());
    for name in ["record-keys.db-wal", "record-keys.db-shm"] {
        let _ = fs::remove_file(data.join(name));
    }
    fs::copy(&copy, data.join("record-keys.db")).unwrap();
    assert!(!holding(data, &key).is_empty());

    let server = Server::start(data);
    assert_eq!(holding(data, &key), Vec::<String>::new(), "it is gone before the server says that it is ready");
    let again = tell(&server, &region(data.to_str().unwrap()), "EraseRecord", &erasing(&erased)).await;
    assert_eq!(again["events"], json!([]));
    assert!(server.terminate());
    assert_eq!(key_of(data, &erased).await, b"");
    assert_eq!(key_of(data, &other).await.len(), 32);
}

#[tokio::test]
async fn the_answers_say_that_a_citizen_was_erased_by_whom_and_on_which_ground() {
    let (house, [erased, other]) = served_twice().await;
    let region = house.token(Role::Region, &["programme:lombardia"]);
    let page = async || house.get(&region, &format!("/cittadini/{erased}")).await.text;
    assert!(page().await.contains("Cancella i dati"), "whoever may erase is asked");
    let capofila = house.token(Role::Capofila, &["project:rete-milano"]);
    assert!(!house.get(&capofila, &format!("/cittadini/{erased}")).await.text.contains("Cancella i dati"));
    let send = async |body: &str, token: &str| {
        let request = post(&format!("/cittadini/{erased}"), token)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let kind = "application/x-www-form-urlencoded".parse().unwrap();
        request.headers_mut().insert("content-type", kind);
        house.send(request).await
    };
    let before = house.read("/v1/counting?programme=lombardia").await["counted"].clone();
    assert_eq!(send("legal_basis=art.+17", &region).await.status.as_u16(), 400, "the box is not ticked");
    let named = send("legal_basis=di+RSSMRA85T10A562S&sure=yes", &region).await;
    assert!(named.status.as_u16() == 400 && named.text.contains("codice fiscale"), "{}", named.text);
    assert_eq!(send("legal_basis=art.+17&sure=yes", &capofila).await.status.as_u16(), 403);
    for _ in 0..2 {
        let sent = send("legal_basis=art.+17&sure=yes", &region).await;
        assert_eq!(sent.status.as_u16(), 303, "{}", sent.text);
    }
    let shown = page().await;
    assert!(shown.contains("dati cancellati") && !shown.contains("Cancella i dati"), "{shown}");
    let read = house.read(&format!("/v1/citizens/{erased}")).await;
    assert_eq!(read["records"][0]["state"], json!("erased"));
    let trail = house.read(&format!("/v1/trail?entity={erased}")).await;
    let newest = &trail["items"][0];
    assert_eq!(
        (&newest["position"], &newest["subject"], &newest["reason"], &newest["events"]),
        (&read["records"][0]["erased_at"], &json!("region"), &json!("art. 17"), &json!(["RecordErased"]))
    );
    assert_eq!(house.read(&format!("/v1/citizens/{other}")).await["records"][0]["state"], json!("registered"));
    assert_eq!(house.read("/v1/counting?programme=lombardia").await["counted"], before);
    // What was recorded may still be voided, and counts then go as they would have.
    let service = read["services"][0]["id"].clone();
    house.done("VoidService", json!({"service": service, "reason": "r"})).await;
    assert_eq!(house.read("/v1/counting?programme=lombardia").await["counted"], json!(1));
    let proposed = json!({"citizens": [erased, other], "reason": "stesso cognome"});
    let refused = house.command(&region, "ProposeLink", proposed).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("WrongState")), "{}", refused.text);
    assert_eq!(refused.body["errors"][0]["pointer"], json!("/citizens/0"));
}
