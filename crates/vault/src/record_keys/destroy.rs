//! Destroying keys: their bytes leave the files.
//!
//! A destroyed key leaves its row behind without a key, the tombstone: no process draws another for the record. SQLite
//! overwrites what is replaced (`secure_delete`), also what it moves while the file grows; what the write-ahead log still
//! holds is carried home and cut off before destruction is answered. What a disk keeps of sectors it no longer shows, and
//! what copies of the file hold, is beyond any program: the runbook says what to do.

use std::time::Duration;

use sqlx::{Connection as _, SqliteConnection};
use tokio::time::{self, Instant};
use traccia_domain::RecordId;

use crate::VaultError;

/// The version of the file whose bytes were overwritten from the first row on.
const OVERWRITTEN: i64 = 1;

/// How long to wait for others; as long as SQLite waits for those who read.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Empties the keys of records for good.
///
/// A crash before the commit leaves them as they are; one after it leaves their bytes in the write-ahead log, until the next
/// destruction or the next start.
pub(super) async fn destroy(connection: &mut SqliteConnection, records: &[RecordId]) -> Result<(), VaultError> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    for record in records {
        sqlx::query(
            "insert into record_keys values (?, x'') on conflict (record) do update set key = x'' where length(key) > 0",
        )
        .bind(&record.0.0[..])
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    carry_home(connection).await
}

/// Moves everything from the write-ahead log into the file, and cuts the log off. SQLite waits for who reads, and not for who
/// does the same at that moment: another process that destroys, or whose log has grown long.
async fn carry_home(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let moved = sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut *connection).await?;
        let (busy, _, _): (i64, i64, i64) = moved;
        if busy == 0 {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(VaultError::Busy);
        }
        time::sleep(PAUSE).await;
    }
}

/// The same, as far as nobody reads it now.
pub(super) async fn settle(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(connection).await?;
    Ok(())
}

/// Prepares a file for destruction, once: in one that an earlier release wrote, pages that were split may still hold copies
/// of keys that have moved.
///
/// A crash here leaves the old file or the new one, and the next start does it again.
pub(super) async fn prepare(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    let version: i64 = sqlx::query_scalar("pragma user_version").fetch_one(&mut *connection).await?;
    if version < OVERWRITTEN {
        let keys: bool =
            sqlx::query_scalar("select exists (select 1 from record_keys)").fetch_one(&mut *connection).await?;
        if keys {
            sqlx::query("vacuum").execute(&mut *connection).await?;
        }
        sqlx::query("pragma user_version = 1").execute(&mut *connection).await?;
    }
    Ok(())
}
