//! What outlives the process.

use jiff::Timestamp;
use traccia_domain::{Position, hash::ShortHash};

use super::samples::{begin, commit, follow, point};
use crate::{Log, LogError, epoch, start, verify_chain};

/// A log that is opened again is the one that was: its epoch, its commits, where each stream ends, and where it goes on.
///
/// `restart` ends what keeps the log and opens it again. The one in memory ends with its process: nothing of it is there to
/// be opened, so this case is not in [`contract_suite!`](crate::contract_suite), and every log that stays calls it.
pub async fn a_restart_keeps_everything<L: Log>(log: L, restart: impl AsyncFnOnce(L) -> L) {
    let drawn = ShortHash::of_parts([b"epoch".as_slice()]);
    start(&log, drawn, Timestamp::UNIX_EPOCH).await.expect("an empty log is started");
    let first = begin(&log, &point(1), "flood").await;
    let other = begin(&log, &point(2), "flood").await;
    let second = follow(&log, &first, "works").await;

    let log = restart(log).await;
    assert_eq!(epoch(&log).await.expect("the log is there"), Some(drawn));
    assert_eq!(log.head().await.expect("the log is there"), Position(4));
    assert_eq!(log.at(Position(3)).await.expect("the log is there"), Some(other));
    let stream = log.load(&point(1), Position::START).await.expect("the log is there");
    assert_eq!(stream, [first.clone(), second.clone()]);
    let late = log.append(&commit(&point(1), Some(&first), "late"), Some(first.position)).await;
    assert!(matches!(late, Err(LogError::Conflict)), "who has not seen the latest decides nothing: {late:?}");
    assert_eq!(follow(&log, &second, "strike").await.position, Position(5), "it goes on where it ended");
    assert_eq!(verify_chain(&log).await.expect("it is whole"), 5);
}
