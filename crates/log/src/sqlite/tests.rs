//! The contract, in a file; and what only a file can suffer.

use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use traccia_domain::Position;

use super::{SqliteLog, schema};
use crate::{
    Log, LogError,
    contract::{self, begin, commit, follow, point},
    verify_chain,
};

crate::contract_suite!(async { Some(empty().await) });

async fn empty() -> (SqliteLog, TempDir) {
    let folder = TempDir::new().unwrap();
    (SqliteLog::open(&file(&folder)).await.unwrap(), folder)
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("log.sqlite")
}

/// Does to the file what the log never would.
async fn damage(path: &Path, how: &'static str) {
    let mut connection = schema::options(path).connect().await.unwrap();
    sqlx::raw_sql(how).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The first damage a reader from the beginning meets.
async fn first_damage(log: &SqliteLog) -> Position {
    let mut chunks = log.read(Position::START);
    loop {
        let damaged = match chunks.next().await.unwrap() {
            Ok(chunk) => chunk.commits().find_map(Result::err),
            Err(error) => Some(error),
        };
        match damaged {
            Some(LogError::Corrupt { at, .. }) => return at,
            Some(error) => panic!("{error:?}"),
            None => {}
        }
    }
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let (log, folder) = empty().await;
    let restart = async |log| {
        drop(log);
        SqliteLog::open(&file(&folder)).await.unwrap()
    };
    contract::a_restart_keeps_everything(log, restart).await;
}

#[tokio::test]
async fn damage_is_found_where_it_is() {
    for (how, at) in [
        ("update commits set text = substr(text, 1, 40) where position = 4", 4),
        ("update commits set text = replace(text, '{', char(10)) where position = 4", 1),
        ("update commits set text = cast(x'7bff7d' as text) where position = 4", 4),
        ("delete from commits where position = 4", 4),
        ("delete from commits where position = 1", 1),
    ] {
        let (log, folder) = empty().await;
        for n in 1..=9 {
            begin(&log, &point(n), "flood").await;
        }
        damage(&file(&folder), how).await;
        assert_eq!(first_damage(&log).await, Position(at), "{how}");
    }
}

#[tokio::test]
async fn a_commit_missing_from_the_index_is_found_before_its_stream_begins_again() {
    let (log, folder) = empty().await;
    for n in 1..=9 {
        begin(&log, &point(n), "flood").await;
    }
    damage(&file(&folder), "delete from recent where position = 4").await;
    assert!(matches!(verify_chain(&log).await, Err(LogError::Corrupt { .. })));
    drop(log);
    assert!(matches!(SqliteLog::open(&file(&folder)).await, Err(LogError::Corrupt { .. })), "nor is it opened");
}

#[tokio::test]
async fn a_stream_that_nobody_would_find_is_found_before_it_begins_again() {
    for (how, at) in [
        ("update recent set key = key + 1 where position = 4", Position(4)),
        ("update recent set key = (select key from recent where position = 1) where position = 9", Position(9)),
    ] {
        let (log, folder) = empty().await;
        for n in 1..=9 {
            begin(&log, &point(n), "flood").await;
        }
        assert_eq!(verify_chain(&log).await.unwrap(), 9);
        damage(&file(&folder), how).await;
        let found = verify_chain(&log).await;
        assert!(matches!(&found, Err(LogError::Corrupt { at: found, .. }) if *found == at), "{how}: {found:?}");
    }
}

#[tokio::test]
async fn a_page_that_nobody_reads_is_looked_at_all_the_same() {
    let (log, folder) = empty().await;
    begin(&log, &point(1), "flood").await;
    drop(log);
    damage(&file(&folder), "pragma wal_checkpoint(truncate)").await;
    // How many pages are free, says the header: more than there are.
    let mut bytes = std::fs::read(file(&folder)).unwrap();
    bytes[39] ^= 8;
    std::fs::write(file(&folder), bytes).unwrap();
    let log = SqliteLog::open(&file(&folder)).await.unwrap();
    let said = verify_chain(&log).await.unwrap_err().to_string();
    assert!(said.contains("its file is damaged") && said.contains("restore the log from an export"), "{said}");
}

#[tokio::test]
async fn a_commit_filed_under_another_stream_is_found() {
    let (log, folder) = empty().await;
    begin(&log, &point(1), "flood").await;
    damage(&file(&folder), "update commits set stream = 'point.2'").await;
    let loaded = log.load(&point(1), Position::START).await;
    assert!(matches!(loaded, Err(LogError::Corrupt { at: Position(1), .. })), "{loaded:?}");
}

#[tokio::test]
async fn a_stream_is_found_before_and_after_the_index_moves() {
    let (log, _folder) = empty().await;
    let old = begin(&log, &point(0), "before").await;
    for call in 0..9 {
        let commits: Vec<_> = (1..=4_000).map(|n| (commit(&point(call * 4_000 + n), None, "filler"), None)).collect();
        assert!(log.append_many(&commits).await.iter().all(Result::is_ok));
    }
    let new = follow(&log, &old, "after").await;
    let stale = log.append(&commit(&point(0), Some(&old), "late"), Some(old.position)).await;
    assert!(matches!(stale, Err(LogError::Conflict)), "{stale:?}");
    assert_eq!(log.load(&point(0), Position::START).await.unwrap(), [old, new]);
    let taken = log.append(&commit(&point(9), None, "again"), None).await;
    assert!(matches!(taken, Err(LogError::Conflict)), "{taken:?}");
}

#[tokio::test]
async fn a_tail_cut_off_is_found_by_who_read_it() {
    let (log, folder) = empty().await;
    for n in 1..=3 {
        begin(&log, &point(n), "flood").await;
    }
    let mut chunks = log.read(Position::START);
    chunks.next().await.unwrap().unwrap();
    damage(&file(&folder), "delete from commits where position > 1").await;
    let live = chunks.next().await.unwrap();
    assert!(matches!(live, Err(LogError::Corrupt { at: Position(2), .. })), "{live:?}");
}

#[tokio::test]
async fn two_processes_share_a_file() {
    let (log, folder) = empty().await;
    let other = SqliteLog::open(&file(&folder)).await.unwrap();
    let first = begin(&log, &point(1), "flood").await;
    let mut chunks = other.read(first.position);
    let second = follow(&other, &first, "works").await;
    let late = log.append(&commit(&point(1), Some(&first), "late"), Some(first.position)).await;
    assert!(matches!(late, Err(LogError::Conflict)), "{late:?}");
    let third = follow(&log, &second, "strike").await;
    let mut seen = Vec::new();
    while seen.len() < 2 {
        seen.extend(chunks.next().await.unwrap().unwrap().commits().map(Result::unwrap));
    }
    assert_eq!(seen, [second, third]);
}

#[tokio::test]
async fn files_of_others_are_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder);
    for (what, says) in [
        ("create table visitors (name text)", "not a log of traccia"),
        ("pragma application_id = 0x74726c67; pragma user_version = 2", "layout 2"),
    ] {
        std::fs::write(&path, "").unwrap();
        damage(&path, what).await;
        let before = std::fs::read(&path).unwrap();
        let Err(LogError::Unavailable(cause)) = SqliteLog::open(&path).await else { panic!("{what}") };
        assert!(cause.to_string().contains(says), "{cause}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    std::fs::write(&path, "Gentile utente,\n".repeat(100)).unwrap();
    let Err(LogError::Unavailable(cause)) = SqliteLog::open(&path).await else { panic!("text") };
    assert!(cause.to_string().contains("not a log of traccia"), "{cause}");
}

#[test]
fn a_program_that_ends_while_writing_leaves_a_whole_log() {
    let folder = TempDir::new().unwrap();
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ending = runtime();
    let log = ending.block_on(SqliteLog::open(&file(&folder))).unwrap();
    for writer in 0..8 {
        let log = log.clone();
        ending.spawn(async move {
            for n in 0.. {
                begin(&log, &point(writer * 1_000_000 + n), "flood").await;
            }
        });
    }
    let acknowledged = ending.block_on(async {
        for n in 1..200 {
            begin(&log, &point(90_000_000 + n), "flood").await;
        }
        begin(&log, &point(90_000_000), "the last that was acknowledged").await
    });
    // Eight writers and the task that serves them go in the middle of what they do.
    ending.shutdown_background();
    drop(log);

    runtime().block_on(async {
        let log = SqliteLog::open(&file(&folder)).await.unwrap();
        assert_eq!(log.at(acknowledged.position).await.unwrap(), Some(acknowledged));
        let commits = verify_chain(&log).await.unwrap();
        assert_eq!(Position(commits), log.head().await.unwrap());
    });
}

#[tokio::test]
async fn of_streams_loaded_together_each_hears_what_is_wrong_with_it_alone() {
    let (log, folder) = empty().await;
    for n in 1..=90 {
        begin(&log, &point(n), "flood").await;
    }
    damage(&file(&folder), "update commits set text = replace(text, '{', char(10)) where position = 7").await;
    damage(&file(&folder), "update commits set text = cast(x'7bff7d' as text) where position = 30").await;
    damage(&file(&folder), "update commits set stream = 'point.of-another' where position = 70").await;
    let streams: Vec<_> = (1..=91).map(point).collect();
    let found = futures::future::join_all(streams.iter().map(|stream| log.load(stream, Position::START))).await;
    for (n, found) in (1..).zip(found) {
        match (n, found) {
            (7 | 30 | 70, Err(LogError::Corrupt { at, .. })) => assert_eq!(at, Position(n)),
            (91, Ok(none)) => assert_eq!(none, []),
            (_, Ok(found)) => assert_eq!(found.iter().map(|one| one.position.0).collect::<Vec<_>>(), [n]),
            (n, Err(error)) => panic!("{n}: {error:?}"),
        }
    }
}
