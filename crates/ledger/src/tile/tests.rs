use super::*;

#[test]
fn numbers_are_written_in_groups_of_three() {
    // The samples of tlog-tiles, and those of Go's `tlog.Tile`.
    let written = [
        (0, 256, "000"),
        (67, 256, "067"),
        (999, 255, "999.p/255"),
        (1_000, 256, "x001/000"),
        (1_234_067, 256, "x001/x234/067"),
        (1_234_067, 8, "x001/x234/067.p/8"),
    ];
    for (index, width, text) in written {
        assert_eq!(Tile { level: 3, index, width }.path(), format!("tile/3/{text}"));
        assert_eq!(Bundle { index, width }.path(), format!("tile/entries/{text}"));
        assert_eq!(Tile::parse("3", text), Some(Tile { level: 3, index, width }));
        assert_eq!(Bundle::parse(text), Some(Bundle { index, width }));
    }
}

#[test]
fn no_other_spelling_names_a_tile() {
    let numbers = [
        "",
        "0",
        "00",
        "0000",
        "x000/000",
        "001/000",
        "x001/x000",
        "x001//000",
        "/000",
        "000/",
        "000.p/",
        "000.p/0",
        "000.p/256",
        "000.p/01",
        "000.p/+1",
        "000.p",
        "..",
        "../keys.json",
        "x001/../000",
        "x001%2f000",
        "00\u{661}",
        "+01",
        "-01",
        "x00a/000",
        "x999/x999/x999/x999/x999/x999/x999/999",
    ];
    for text in numbers {
        assert_eq!(Tile::parse("0", text), None, "{text}");
        assert_eq!(Bundle::parse(text), None, "{text}");
    }
    for level in ["", "00", "-1", "64", "x", "..", "entries", "+1"] {
        assert_eq!(Tile::parse(level, "000"), None, "{level}");
    }
}

#[test]
fn a_tree_of_seventy_thousand_has_the_tiles_the_specification_lists() {
    let partial: Vec<Tile> = Tile::partials(70_000).collect();
    let tile = |level, index, width| Tile { level, index, width };
    assert_eq!(partial, [tile(0, 273, 112), tile(1, 1, 17), tile(2, 0, 1)]);
    assert_eq!(Tile::partials(256).collect::<Vec<_>>(), [tile(1, 0, 1)]);
    for there in [tile(0, 272, 256), tile(0, 273, 112), tile(0, 273, 7), tile(1, 0, 256), tile(2, 0, 1)] {
        assert!(there.within(70_000), "{there:?}");
    }
    for beyond in [tile(0, 273, 113), tile(0, 273, 256), tile(1, 1, 18), tile(2, 0, 2), tile(3, 0, 1)] {
        assert!(!beyond.within(70_000), "{beyond:?}");
    }
    assert!(!tile(63, u64::MAX, 256).within(u64::MAX));
    let bundles: Vec<Bundle> = Bundle::all(513).collect();
    assert_eq!(bundles.iter().map(|bundle| bundle.width).collect::<Vec<_>>(), [256, 256, 1]);
}
