use super::*;
use crate::testing::{leaves, root, tiles};

/// The sample leaves of RFC 6962's reference implementation, and the roots of their first one to eight.
const SAMPLES: [(&[u8], &str); 8] = [
    (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (b"\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    (b"\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    (b"\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    (b"\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    (b"\x40\x41\x42\x43", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    (b"\x50\x51\x52\x53\x54\x55\x56\x57", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    (
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];

#[test]
fn the_samples_of_the_standard_give_its_roots() {
    let mut tree = Tree::default();
    assert_eq!(tree.root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (data, root) in SAMPLES {
        tree.push(hash::leaf(data), |_, _| unreachable!("eight leaves fill no tile"));
        assert_eq!(tree.root().to_string(), root, "of {} leaves", tree.size());
    }
}

#[test]
fn every_size_has_the_root_that_the_standard_defines() {
    let leaves = leaves(1_100);
    let mut tree = Tree::default();
    for (size, leaf) in (1..).zip(&leaves) {
        tree.push(*leaf, |_, _| {});
        assert_eq!(tree.root(), root(&leaves[..size]), "of {size} leaves");
    }
}

#[test]
fn each_hash_above_the_leaves_stands_for_a_full_tile_and_a_tree_goes_on_from_its_partial_tiles() {
    // Three levels of tiles.
    let leaves = leaves(70_000);
    let (tree, tiles) = tiles(&leaves);
    assert_eq!(tree.root(), root(&leaves));
    for (tile, hashes) in &tiles {
        assert_eq!(hashes.len(), usize::from(tile.width), "{tile:?}");
        let span = 256_usize.pow(u32::from(tile.level));
        let first = usize::try_from(tile.index).unwrap() * 256 * span;
        let last = hashes.len() - 1;
        let under = |place: usize| root(&leaves[first + place * span..first + (place + 1) * span]);
        assert_eq!((hashes[0], hashes[last]), (under(0), under(last)), "{tile:?}");
    }
    let resumed = Tree::resume(70_000, |tile| Ok::<_, ()>(tiles[&tile].clone())).unwrap();
    assert_eq!(resumed, tree);
}
