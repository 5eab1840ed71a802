//! An embedded installation that is started, or goes on, with a log that is not the one it had: it refuses, says what to
//! do, and counts nothing wrongly.

use std::{fs, path::Path};

use serde_json::Value;
use sqlx::{Connection as _, Executor as _};
use tempfile::TempDir;

use super::{
    bytes::waiting,
    rewritten::rewrite,
    says::{connected, count_anew},
    start::{comes_to_nothing, unready},
    whole::{Whole, whole},
};
use crate::{
    faults::kills::installation,
    program::{Server, ran, run},
};

/// That a start comes to nothing, with these words, and that `verify` finds something.
async fn refuses(folder: &Path, words: &[&str]) {
    let said = comes_to_nothing(folder, &[]).await;
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
    let verified = run(&["verify", "--data", folder.to_str().unwrap()]);
    assert!(!verified.status.success(), "verify finds nothing: {}", String::from_utf8_lossy(&verified.stdout));
}

/// What the read models answer, at the position that they have reached.
fn counting(folder: &Path) -> Value {
    let text = ran(&["counting", "--data", folder.to_str().unwrap(), "--programme", "prog", "--json"]);
    serde_json::from_str(&text).unwrap()
}

/// A folder with the first commits only in its log.
async fn older(whole: &Whole) -> (TempDir, usize) {
    let (folder, left) = (whole.rested.laid_out(), whole.says.log.len() / 2);
    rewrite(&folder.path().join("log.db"), &whole.says.log[..left]).await;
    (folder, left)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_behind_its_tables_is_refused_until_the_whole_one_is_back() {
    let whole = whole().await;
    let (folder, left) = older(whole).await;
    let ends = format!("the log ends at position {left}, but the tables have reached {}", whole.says.log.len());
    let why = "the log was restored from an older backup or has lost commits";
    let before = counting(whole.rested.laid_out().path());
    refuses(folder.path(), &[&ends, why, "Restore the whole log", "`traccia rebuild`"]).await;
    assert_eq!(counting(folder.path()), before, "what was counted stays as it was");

    rewrite(&folder.path().join("log.db"), &whole.says.log).await;
    let server = Server::start(folder.path());
    server.kill();
    assert_eq!(counting(folder.path()), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_log_that_was_counted_anew_is_not_the_one_that_was_signed() {
    let whole = whole().await;
    let (folder, left) = older(whole).await;
    count_anew(folder.path()).await;
    let server = Server::start(folder.path());
    let said = unready(&server.url).await;
    let signed = whole.says.log.len();
    let ends = format!("HISTORY HAS CHANGED: the log ends at position {left}, and {signed} commits were signed");
    assert!(said.contains(&ends) && said.contains("bring back the log that was signed"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_of_another_epoch_is_refused() {
    let whole = whole().await;
    let (folder, (other, _)) = (whole.rested.laid_out(), installation(2));
    let log = folder.path().join("log.db");
    let mut theirs = connected(&other.path().join("log.db")).await.unwrap();
    theirs.execute("pragma wal_checkpoint(truncate)").await.unwrap();
    theirs.close().await.unwrap();
    let _ = fs::remove_file(waiting(&log));
    fs::copy(other.path().join("log.db"), &log).unwrap();
    refuses(folder.path(), &["the log began as", "belongs to the log", "check the address of the log and the folder"])
        .await;

    // Without the folder's own note it is the tables that know.
    fs::remove_file(folder.path().join("epoch")).unwrap();
    let said = comes_to_nothing(folder.path(), &[]).await;
    let words = ["the tables were built from log", "another installation's log or tables are configured"];
    assert!(
        words.iter().all(|word| said.contains(word)) && said.contains("Correct that; to replace those tables"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_with_a_gap_is_refused() {
    let whole = whole().await;
    let folder = whole.rested.laid_out();
    let before = counting(folder.path());
    let mut log = connected(&folder.path().join("log.db")).await.unwrap();
    log.execute("delete from commits where position = 40").await.unwrap();
    log.close().await.unwrap();
    refuses(
        folder.path(),
        &["the commit at position 40 cannot be read, and nothing after it is counted", "restore the log"],
    )
    .await;
    assert_eq!(counting(folder.path()), before, "what was counted stays as it was");

    let mut log = connected(&folder.path().join("log.db")).await.unwrap();
    log.execute("delete from recent where position = 40").await.unwrap();
    log.close().await.unwrap();
    refuses(folder.path(), &["the index of streams does not have every commit: restore the log from an export"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_to_a_gap_stands_still_and_counts_nothing_behind_it() {
    let whole = whole().await;
    let folder = whole.rested.laid_out();
    let before = counting(folder.path());
    let server = Server::start(folder.path());
    let head = whole.says.log.len();
    let mut log = connected(&folder.path().join("log.db")).await.unwrap();
    for copied in
        ["commits select position + 2, stream, text from commits", "recent select key, position + 2 from recent"]
    {
        let sql = format!("insert into {copied} where position = {head}");
        log.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    log.close().await.unwrap();
    let said = unready(&server.url).await;
    assert!(said.contains(&format!("the read models stand still at position {head} since")), "{said}");
    let token = ran(&["token", "--data", folder.path().to_str().unwrap(), "--subject", "a", "--role", "auditor"]);
    let asked = reqwest::Client::new().get(format!("{}/v1/counting?programme=prog", server.url));
    let answer: Value = asked.bearer_auth(token.trim()).send().await.unwrap().json().await.unwrap();
    assert_eq!((&answer["counted"], &answer["position"]), (&before["counted"], &before["position"]));
    server.kill();
    refuses(folder.path(), &["the index of streams does not have every commit: restore the log from an export"]).await;
}
