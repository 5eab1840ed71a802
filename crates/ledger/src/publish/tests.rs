use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, atomic::AtomicUsize},
};

use super::*;
use crate::testing::{files, leaves, publish, root, signer, texts};

/// Small, over the edge of a tile, over it again.
const SIZES: [u64; 4] = [3, 255, 300, 515];

fn read(folder: &Folder) -> Checkpoint {
    Checkpoint::open(&folder.text(CHECKPOINT).unwrap().unwrap(), signer().verifier()).unwrap()
}

/// The published files that the last checkpoint needs, and the checkpoint.
fn needed(dir: &std::path::Path, size: u64) -> BTreeMap<String, Vec<u8>> {
    let mut needed: Vec<String> = Tile::partials(size).map(|tile| tile.path()).collect();
    for index in 0..size / 256 {
        needed.push(Tile { level: 0, index, width: 256 }.path());
    }
    needed.extend([CHECKPOINT.to_owned(), KEY.to_owned()]);
    let mut files = files(dir);
    needed.into_iter().map(|name| (name.clone(), files.remove(&name).unwrap_or_else(|| panic!("{name}")))).collect()
}

#[test]
fn each_checkpoint_has_the_root_of_the_entries_and_every_tile_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path());
    for size in SIZES {
        publish(&folder, &[size]).unwrap();
        assert_eq!((read(&folder).size, read(&folder).root), (size, root(&leaves(size))));
        for tile in Tile::partials(size) {
            assert_eq!(folder.bytes(&tile.path()).unwrap().unwrap().len(), 32 * usize::from(tile.width));
        }
    }
    assert!(!folder.path("tile/0/000.p").exists(), "a full tile's partial ones are taken away");
    let partial = Tile { level: 0, index: 0, width: 3 };
    assert_eq!(folder.needed(partial).unwrap(), leaves(3), "and are answered from the full one");
}

#[test]
fn a_crash_between_any_two_writes_leaves_what_the_next_start_makes_whole() {
    let whole = tempfile::tempdir().unwrap();
    publish(&Folder::new(whole.path()), &SIZES).unwrap();
    let whole = needed(whole.path(), 515);
    let mut crashes = 0;
    for steps in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(dir.path());
        folder.crash = Some(Arc::new(AtomicUsize::new(steps)));
        let crashed = publish(&folder, &SIZES).is_err();
        folder.crash = None;
        // What is signed is true, and every tile it needs is there: others may have read it.
        if folder.path(CHECKPOINT).exists() {
            let signed = read(&folder);
            assert_eq!(signed.root, root(&leaves(signed.size)), "after {steps} steps");
            let tree = Tree::resume(signed.size, |tile| folder.needed(tile)).unwrap();
            assert_eq!(tree.root(), signed.root, "after {steps} steps");
        }
        publish(&folder, &SIZES[3..]).unwrap();
        assert_eq!(needed(dir.path(), 515), whole, "after {steps} steps");
        crashes += usize::from(crashed);
        if !crashed {
            break;
        }
    }
    assert!(crashes > 60, "the tests stop at every step: {crashes}");
}

#[test]
fn what_failed_is_tried_again_without_a_new_start() {
    let whole = tempfile::tempdir().unwrap();
    publish(&Folder::new(whole.path()), &[300]).unwrap();
    let whole = needed(whole.path(), 300);
    for steps in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(dir.path());
        folder.crash = Some(Arc::new(AtomicUsize::new(steps)));
        let mut publisher = Publisher::open(folder.clone(), signer()).unwrap();
        let texts = texts(300);
        texts[..200].iter().for_each(|text| publisher.push(text).unwrap());
        let failed = publisher.publish();
        folder.crash.unwrap().store(usize::MAX, std::sync::atomic::Ordering::SeqCst);
        // Meanwhile the log has grown.
        texts[200..].iter().for_each(|text| publisher.push(text).unwrap());
        publisher.publish().unwrap();
        assert_eq!((needed(dir.path(), 300), publisher.waiting()), (whole.clone(), 0), "after {steps} steps");
        if failed.is_ok() {
            break;
        }
    }
}

#[test]
fn lost_or_damaged_tiles_are_made_again_and_a_changed_history_is_not_signed() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path());
    publish(&folder, &[515]).unwrap();
    let whole = files(dir.path());
    let last = folder.path("tile/0/002.p/3");
    for damage in [None, Some(vec![0; 96]), Some(vec![0; 95])] {
        match damage {
            None => fs::remove_dir_all(folder.path("tile")).unwrap(),
            Some(bytes) => fs::write(&last, bytes).unwrap(),
        }
        let mut publisher = Publisher::open(folder.clone(), signer()).unwrap();
        assert_eq!((publisher.size(), publisher.waiting()), (0, 0));
        texts(515).iter().for_each(|text| publisher.push(text).unwrap());
        publisher.publish().unwrap();
        assert_eq!(files(dir.path()), whole);
    }
    fs::remove_file(&last).unwrap();
    let before = files(dir.path());
    let mut publisher = Publisher::open(folder.clone(), signer()).unwrap();
    let mut forged = texts(515);
    forged[77].push('!');
    let refused = forged.iter().try_for_each(|text| publisher.push(text));
    assert!(matches!(refused, Err(LedgerError::OtherHistory { at: Position(515) })), "{refused:?}");
    assert_eq!(files(dir.path()), before, "what was signed stays as evidence");
}

#[test]
fn two_do_not_publish_in_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path());
    let mut first = publish(&folder, &[3]).unwrap();
    publish(&folder, &[5]).unwrap();
    texts(9)[3..].iter().for_each(|text| first.push(text).unwrap());
    assert!(matches!(first.publish(), Err(LedgerError::Overtaken { .. })));
    assert_eq!(read(&folder).size, 5);
    let held = folder.hold().unwrap();
    assert!(held.is_some() && folder.hold().unwrap().is_none());
}

#[test]
fn another_keys_checkpoint_is_not_gone_on_from() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(dir.path());
    publish(&folder, &[3]).unwrap();
    let other = Signer::new("traccia/test", &[8; 32]).unwrap();
    let refused = Publisher::open(folder.clone(), other).unwrap_err();
    assert!(matches!(refused, LedgerError::Foreign { .. }) && refused.to_string().contains("keys.json"), "{refused}");
    let other = Signer::new("traccia/other", &crate::testing::SECRET).unwrap();
    assert!(matches!(Publisher::open(folder, other), Err(LedgerError::Foreign { .. })));
}

#[test]
fn a_commit_too_long_for_a_bundle_is_refused_and_the_tree_stays() {
    let dir = tempfile::tempdir().unwrap();
    let mut publisher = publish(&Folder::new(dir.path()), &[2]).unwrap();
    publisher.push(&"x".repeat(65_535)).unwrap();
    let refused = publisher.push(&"x".repeat(65_536));
    assert!(matches!(refused, Err(LedgerError::TooLong { at: Position(4), bytes: 65_536 })));
    assert_eq!(publisher.size(), 3);
}
