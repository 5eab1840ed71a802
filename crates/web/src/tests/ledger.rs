use std::time::Duration;

use traccia_domain::hash::Hex as Bytes;
use traccia_ledger::{Checkpoint, entries, hash, proof};

use super::*;

impl Server {
    fn status_size(&self) -> u64 {
        self.app.ledger.as_ref().unwrap().status().size
    }

    /// Waits until so many commits are signed.
    pub(super) async fn signed(&self, size: u64) -> Checkpoint {
        let reached = async {
            loop {
                let note = self.send(Request::get("/checkpoint"), "").await;
                match Checkpoint::open(note.text(), self.app.ledger.as_ref().unwrap().key()) {
                    // The status follows the file.
                    Ok(checkpoint) if checkpoint.size.min(self.status_size()) >= size => return checkpoint,
                    Ok(_) | Err(_) => tokio::task::yield_now().await,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap()
    }
}

#[tokio::test]
async fn a_commits_proof_joins_it_to_a_signed_root() {
    let server = Server::start().await;
    server.set_up().await;
    let (_, _, position) = server.serve("AA0000001", "va-1", "2024-03-01").await;
    server.signed(position).await;
    for position in 1..=position {
        let answered = server.get(&format!("/v1/log/{position}/proof"), &server.auditor()).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        let answer = answered.json();
        let line = server.get(&format!("/v1/log/{position}"), &server.auditor()).await;
        let text = line.text().split_once("\"commit\":").unwrap().1.strip_suffix("}\n").unwrap().to_owned();
        let leaf = hash::leaf(text.as_bytes());
        assert_eq!(answer["leaf_hash"], leaf.to_string());
        let path: Vec<_> =
            answer["path"].as_array().unwrap().iter().map(|hex| Bytes::parse(hex.as_str().unwrap()).unwrap()).collect();
        let key = server.app.ledger.as_ref().unwrap().key();
        let signed = Checkpoint::open(answer["checkpoint"].as_str().unwrap(), key).unwrap();
        assert_eq!((answer["index"].as_u64(), answer["size"].as_u64()), (Some(position - 1), Some(signed.size)));
        assert!(proof::includes(signed.root, signed.size, position - 1, leaf, &path));
    }
}

#[tokio::test]
async fn proofs_and_entries_are_for_those_who_may_read_the_log() {
    let server = Server::start().await;
    server.signed(1).await;
    let own = server.token(Role::Region, Scope { programmes: vec!["p".parse().unwrap()], ..Scope::default() });
    for path in ["/v1/log/1/proof", "/tile/entries/000.p/1"] {
        assert_eq!(server.get(path, &own).await.code(), "Forbidden", "{path}");
        assert_eq!(server.get(path, &server.auditor()).await.status, StatusCode::OK, "{path}");
    }
    let bundle = server.get("/tile/entries/000.p/1", &server.auditor()).await;
    assert_eq!(bundle.headers["cache-control"], "no-store");
    let tile = server.send(Request::get("/tile/0/000.p/1"), "").await;
    let [text] = entries::split(&bundle.body, 1).unwrap()[..] else { panic!("one entry") };
    assert_eq!(tile.body[..], hash::leaf(text.as_bytes()).0);
    assert_eq!(tile.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(tile.headers["content-type"], "application/octet-stream");
    let checkpoint = server.send(Request::get("/checkpoint"), "").await;
    assert_eq!(checkpoint.headers["cache-control"], "public, max-age=1");
    assert_eq!(checkpoint.headers["content-type"], "text/plain; charset=utf-8");
}

#[tokio::test]
async fn what_the_signed_log_does_not_have_is_not_found_whatever_the_path() {
    let server = Server::start().await;
    server.signed(1).await;
    let head = server.get("/v1/log?limit=1000", &server.auditor()).await.text().lines().count();
    assert_eq!(server.get(&format!("/v1/log/{}/proof", head + 1), &server.auditor()).await.code(), "UnknownPosition");
    assert_eq!(server.get("/v1/log/0/proof", &server.auditor()).await.code(), "UnknownPosition");
    let paths = [
        "/tile/0/000",
        "/tile/0/001",
        "/tile/0/000.p/200",
        "/tile/9/000",
        "/tile/0/0",
        "/tile/00/000",
        "/tile/0/000.p/01",
        "/tile/0/..%2f..%2fcheckpoint",
        "/tile/0/../../keys.json",
        "/tile/..%2f..%2fkeys.json",
        "/tile/%2e%2e/key",
        "/tile/0/000.draft",
        "/tile/0",
        "/tile/",
        "/tile/entries/x000/000",
        "/tile/entries/001",
        "/tile/0/x999/x999/x999/x999/x999/x999/999",
    ];
    for path in paths {
        let answered = server.get(path, &server.auditor()).await;
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{path}: {}", answered.text());
        assert!(!answered.code().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn the_key_is_on_the_page_of_the_api_and_the_lag_in_readiness() {
    let server = Server::start().await;
    server.signed(1).await;
    let key = server.app.ledger.as_ref().unwrap().key().to_string();
    // Templates escape a plus sign.
    assert!(server.send(Request::get("/docs"), "").await.text().replace("&#43;", "+").contains(&key));
    let ready = server.send(Request::get("/readyz"), "").await.json();
    assert_eq!((&ready["ready"], &ready["ledger"]), (&json!(true), &json!({"size": 1, "lag": 0})));
}
