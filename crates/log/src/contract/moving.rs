//! From one log to another, through a file.

use jiff::Timestamp;
use traccia_domain::{Commit, Hash, Position, hash::ShortHash};

use super::samples::{begin, commit, follow, point};
use crate::{
    Log, LogError, MemoryLog,
    export::{ExportError, begun, check, export, restore},
    start,
};

/// A log with a history, and its export.
async fn exported() -> (MemoryLog, Vec<u8>) {
    let log = MemoryLog::default();
    start(&log, ShortHash::of_parts([b"epoch".as_slice()]), Timestamp::UNIX_EPOCH).await.expect("an empty log");
    for n in 0..20 {
        let first = begin(&log, &point(n), "flood, \"high\"\nwater").await;
        follow(&log, &first, "works").await;
    }
    let mut file = Vec::new();
    export(&log, &mut file, |_| {}).await.expect("a memory log and a memory file");
    (log, file)
}

/// Restored, a log is the same: texts, positions, hashes, epoch.
pub async fn a_log_moves_whole<L: Log + Clone>(log: L) {
    let (original, file) = exported().await;
    let checked = check(file.as_slice(), |_| {}).await.expect("the file is whole");
    let mut steps = Vec::new();
    let restored = restore(file.as_slice(), &log, |position| steps.push(position)).await.expect("the file is whole");
    assert_eq!((restored, restored.commits), (checked, 41));
    assert!(steps.is_sorted() && steps.last() == Some(&41), "{steps:?}");
    for position in (1..=41).map(Position) {
        assert_eq!(log.at(position).await.expect("it is there"), original.at(position).await.expect("it is there"));
    }
    let mut again = Vec::new();
    export(&log, &mut again, |_| {}).await.expect("the log is whole");
    assert!(again == file, "exported again, it is the same file byte for byte");
}

/// A cut, a changed letter, a lost or swapped line: none is taken for the whole.
pub async fn a_damaged_export_is_refused<L: Log + Clone>(log: L) {
    let (_, file) = exported().await;
    let text = String::from_utf8(file).expect("an export is text");
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let mut swapped = lines.clone();
    swapped.swap(4, 5);
    let without = [&lines[..7], &lines[8..]].concat();
    for (what, damaged) in [
        ("without its trailer", joined(&lines[..lines.len() - 1])),
        ("cut within its trailer", text[..text.len() - 5].to_owned()),
        ("with two lines swapped", joined(&swapped)),
        ("without a line", joined(&without)),
        ("with a word changed in the last commit", text.replacen("works", "words", 20).replacen("words", "works", 19)),
        ("with something behind it", format!("{text}more\n")),
    ] {
        let refused = check(damaged.as_bytes(), |_| {}).await;
        assert!(matches!(refused, Err(ExportError::Damaged { .. })), "{what}: {refused:?}");
    }
    let foreign = restore(b"position;commit\n".as_slice(), &log, |_| {}).await;
    assert!(matches!(foreign, Err(ExportError::Foreign)), "{foreign:?}");
    assert_eq!(log.head().await.expect("the log is there"), Position::START);
}

/// What could not be restored is not exported: who keeps backups hears of it the same night.
pub async fn a_log_that_does_not_hang_together_is_not_exported<L: Log + Clone>(log: L) {
    start(&log, ShortHash::of_parts([b"epoch".as_slice()]), Timestamp::UNIX_EPOCH).await.expect("an empty log");
    let first = begin(&log, &point(1), "flood").await;
    let stranger = Commit { prev: Hash::ZERO, ..commit(&point(1), Some(&first), "works") };
    log.append(&stranger, Some(first.position)).await.expect("a log looks at no chain");
    let refused = export(&log, &mut Vec::new(), |_| {}).await;
    assert!(matches!(refused, Err(ExportError::Log(LogError::Corrupt { at: Position(3), .. }))), "{refused:?}");
}

/// A restore that was killed is run again, and gives the whole.
pub async fn a_restore_that_broke_off_goes_on<L: Log + Clone>(log: L) {
    let (_, file) = exported().await;
    let lines: Vec<&str> = std::str::from_utf8(&file).expect("an export is text").lines().collect();
    let cut = lines[..lines.len() / 2].join("\n") + "\n";
    let broken = restore(cut.as_bytes(), &log, |_| {}).await;
    assert!(matches!(broken, Err(ExportError::Damaged { .. })), "{broken:?}");
    let part = begun(file.as_slice(), &log).await.expect("it is a part of the file");
    assert!(part > Position(1) && part < Position(41), "{part}");
    for _ in 0..2 {
        let summary = restore(file.as_slice(), &log, |_| {}).await.expect("the rest");
        assert_eq!(log.head().await.expect("the log is there"), Position(summary.commits));
    }
    let mut again = Vec::new();
    export(&log, &mut again, |_| {}).await.expect("the log is whole");
    assert!(again == file, "the same bytes");
}

/// Two histories are never mixed.
pub async fn a_log_that_holds_something_takes_no_export<L: Log + Clone>(log: L) {
    begin(&log, &point(1), "flood").await;
    let (_, file) = exported().await;
    let refused = restore(file.as_slice(), &log, |_| {}).await;
    assert!(matches!(refused, Err(ExportError::NotEmpty { held: 1, at: Position(1) })), "{refused:?}");
}
