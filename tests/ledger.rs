//! From the request to a proof that anyone can check: what was answered is signed, proved, packed, and a changed history is
//! found.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;
use tokio::sync::oneshot;
use tower::ServiceExt as _;
use traccia_domain::{Hash, hash::Hex};
use traccia_ledger::{Checkpoint, Folder, Follower, Ledger, Tile, hash, proof};
use traccia_log::{AnyLog, Epoch, Log as _};
use traccia_vault::Secrets;

use crate::{
    house::{House, citizen, network, service},
    program::{Server, ran, run},
};

/// Signs what an installation stores, in a thread of its own: it ends, and has let go of the folder, when this is dropped,
/// whatever the test is doing then.
pub struct Signing {
    pub ledger: Ledger,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Signing {
    pub fn start(log: Arc<AnyLog>, epoch: Epoch, folder: &Path, secrets: &Secrets) -> Signing {
        let follower = Follower::new(log, epoch, Folder::new(folder.join("ledger")), secrets.ledger()).unwrap();
        let ledger = follower.ledger();
        let (stop, told) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let thread = std::thread::spawn(move || {
            // A test may end it with its log gone; it has said so then.
            let _ = runtime.block_on(follower.run(async move { drop(told.await) }));
        });
        Signing { ledger, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Signing {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.thread.take().map(std::thread::JoinHandle::join);
    }
}

impl House {
    /// Waits until everything is signed; the checkpoint, as anybody gets it.
    pub async fn signed(&self) -> Checkpoint {
        let head = self.log.head().await.unwrap();
        let asked = async {
            loop {
                let answer = self.send(Request::get("/checkpoint").body(Body::empty()).unwrap()).await;
                if answer.status == StatusCode::OK {
                    let checkpoint = Checkpoint::open(&answer.text, self.signing.ledger.key()).unwrap();
                    if checkpoint.size >= head.0 {
                        return checkpoint;
                    }
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), asked).await.expect("it is signed")
    }

    /// What is at a public path.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let response = self.routes.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    /// The tile of a path, as an auditor's own client reads it.
    async fn tile(&self, tile: Tile) -> Vec<Hash> {
        let bytes = self.bytes(&format!("/{}", tile.path())).await;
        bytes.as_chunks().0.iter().map(|hash| Hex(*hash)).collect()
    }
}

#[tokio::test]
async fn a_recorded_service_is_proved_to_be_in_the_signed_log_and_nothing_before_it_changed() {
    let house = House::start().await;
    network(&house).await;
    let before = house.signed().await;

    let citizen = citizen(&house, "CA1234567").await;
    let recorded = house.done("RecordService", service(&citizen, "2024-03-01")).await;
    let position = recorded["position"].as_u64().unwrap();
    let signed = house.signed().await;
    assert!(before.size < position && position <= signed.size);

    let auditor = house.token(traccia_domain::Role::Auditor, &[]);
    let proved = house.get(&auditor, &format!("/v1/log/{position}/proof")).await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.text);
    let line = house.get(&auditor, &format!("/v1/log/{position}")).await.text;
    let text = line.trim_end().split_once("\"commit\":").unwrap().1.strip_suffix('}').unwrap();
    let leaf = hash::leaf(text.as_bytes());
    assert_eq!(proved.body["leaf_hash"], json!(leaf));
    let path: Vec<Hash> = serde_json::from_value(proved.body["path"].clone()).unwrap();
    let root = Checkpoint::open(proved.body["checkpoint"].as_str().unwrap(), house.signing.ledger.key()).unwrap();
    assert!(proof::includes(root.root, root.size, position - 1, leaf, &path));
    let other = hash::leaf(text.replace("2024-03-01", "2024-03-02").as_bytes());
    assert!(!proof::includes(root.root, root.size, position - 1, other, &path));

    // Whoever kept the checkpoint from before joins it to the new one, with public tiles alone.
    let mut tiles: BTreeMap<Tile, Vec<Hash>> = BTreeMap::new();
    let joined = loop {
        let asked = |tile| tiles.get(&tile).cloned().ok_or(tile);
        match proof::Tiles::new(signed.size, asked).consistency(before.size) {
            Ok(path) => break path,
            Err(missing) => {
                let tile = house.tile(missing).await;
                tiles.insert(missing, tile);
            }
        }
    };
    assert!(proof::extends((before.size, before.root), (signed.size, signed.root), &joined));
    assert!(!proof::extends((before.size, signed.root), (signed.size, signed.root), &joined));
}

/// An installation with a void service, signed, left in a folder.
async fn installation() -> (tempfile::TempDir, u64) {
    let mut house = House::start().await;
    network(&house).await;
    let citizen = citizen(&house, "CA1234567").await;
    let recorded = house.done("RecordService", service(&citizen, "2024-03-01")).await;
    let void = house.done("VoidService", json!({"service": recorded["id"], "reason": "registrato per errore"})).await;
    house.done("RecordService", service(&citizen, "2024-03-02")).await;
    house.signed().await;
    house.caught_up().await;
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    (folder, void["position"].as_u64().unwrap())
}

/// Runs SQL on the log's file.
async fn edit(folder: &Path, sql: &'static str, position: u64) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("log.db"));
    let mut log = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    let done = sqlx::query(sql).bind(i64::try_from(position).unwrap()).execute(&mut log).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    sqlx::Connection::close(log).await.unwrap();
}

/// Makes a commit say something else, in a part that no other commit and no number depends on.
const FORGE: &str = "update commits set text = replace(text, 'per errore', 'per orrore') where position = $1";

#[tokio::test]
async fn a_commit_edited_in_the_log_is_found_by_everyone_who_verifies() {
    let (folder, position) = installation().await;
    let data = folder.path().to_str().unwrap();
    ran(&["verify", "--data", data]);
    ran(&["ledger", "verify", "--data", data]);
    ran(&["doctor", "--data", data]);
    edit(folder.path(), FORGE, position).await;

    let found = run(&["ledger", "verify", "--data", data]);
    let said = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found.status.code(), Some(1), "{said}");
    assert!(said.contains("NOT what was signed") && said.contains("give the root"), "{said}");
    let verified = run(&["verify", "--data", data, "--json"]);
    let verified: serde_json::Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!((&verified["holds"], &verified["ledger"]["holds"]), (&json!(false), &json!(false)), "{verified}");
    let pack = folder.path().join("pack");
    let packed = run(&["ledger", "pack", "--data", data, "--out", pack.to_str().unwrap()]);
    assert!(!packed.status.success() && !pack.exists(), "no pack of another history");

    // A server over it says so, and is not ready.
    let server = Server::start(folder.path());
    let client = reqwest::Client::new();
    let refused = async {
        loop {
            let answer = client.get(format!("{}/readyz", server.url)).send().await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            if status == 503 {
                return text;
            }
        }
    };
    let said = tokio::time::timeout(Duration::from_secs(60), refused).await.expect("it refuses");
    assert!(said.contains("HISTORY HAS CHANGED"), "{said}");
}

#[tokio::test]
async fn an_older_copy_of_the_log_in_its_place_is_found() {
    let mut house = House::start().await;
    network(&house).await;
    let older = house.folder.path().join("older.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.folder.path().join("log.db"));
    let mut log = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::query("vacuum into $1").bind(older.to_str().unwrap()).execute(&mut log).await.unwrap();
    sqlx::Connection::close(log).await.unwrap();
    citizen(&house, "CA1234567").await;
    let signed = house.signed().await;
    house.caught_up().await;
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    drop(house);

    for beside in ["log.db-wal", "log.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(beside));
    }
    std::fs::rename(older, folder.path().join("log.db")).unwrap();
    let data = folder.path().to_str().unwrap();
    for call in [["verify", "--json"], ["doctor", "--json"]] {
        let found = run(&[call[0], call[1], "--data", data]);
        assert!(!found.status.success(), "{call:?}: {}", String::from_utf8_lossy(&found.stdout));
    }
    let found = run(&["ledger", "verify", "--data", data]);
    let said = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("the log ends at position {}, and {} ", signed.size - 1, signed.size)), "{said}");
}

#[tokio::test]
async fn an_audit_pack_is_checked_with_nothing_else_and_every_change_in_it_is_found() {
    let (folder, _) = installation().await;
    let data = folder.path().to_str().unwrap();
    let key = ran(&["ledger", "key", "--data", data]);
    let key = key.trim();
    let elsewhere = tempfile::tempdir().unwrap();
    let pack = elsewhere.path().join("pack");
    let out = pack.to_str().unwrap();
    let packed = ran(&["ledger", "pack", "--data", data, "--out", out]);
    assert!(packed.contains(key), "{packed}");
    drop(folder);

    ran(&["ledger", "verify", "--pack", out, "--key", key]);
    assert!(ran(&["ledger", "verify", "--pack", out]).contains("the pack's own key"));
    let other = House::start().await;
    let foreign = run(&["ledger", "verify", "--pack", out, "--key", &other.signing.ledger.key().to_string()]);
    assert!(!foreign.status.success(), "signed with another key");

    let mut files = vec![pack.join("checkpoint"), pack.join("key")];
    for folder in ["tile/0/000.p", "tile/entries/000.p"] {
        files.extend(std::fs::read_dir(pack.join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        let whole = std::fs::read(&file).unwrap();
        let mut changed = whole.clone();
        changed[whole.len() / 2] ^= 4;
        std::fs::write(&file, changed).unwrap();
        let found = run(&["ledger", "verify", "--pack", out, "--key", key]);
        assert!(!found.status.success(), "{}", file.display());
        std::fs::write(&file, whole).unwrap();
    }
    ran(&["ledger", "verify", "--pack", out, "--key", key]);
}
