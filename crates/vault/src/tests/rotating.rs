//! A new fingerprint key beside the old ones.

use traccia_domain::document::{FingerprintKeys, KeyVersion};

use super::*;

fn passport() -> Document {
    Document::new(DocumentKind::Passport, None, &DocumentNumber("YA1234567".into())).unwrap()
}

fn keys(dir: &std::path::Path) -> FingerprintKeys {
    Secrets::open(dir).unwrap().fingerprint().clone()
}

#[tokio::test]
async fn a_rotated_key_makes_other_records_and_what_older_keys_made_is_still_found() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).await.unwrap());
    let before: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("keys.json")).unwrap()).unwrap();
    let mut made = vec![keys(dir.path()).newest().record(&passport())];
    for version in [2, 5] {
        Rotation::begin(dir.path()).unwrap().draw(KeyVersion(version)).unwrap();
        let now = keys(dir.path());
        assert_eq!(now.newest().version(), KeyVersion(version));
        assert!(!made.contains(&now.newest().record(&passport())), "it is another key");
        made.push(now.newest().record(&passport()));
        assert_eq!(now.records(&passport()).collect::<Vec<_>>(), made, "oldest first");
    }
    for old in [5, 1] {
        let refused = Rotation::begin(dir.path()).unwrap().draw(KeyVersion(old)).unwrap_err();
        assert!(matches!(refused, VaultError::NotNewer));
    }
    let after: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("keys.json")).unwrap()).unwrap();
    assert_eq!((&after["token"], &after["ledger"]), (&before["token"], &before["ledger"]));
    assert_eq!(after["fingerprint"][0], before["fingerprint"][0]);
    assert_eq!(fs::metadata(dir.path().join("keys.json")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn nothing_is_rotated_while_a_process_uses_the_keys() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).await.unwrap();
    let other = Vault::open(dir.path()).await.unwrap();
    for used in [vec![vault, other.clone()], vec![other]] {
        assert!(matches!(Rotation::begin(dir.path()), Err(VaultError::InUse)));
        drop(used);
    }
    Rotation::begin(dir.path()).unwrap().draw(KeyVersion(2)).unwrap();
}
