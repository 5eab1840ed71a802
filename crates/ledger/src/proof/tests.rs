use proptest::prelude::*;

use super::*;
use crate::testing::{leaves, path, reading, root, subproof, tiles};

/// Leaves and tiles of one tree for all cases.
fn forest(size: usize) -> (Vec<Hash>, std::collections::BTreeMap<Tile, Vec<Hash>>) {
    let leaves = leaves(size as u64);
    let (_, tiles) = tiles(&leaves);
    (leaves, tiles)
}

#[test]
fn proofs_over_three_levels_of_tiles_are_those_of_the_standard() {
    let (leaves, tiles) = forest(70_000);
    let root = root(&leaves);
    let mut from = Tiles::new(70_000, reading(&tiles));
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let proof = from.inclusion(index).unwrap();
        let place = usize::try_from(index).unwrap();
        assert_eq!(proof, path(place, &leaves), "of leaf {index}");
        assert!(includes(root, 70_000, index, leaves[place], &proof));
        assert_eq!(from.leaf(index).unwrap(), leaves[place]);
    }
    for old in [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000] {
        let proof = from.consistency(old).unwrap();
        let before = &leaves[..usize::try_from(old).unwrap()];
        assert_eq!(proof, subproof(before.len(), &leaves, true), "from {old}");
        assert!(extends((old, self::root(before)), (70_000, root), &proof));
    }
}

/// Sizes around the widths of tiles matter most.
fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![1..20_usize, 250..260_usize, 1..700_usize]
}

proptest! {
    #[test]
    fn every_inclusion_verifies_and_a_changed_leaf_index_root_or_path_never_does(
        size in sizes(), place in any::<prop::sample::Index>(), bit in 0..256_usize, other in any::<prop::sample::Index>(),
    ) {
        let (leaves, tiles) = forest(size);
        let index = place.index(size);
        let (root, wide, at) = (root(&leaves), size as u64, index as u64);
        let mut from = Tiles::new(wide, reading(&tiles));
        let proof = from.inclusion(at).unwrap();
        prop_assert_eq!(&proof, &path(index, &leaves));
        prop_assert!(includes(root, wide, at, leaves[index], &proof));

        let flipped = |hash: Hash| { let mut hash = hash; hash.0[bit / 8] ^= 1 << (bit % 8); hash };
        prop_assert!(!includes(root, wide, at, flipped(leaves[index]), &proof));
        prop_assert!(!includes(flipped(root), wide, at, leaves[index], &proof));
        let elsewhere = other.index(size) as u64;
        prop_assert_eq!(includes(root, wide, elsewhere, leaves[index], &proof), elsewhere == at);
        prop_assert!(!includes(root, at, at, leaves[index], &proof), "an index beyond the tree");
        if !proof.is_empty() {
            let (mut changed, which) = (proof.clone(), other.index(proof.len()));
            changed[which] = flipped(changed[which]);
            prop_assert!(!includes(root, wide, at, leaves[index], &changed));
            prop_assert!(!includes(root, wide, at, leaves[index], &proof[1..]));
        }
        let longer = [&proof[..], &[root]].concat();
        prop_assert!(!includes(root, wide, at, leaves[index], &longer));
    }

    #[test]
    fn every_older_tree_is_extended_and_another_one_never_is(
        size in sizes(), place in any::<prop::sample::Index>(), bit in 0..256_usize, other in any::<prop::sample::Index>(),
    ) {
        let (leaves, tiles) = forest(size);
        let old = place.index(size) + 1;
        let (before, after) = ((old as u64, root(&leaves[..old])), (size as u64, root(&leaves)));
        let proof = Tiles::new(size as u64, reading(&tiles)).consistency(old as u64).unwrap();
        prop_assert_eq!(&proof, &subproof(old, &leaves, true));
        prop_assert!(extends(before, after, &proof));

        let flipped = |hash: Hash| { let mut hash = hash; hash.0[bit / 8] ^= 1 << (bit % 8); hash };
        prop_assert!(!extends((before.0, flipped(before.1)), after, &proof));
        prop_assert!(!extends(before, (after.0, flipped(after.1)), &proof));
        prop_assert!(old == size || !extends(after, before, &proof), "a tree does not shrink");
        if !proof.is_empty() {
            let (mut changed, which) = (proof.clone(), other.index(proof.len()));
            changed[which] = flipped(changed[which]);
            prop_assert!(!extends(before, after, &changed));
            prop_assert!(!extends(before, after, &proof[1..]));
        }
        // One leaf of the older tree was another: its root is no part of this history.
        let mut forged = leaves[..old].to_vec();
        let which = other.index(old);
        forged[which] = flipped(forged[which]);
        prop_assert!(!extends((before.0, root(&forged)), after, &proof));
    }
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree() {
    let (leaves, tiles) = forest(3);
    let proof = Tiles::new(3, reading(&tiles)).consistency(0).unwrap();
    assert!(extends((0, hash::empty()), (3, root(&leaves)), &proof));
    assert!(!extends((0, leaves[0]), (3, root(&leaves)), &proof));
}
