//! Read models a moment behind the log: the next call waits for them, or is told.

use std::process::Command;

use serde_json::Value;

use super::{installation, said, text};
use crate::{
    program::{Server, ran, run},
    uploads::upload,
};

/// The answer to an upload comes with its last commit, and the read models follow.
#[tokio::test]
async fn what_was_sent_is_read_by_the_next_call_and_what_is_behind_says_so() {
    let (folder, behind) = (installation().await, tempfile::tempdir().unwrap());
    assert!(Command::new("cp").arg("-rT").args([folder.path(), behind.path()]).status().unwrap().success());
    let file = folder.path().join("more.csv");
    std::fs::write(&file, upload(1_000)).unwrap();
    let server = Server::start(folder.path());
    let token = ran(&["token", "--subject", "a", "--role", "admin", "--data", text(folder.path())]);
    let with = ["--url", &server.url, "--token", token.trim(), "--json"];
    let sent: Value = serde_json::from_str(&ran(&[&["import", text(&file)], &with[..]].concat())).unwrap();
    let counting = ["counting", "--programme", "lombardia"];
    let read: Value = serde_json::from_str(&ran(&[&counting[..], &with].concat())).unwrap();
    assert!(sent["recorded"].as_u64() > Some(0), "{sent}");
    assert_eq!(read["position"], sent["position"]);
    server.kill();

    // As a kill leaves it between commits and their rows.
    for file in ["log.db", "log.db-wal"] {
        std::fs::copy(folder.path().join(file), behind.path().join(file)).unwrap();
    }
    let (_, error) = said(&run(&[&counting[..], &["--data", text(behind.path())]].concat()));
    assert!(error.contains("commits behind the log") && error.contains("traccia rebuild --data"), "{error}");
}
