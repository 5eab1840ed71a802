//! The auditor's path: verify, rebuild, export and restore reach the same numbers, and a changed row is found.

use serde_json::{Value, json};

use crate::{
    house::{House, facilitator, network, point},
    program::{ran, run},
    uploads::upload,
};

/// An installation with an import behind it, left in a folder.
async fn installation() -> tempfile::TempDir {
    let mut house = House::start().await;
    network(&house).await;
    house.done("OpenPoint", point("mi-0002")).await;
    house.done("EnrolFacilitator", facilitator("bea", &["mi-0002"])).await;
    let file = house.folder.path().join("upload.csv");
    std::fs::write(&file, upload(300)).unwrap();
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    house.caught_up().await;
    drop(house);
    ran(&["import", file.to_str().unwrap(), "--data", folder.path().to_str().unwrap()]);
    folder
}

fn targets(data: &str) -> Value {
    let text = ran(&["targets", "--data", data, "--programme", "lombardia", "--by", "point", "--json"]);
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn verify_holds_until_somebody_edits_a_row_and_rebuild_mends_it() {
    let folder = installation().await;
    let data = folder.path().to_str().unwrap();
    let before = targets(data);
    assert_eq!(before["items"][0]["citizens"]["counted"], 150);
    ran(&["verify", "--data", data]);

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("tables.db"));
    let mut tables = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::query(
        "update unit set counted_on = null where key = (select min(key) from unit where counted_on is not null)",
    )
    .execute(&mut tables)
    .await
    .unwrap();
    sqlx::Connection::close(tables).await.unwrap();
    let found = run(&["verify", "--data", data, "--json"]);
    assert_eq!(found.status.code(), Some(1), "{}", String::from_utf8_lossy(&found.stderr));
    let found: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!((&found["holds"], found["differences"].as_array().unwrap().len()), (&json!(false), 1), "{found}");

    ran(&["rebuild", "--data", data]);
    ran(&["verify", "--data", data]);
    assert_eq!(targets(data), before);
}

#[tokio::test]
async fn a_restored_export_gives_the_same_numbers() {
    let folder = installation().await;
    let data = folder.path().to_str().unwrap();
    let file = folder.path().join("whole.ndjson");
    let exported = ran(&["export", "--data", data, "--out", file.to_str().unwrap()]);
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().to_str().unwrap();
    let restored = ran(&["restore", file.to_str().unwrap(), "--data", other]);
    assert_eq!(exported.lines().next(), restored.lines().next());
    ran(&["rebuild", "--data", other]);
    let without_keys = run(&["import", file.to_str().unwrap(), "--data", other]);
    assert!(!without_keys.status.success(), "new keys would make new citizens of old documents");
    for keys in ["keys.json", "record-keys.db"] {
        std::fs::copy(folder.path().join(keys), elsewhere.path().join(keys)).unwrap();
    }
    assert_eq!(targets(other), targets(data));

    // Another log of the same folder is refused before anything is written, and stays in use.
    let begun = tempfile::tempdir().unwrap();
    let third = begun.path().to_str().unwrap();
    ran(&["init", "--data", third]);
    let refused = run(&["restore", file.to_str().unwrap(), "--data", third]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("belongs to the log"), "{refused:?}");
    std::fs::remove_file(begun.path().join("epoch")).unwrap();
    let refused = run(&["restore", file.to_str().unwrap(), "--data", third]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("begun with `traccia init`"), "{refused:?}");
    let whole = begun.path().join("whole.ndjson");
    ran(&["export", "--data", third, "--out", whole.to_str().unwrap()]);

    // As a kill leaves it: the mark is there, and a part of the log.
    std::fs::write(elsewhere.path().join("restoring"), "").unwrap();
    for call in ["serve", "export", "doctor", "rebuild", "init"] {
        let more: &[&str] = if call == "export" { &["--out", "never.ndjson"] } else { &[] };
        let refused = run(&[&[call, "--data", other], more].concat());
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains("run the same `traccia restore FILE`"), "{call}: {said}");
    }
    // Another export may be as long as the part, which would look whole; or the part is elsewhere.
    let sha256 = exported.split_whitespace().last().unwrap();
    for begun in [format!("{:064} into a file\n", 7), format!("{sha256} into a log on servers\n")] {
        std::fs::write(elsewhere.path().join("restoring"), begun).unwrap();
        let refused = run(&["restore", file.to_str().unwrap(), "--data", other]);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("another restore was begun in"), "{refused:?}");
    }
    std::fs::write(elsewhere.path().join("restoring"), format!("{sha256} into a file\n")).unwrap();
    let again = ran(&["restore", file.to_str().unwrap(), "--data", other]);
    assert_eq!(exported.lines().next(), again.lines().next());
    assert!(again.contains("nothing was written"), "{again}");
    assert!(!elsewhere.path().join("restoring").exists());
    assert_eq!(targets(other), targets(data));

    let damaged = std::fs::read_to_string(&file).unwrap().replacen("mi-0001", "mi-0002", 1);
    std::fs::write(&file, damaged).unwrap();
    let none = begun.path().join("none");
    let refused = run(&["restore", file.to_str().unwrap(), "--data", none.to_str().unwrap()]);
    assert!(!refused.status.success(), "a changed export is refused");
    assert!(!none.exists(), "and leaves nothing behind");
}

#[tokio::test]
async fn doctor_says_that_all_is_well_and_what_is_not() {
    let folder = installation().await;
    let data = folder.path().to_str().unwrap();
    ran(&["doctor", "--data", data]);
    std::fs::rename(folder.path().join("keys.json"), folder.path().join("elsewhere.json")).unwrap();
    let found = run(&["doctor", "--data", data]);
    assert_eq!(found.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&found.stdout).contains("keys.json is missing"));
}
