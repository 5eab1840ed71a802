use std::{fs, os::unix::fs::PermissionsExt as _};

use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use traccia_application::RecordKeys as _;
use traccia_domain::{
    RecordId,
    document::{Document, DocumentKind, DocumentNumber},
    hash::Hex,
};

use super::*;

mod destroying;
mod rotating;

fn records(count: u64) -> Vec<RecordId> {
    (0..count)
        .map(|n| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            id[8..].copy_from_slice(&n.to_be_bytes());
            RecordId(Hex(id))
        })
        .collect()
}

#[tokio::test]
async fn a_document_makes_the_same_record_after_every_start() {
    let dir = tempfile::tempdir().unwrap();
    let passport = Document::new(DocumentKind::Passport, None, &DocumentNumber("YA1234567".into())).unwrap();
    let first = Vault::open(dir.path()).await.unwrap().secrets().fingerprint().newest().record(&passport);
    let second = Vault::open(dir.path()).await.unwrap().secrets().fingerprint().newest().record(&passport);
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_record_keeps_its_key_and_keys_come_in_the_order_asked() {
    let dir = tempfile::tempdir().unwrap();
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    let asked = records(1_100);
    let first = keys.obtain(&asked).await.unwrap();
    let mut turned: Vec<_> = asked.iter().rev().copied().collect();
    turned.push(asked[3]);
    let again = Vault::open(dir.path()).await.unwrap().record_keys().obtain(&turned).await.unwrap();
    assert!(again.iter().take(1_100).rev().eq(first.iter()));
    assert_eq!(again.last(), first.get(3));
    assert_eq!(keys.find(asked[7]).await.unwrap(), first[7]);
    assert_eq!(keys.find(RecordId(Hex([255; 16]))).await.unwrap(), None);
}

#[tokio::test]
async fn keys_looked_for_at_once_are_each_records_own_and_none_of_a_destroyed_one() {
    let dir = tempfile::tempdir().unwrap();
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    let asked = records(150);
    let (drawn, unknown) = asked.split_at(149);
    let mut expected = keys.obtain(drawn).await.unwrap();
    keys.destroy(&[asked[3], asked[70]]).await.unwrap();
    (expected[3], expected[70]) = (None, None);
    expected.extend(unknown.iter().map(|_| None));
    let find = |record: &RecordId| {
        let (keys, record) = (keys.clone(), *record);
        tokio::spawn(async move { keys.find(record).await.unwrap() })
    };
    let finding: Vec<_> = asked.iter().map(find).collect();
    for (found, expected) in finding.into_iter().zip(expected) {
        assert_eq!(found.await.unwrap(), expected);
    }
}

#[tokio::test]
async fn after_a_transaction_that_the_database_took_back_keys_are_drawn_again() {
    let dir = tempfile::tempdir().unwrap();
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    let mut other =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(dir.path().join("record-keys.db")))
            .await
            .unwrap();
    // As a full disk does.
    let full = "create trigger full before insert on record_keys begin select raise(rollback, 'full'); end";
    sqlx::query(full).execute(&mut other).await.unwrap();
    assert!(keys.obtain(&records(1)).await.is_err());
    sqlx::query("drop trigger full").execute(&mut other).await.unwrap();
    let drawn = keys.obtain(&records(1)).await.unwrap();
    assert!(drawn[0].is_some());
    assert_eq!(keys.find(records(1)[0]).await.unwrap(), drawn[0]);
}

#[tokio::test]
async fn secrets_are_for_the_owners_eyes_and_never_print() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).await.unwrap();
    vault.record_keys().obtain(&records(1)).await.unwrap();
    for file in ["keys.json", "record-keys.db", "record-keys.db-wal"] {
        assert_eq!(fs::metadata(dir.path().join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    assert_eq!(format!("{vault:?}"), "Vault(***)");
}

#[tokio::test]
async fn a_damaged_file_of_keys_is_not_quoted_and_a_lost_one_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).await.unwrap());
    let path = dir.path().join("keys.json");
    fs::write(&path, r#"{"fingerprint": "0123456789abcdef"}"#).unwrap();
    let error = Vault::open(dir.path()).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("0123456789abcdef"));
    fs::remove_file(&path).unwrap();
    assert!(matches!(Vault::open(dir.path()).await, Err(VaultError::Lost { .. })));
}

#[tokio::test]
async fn a_file_of_keys_that_nobody_uses_is_whole_without_its_journal() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    let drawn = keys.obtain(&records(3)).await.unwrap();
    keys.settle().await.unwrap();
    for file in ["keys.json", "record-keys.db"] {
        fs::copy(dir.path().join(file), copy.path().join(file)).unwrap();
    }
    let copied = Vault::open(copy.path()).await.unwrap().record_keys();
    assert_eq!(copied.find(records(3)[2]).await.unwrap(), drawn[2]);
    drop(copied);
    // What is left of a file that was copied before anything had moved home.
    let part = copy.path().join("record-keys.db");
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", part.display()));
    }
    let other =
        SqliteConnectOptions::new().filename(&part).create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    SqliteConnection::connect_with(&other).await.unwrap().close().await.unwrap();
    assert!(fs::metadata(&part).unwrap().len() > 0);
    let error = Vault::open(copy.path()).await.unwrap_err();
    assert!(matches!(error, VaultError::Part { .. }) && error.to_string().contains("-wal"), "{error}");
}

#[tokio::test]
async fn a_file_of_an_earlier_release_gets_a_ledger_key_once_and_keeps_the_others() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).await.unwrap());
    let path = dir.path().join("keys.json");
    let mut old: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    old.as_object_mut().unwrap().remove("ledger").unwrap();
    fs::write(&path, old.to_string()).unwrap();
    // Many at once: a ledger that two keys sign would be two ledgers.
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let dir = dir.path().to_owned();
            std::thread::spawn(move || *Secrets::open(&dir).unwrap().ledger())
        })
        .collect();
    let keys: Vec<_> = opening.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(keys.iter().all(|key| *key == keys[0] && *key != [0; 32]));
    assert_eq!(Secrets::open(dir.path()).unwrap().ledger(), &keys[0]);
    let mut new: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    new.as_object_mut().unwrap().remove("ledger").unwrap();
    assert_eq!(new, old);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
