//! Reading.

use futures::StreamExt as _;
use jiff::Timestamp;
use traccia_domain::{Position, Recorded, hash::ShortHash};

use super::samples::{begin, commit, follow, point};
use crate::{Log, LogError, start, verify_chain};

/// The commits after a position up to another, as a reader sees them.
async fn read(log: &impl Log, after: Position, until: Position) -> Vec<Recorded> {
    let mut seen = Vec::new();
    let mut chunks = log.read(after);
    while seen.last().map_or(after, |last: &Recorded| last.position) < until {
        let chunk = chunks.next().await.expect("reading never ends by itself").expect("the log is whole");
        seen.extend(chunk.commits().map(|commit| commit.expect("the commit is whole")));
    }
    seen
}

/// A reader that began before everything sees each commit once, in order, while four write.
pub async fn a_reader_sees_what_is_written_meanwhile<L: Log + Clone>(log: L) {
    const EACH: usize = 1_000;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let log = log.clone();
            tokio::spawn(async move {
                for call in 0..EACH / 50 {
                    let first = writer * EACH + call * 50;
                    let commits: Vec<_> = (first..first + 50).map(|n| (commit(&point(n), None, "new"), None)).collect();
                    assert!(log.append_many(&commits).await.iter().all(Result::is_ok));
                }
            })
        })
        .collect();
    let end = Position(4 * EACH as u64);
    let seen = read(&log, Position::START, end).await;
    for writer in writers {
        writer.await.expect("no writer failed");
    }
    assert_eq!(seen.len() as u64, end.0, "nothing is seen twice");
    assert!(seen.iter().zip(1..).all(|(recorded, n)| recorded.position == Position(n)), "positions are contiguous");
    // A second reader, later and from the middle, sees the same.
    assert_eq!(read(&log, Position(2_500), end).await, seen[2_500..]);
}

/// Of more streams than any backend asks for at once, those that have begun are told, in the order asked, each as often
/// as it is asked for.
pub async fn streams_are_known_to_have_begun<L: Log + Clone>(log: L) {
    let wanted: Vec<_> = (0..2_500).map(point).collect();
    assert!(log.begun(&[]).await.expect("the log is there").is_empty());
    let begun: Vec<_> = (0..2_500).filter(|n| n % 7 == 0).collect();
    let commits: Vec<_> = begun.iter().map(|n| (commit(&point(*n), None, "new"), None)).collect();
    assert!(log.append_many(&commits).await.iter().all(Result::is_ok));
    let mut found = log.begun(&wanted).await.expect("the log is there");
    for (n, found) in found.iter().enumerate() {
        assert_eq!(*found, n % 7 == 0, "{n}");
    }
    found = log.begun(&[wanted[7].clone(), wanted[8].clone(), wanted[7].clone()]).await.expect("the log is there");
    assert_eq!(found, [true, false, true]);
}

/// Streams are in the log in the order they are loaded in, and each commit holds the hash of the one before.
pub async fn the_chain_is_whole<L: Log + Clone>(log: L) {
    let mut ends = Vec::new();
    for n in 0..3 {
        ends.push(begin(&log, &point(n), "flood").await);
    }
    for round in 0..5 {
        for end in &mut ends {
            *end = follow(&log, end, &format!("round {round}")).await;
        }
    }
    assert_eq!(verify_chain(&log).await.expect("it is whole"), 18);
    let everything = read(&log, Position::START, Position(18)).await;
    for n in 0..3 {
        let loaded = log.load(&point(n), Position::START).await.expect("the log is there");
        let seen: Vec<_> = everything.iter().filter(|recorded| recorded.commit.stream == point(n)).cloned().collect();
        assert_eq!(loaded, seen);
    }
    // The log takes what it is given; only reading shows that a writer did not build on what was there.
    let forged = commit(&point(0), None, "forged");
    log.append(&forged, Some(ends[0].position)).await.expect("the expectation holds");
    let found = verify_chain(&log).await;
    assert!(matches!(found, Err(LogError::Corrupt { at: Position(19), .. })), "{found:?}");
}

/// A log put back from an old copy is not taken for the one that was read.
pub async fn a_log_shorter_than_its_reader_is_damaged<L: Log + Clone>(log: L) {
    begin(&log, &point(1), "flood").await;
    let read = log.read(Position(5)).next().await;
    assert!(matches!(read, Some(Err(LogError::Corrupt { .. }))), "{read:?}");
}

/// One position is one commit.
pub async fn one_position_is_read<L: Log + Clone>(log: L) {
    let first = begin(&log, &point(1), "flood").await;
    let second = follow(&log, &first, "works").await;
    assert_eq!(log.at(Position(1)).await.expect("the log is there"), Some(first));
    assert_eq!(log.at(Position(2)).await.expect("the log is there"), Some(second));
    assert_eq!(log.at(Position::START).await.expect("the log is there"), None);
    assert_eq!(log.at(Position(3)).await.expect("the log is there"), None);
}

/// A log is started once; whoever starts it again is told its epoch.
pub async fn a_started_log_keeps_its_epoch<L: Log + Clone>(log: L) {
    let epoch = |word: &[u8]| ShortHash::of_parts([word]);
    assert_eq!(crate::epoch(&log).await.expect("the log is there"), None);
    let first = start(&log, epoch(b"first"), Timestamp::UNIX_EPOCH).await.expect("an empty log is started");
    let again = start(&log, epoch(b"second"), Timestamp::UNIX_EPOCH).await.expect("a started log says its epoch");
    assert_eq!((first, again), (epoch(b"first"), epoch(b"first")));
    assert_eq!(crate::epoch(&log).await.expect("the log is there"), Some(first));
}
