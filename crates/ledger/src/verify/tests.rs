use std::{collections::BTreeMap, path::Path, sync::Arc};

use tempfile::TempDir;
use traccia_domain::hash::Hex;
use traccia_log::{Log as _, MemoryLog, contract};

use super::*;
use crate::{
    Follower, pack,
    testing::{SECRET, files, lengthen, log},
};

/// A log and its ledger.
struct House {
    log: MemoryLog,
    ledger: Ledger,
    dir: TempDir,
}

/// Follows a log to its end.
async fn house(log: MemoryLog) -> House {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path().join("ledger"));
    let follower = Follower::new(Arc::new(log.clone()), Hex([5; 16]), folder, &SECRET).unwrap();
    let ledger = follower.ledger();
    follower.run(std::future::ready(())).await.unwrap();
    House { log, ledger, dir }
}

impl House {
    async fn pack(&self) -> std::path::PathBuf {
        let out = self.dir.path().join("pack");
        pack(&self.log, &self.ledger, &out, |_| {}).await.unwrap().unwrap();
        out
    }

    /// The first difference in a pack, or the error; nothing when it holds.
    fn check(&self, pack: &Path) -> Option<String> {
        match verify_pack(&Folder::new(pack), self.ledger.key(), |_| {}) {
            Ok(verified) => verified.differences.first().cloned(),
            Err(error) => Some(error.to_string()),
        }
    }

    async fn check_log(&self) -> Option<String> {
        match verify_log(&self.log, &self.ledger, |_| {}).await {
            Ok(verified) => verified.unwrap().differences.first().cloned(),
            Err(error) => Some(error.to_string()),
        }
    }
}

fn put(pack: &Path, name: &str, bytes: &[u8]) {
    fs::write(pack.join(name), bytes).unwrap();
}

#[tokio::test]
async fn a_pack_holds_and_says_what_it_holds() {
    let house = house(log(600).await).await;
    let pack = house.pack().await;
    let verified = verify_pack(&Folder::new(&pack), house.ledger.key(), |_| {}).unwrap();
    assert!(verified.holds(), "{:?}", verified.differences);
    assert_eq!((verified.checkpoint.size, verified.root), (600, verified.checkpoint.root));
    assert_eq!(house.check_log().await, None);
    let names: Vec<String> = files(&pack).into_keys().collect();
    let expected = [
        "checkpoint",
        "key",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ];
    assert_eq!(names, expected);
    let again = super::super::pack(&house.log, &house.ledger, &pack, |_| {}).await;
    assert!(again.is_err(), "a pack is not written over");
}

#[tokio::test]
async fn any_bit_flipped_in_a_small_pack_is_found() {
    let house = house(log(1).await).await;
    let pack = house.pack().await;
    for (name, bytes) in files(&pack) {
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            put(&pack, &name, &changed);
            assert!(house.check(&pack).is_some(), "bit {bit} of {name}");
        }
        put(&pack, &name, &bytes);
    }
    assert_eq!(house.check(&pack), None);
}

#[tokio::test]
async fn bits_flipped_tails_cut_and_files_lost_or_added_are_found_in_a_large_pack() {
    let house = house(log(600).await).await;
    let pack = house.pack().await;
    for (name, bytes) in files(&pack) {
        // Places that no pattern of the formats lines up with.
        for place in (0..bytes.len() * 8).step_by(bytes.len() * 8 / 7 - 3) {
            let mut changed = bytes.clone();
            changed[place / 8] ^= 1 << (place % 8);
            put(&pack, &name, &changed);
            assert!(house.check(&pack).is_some(), "bit {place} of {name}");
        }
        for cut in [0, bytes.len() / 2, bytes.len() - 1] {
            put(&pack, &name, &bytes[..cut]);
            assert!(house.check(&pack).is_some(), "{name} cut at {cut}");
        }
        fs::remove_file(pack.join(&name)).unwrap();
        assert!(house.check(&pack).is_some(), "{name} lost");
        put(&pack, &name, &bytes);
    }
    put(&pack, "tile/0/003", &[0; 8_192]);
    assert!(house.check(&pack).unwrap().contains("does not belong"), "a file that nothing accounts for");
    fs::remove_file(pack.join("tile/0/003")).unwrap();
    assert_eq!(house.check(&pack), None);
}

#[tokio::test]
async fn entries_swapped_forged_or_from_another_log_are_found() {
    let house = house(log(300).await).await;
    let pack = house.pack().await;
    let whole = files(&pack);
    let bundle = &whole["tile/entries/001.p/44"];
    let mut texts = entries::split(bundle, 44).unwrap();
    texts.swap(3, 4);
    let mut swapped = Vec::new();
    texts.iter().for_each(|text| entries::add(&mut swapped, Position(1), text).unwrap());
    put(&pack, "tile/entries/001.p/44", &swapped);
    assert!(house.check(&pack).is_some());
    put(&pack, "tile/entries/001.p/44", bundle);
    assert_eq!(house.check(&pack), None);

    let other = self::house(log(301).await).await;
    let theirs: BTreeMap<_, _> = files(&other.pack().await);
    put(&pack, "checkpoint", &theirs["checkpoint"]);
    assert!(house.check(&pack).is_some(), "the checkpoint of a longer history");
}

#[tokio::test]
async fn a_signed_history_that_does_not_hang_together_is_found_too() {
    let log = log(5).await;
    let mut forged = contract::commit(&contract::point(9), None, "forged");
    forged.prev = traccia_domain::Hash::of(b"nothing");
    log.append(&forged, None).await.unwrap();
    let house = house(log).await;
    let pack = house.pack().await;
    let found = house.check(&pack).unwrap();
    assert!(found.contains("position 6") && found.contains("hash of the commit before"), "{found}");
}

#[tokio::test]
async fn in_the_ledgers_folder_every_changed_tile_is_named() {
    let mut house = house(log(200).await).await;
    lengthen(&house.log, 700).await;
    let follower =
        Follower::new(Arc::new(house.log.clone()), Hex([5; 16]), house.ledger.folder().clone(), &SECRET).unwrap();
    house.ledger = follower.ledger();
    follower.run(std::future::ready(())).await.unwrap();
    let root = house.ledger.folder().path("");
    let tiles = files(&root).into_iter().filter(|(name, _)| name.starts_with("tile"));
    for (name, bytes) in tiles {
        let mut changed = bytes.clone();
        changed[bytes.len() / 2] ^= 1;
        put(&root, &name, &changed);
        assert_eq!(house.check_log().await, Some(format!("{name} is not what the entries give")));
        put(&root, &name, &bytes);
    }
    assert_eq!(house.check_log().await, None);
}

#[tokio::test]
async fn a_log_that_lost_or_changed_a_commit_is_found() {
    let mut house = house(log(300).await).await;
    house.log = log(299).await;
    assert!(house.check_log().await.unwrap().contains("the log ends at position 299"));
    let other = log(299).await;
    contract::begin(&other, &contract::point(9), "somebody else's").await;
    house.log = other;
    assert!(house.check_log().await.is_some());
    let refused = pack(&house.log, &house.ledger, &house.dir.path().join("pack"), |_| {}).await;
    assert!(matches!(refused, Err(LedgerError::OtherHistory { .. })), "no pack of another history is written");
}

#[tokio::test]
async fn a_key_beside_the_checkpoint_that_is_not_the_one_that_signs_is_found() {
    let house = house(log(3).await).await;
    let root = house.ledger.folder().path("");
    let key = fs::read(root.join(KEY)).unwrap();
    for wrong in [&key[..50], b"traccia/other+00000000+AAAA\n", &[0xff]] {
        put(&root, KEY, wrong);
        assert!(house.check_log().await.unwrap().contains("the file key does not hold the key"));
    }
    fs::remove_file(root.join(KEY)).unwrap();
    assert!(house.check_log().await.is_some());
    put(&root, KEY, &key);
    assert_eq!(house.check_log().await, None);
}
