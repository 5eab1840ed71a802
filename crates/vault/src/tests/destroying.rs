//! Destroyed keys leave the files, and none is drawn again.

use std::path::Path;

use super::*;

/// The bytes of every file in a folder, the write-ahead log included.
fn bytes(dir: &Path) -> Vec<u8> {
    fs::read_dir(dir).unwrap().flat_map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

/// How many of these are still there, by a part of each: what is left of one may have been partly overwritten.
fn left(dir: &Path, keys: &[[u8; 32]]) -> usize {
    let bytes = bytes(dir);
    let parts: std::collections::HashSet<&[u8]> = bytes.windows(12).collect();
    keys.iter().filter(|key| parts.contains(&key[4..16]) || parts.contains(&key[16..28])).count()
}

#[tokio::test]
async fn a_destroyed_key_is_in_no_file_and_the_others_are_what_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    let all = records(6_000);
    let mut drawn = Vec::new();
    // As uploads come: the file grows between, and its pages are split again and again.
    for batch in all.chunks(250) {
        drawn.extend(keys.obtain(batch).await.unwrap().into_iter().map(|key| key.unwrap().0));
    }
    assert_eq!(left(dir.path(), &drawn), 6_000, "what is looked for can be found");
    let (erased, rest): (Vec<_>, Vec<_>) = (0..6_000).partition(|n| n % 3 == 0);
    for batch in erased.chunks(500) {
        let batch: Vec<_> = batch.iter().map(|n| all[*n]).collect();
        keys.destroy(&batch).await.unwrap();
    }
    let gone: Vec<_> = erased.iter().map(|n| drawn[*n]).collect();
    assert_eq!(left(dir.path(), &gone), 0, "in the file, its write-ahead log or anything beside them");
    for n in rest.iter().step_by(97) {
        assert_eq!(keys.find(all[*n]).await.unwrap(), Some(traccia_application::RecordKey(drawn[*n])));
    }
}

#[tokio::test]
async fn no_key_is_ever_drawn_again_for_a_record_whose_key_was_destroyed() {
    let dir = tempfile::tempdir().unwrap();
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    // Another process on the same file.
    let other = Vault::open(dir.path()).await.unwrap().record_keys();
    let asked = records(40);
    let before = keys.obtain(&asked[..20]).await.unwrap();
    // Of one that had a key, and of one that never had.
    keys.destroy(&[asked[3], asked[30]]).await.unwrap();
    keys.destroy(&[asked[3]]).await.unwrap();
    for keys in [&keys, &other, &Vault::open(dir.path()).await.unwrap().record_keys()] {
        let after = keys.obtain(&asked).await.unwrap();
        assert_eq!((&after[3], &after[30], &after[4]), (&None, &None, &before[4]));
        assert_eq!(after.iter().filter(|key| key.is_none()).count(), 2);
        assert_eq!(keys.find(asked[3]).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_file_of_an_earlier_release_is_cleaned_of_copies_that_moved() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).await.unwrap());
    let file = dir.path().join("record-keys.db");
    for name in ["record-keys.db", "record-keys.db-wal", "record-keys.db-shm"] {
        let _ = fs::remove_file(dir.path().join(name));
    }
    // As they were written before keys could be destroyed.
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).page_size(1_024);
    let mut old = SqliteConnection::connect_with(&options.pragma("journal_mode", "wal")).await.unwrap();
    let table = "create table record_keys (record blob primary key, key blob not null) strict, without rowid";
    sqlx::query(table).execute(&mut old).await.unwrap();
    let all = records(6_000);
    let mut drawn = Vec::new();
    for batch in all.chunks(250) {
        let mut writing = old.begin().await.unwrap();
        for record in batch {
            let mut key = [0; 32];
            getrandom::fill(&mut key).unwrap();
            let insert = sqlx::query("insert into record_keys values (?, ?)").bind(record.0.0.to_vec());
            insert.bind(key.to_vec()).execute(&mut *writing).await.unwrap();
            drawn.push(key);
        }
        writing.commit().await.unwrap();
    }
    old.close().await.unwrap();
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    assert_eq!(keys.find(all[1]).await.unwrap(), Some(traccia_application::RecordKey(drawn[1])));
    keys.destroy(&all[..3_000]).await.unwrap();
    assert_eq!(left(dir.path(), &drawn[..3_000]), 0);
}

#[tokio::test]
async fn destruction_is_not_answered_while_somebody_holds_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let keys = Vault::open(dir.path()).await.unwrap().record_keys();
    let asked = records(3);
    let drawn: Vec<_> = keys.obtain(&asked).await.unwrap().into_iter().map(|key| key.unwrap().0).collect();
    let file = dir.path().join("record-keys.db");
    let mut reader = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
    let mut reading = reader.begin().await.unwrap();
    sqlx::query("select count(*) from record_keys").fetch_one(&mut *reading).await.unwrap();
    let held = keys.destroy(&asked[..1]).await.unwrap_err();
    assert!(held.to_string().contains("journal"), "{held}");
    assert_eq!(keys.find(asked[0]).await.unwrap(), None, "nothing is sealed with it any more");
    reading.rollback().await.unwrap();
    keys.destroy(&asked[..1]).await.unwrap();
    assert_eq!(left(dir.path(), &drawn[..1]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_destroy_at_once_do_not_stand_in_each_others_way() {
    let dir = tempfile::tempdir().unwrap();
    let all = records(240);
    let first = Vault::open(dir.path()).await.unwrap().record_keys();
    let drawn: Vec<_> = first.obtain(&all).await.unwrap().into_iter().map(|key| key.unwrap().0).collect();
    let mut destroying = tokio::task::JoinSet::new();
    for own in all.chunks(30) {
        let (keys, own) = (Vault::open(dir.path()).await.unwrap().record_keys(), own.to_vec());
        destroying.spawn(async move {
            for record in own {
                keys.destroy(&[record]).await.unwrap();
            }
        });
    }
    destroying.join_all().await;
    assert_eq!(left(dir.path(), &drawn), 0);
}
