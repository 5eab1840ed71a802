//! `record-keys.db`: a key for each record.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;
use traccia_application::{PortError, RecordKey, RecordKeys};
use traccia_domain::{RecordId, hash::Hex};

use crate::{
    VaultError,
    files::{private_file, warn_if_open},
};

/// Rows of one statement. Few sizes, so that statements are prepared once.
const ROWS: [usize; 3] = [512, 32, 1];

/// The keys of records in one SQLite file. Clones share it; it never prints a key.
#[derive(Clone)]
pub struct RecordKeyFile(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    /// The one writer. None after a failure: what a full disk has rolled back by itself, the connection takes for still
    /// open, and begins nothing more.
    writer: Mutex<Option<SqliteConnection>>,
    readers: SqlitePool,
}

impl fmt::Debug for RecordKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordKeyFile(***)")
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join("record-keys.db")
}

/// Whether a folder has the file.
pub(crate) fn exists(dir: &Path) -> bool {
    path(dir).exists()
}

impl RecordKeyFile {
    /// Opens the file in a folder, or makes it.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub async fn open(dir: &Path) -> Result<RecordKeyFile, VaultError> {
        let path = path(dir);
        private_file(&path)?;
        warn_if_open(&path)?;
        // Full sync: a key that was answered must survive a power cut, or what it has sealed is lost.
        let options = SqliteConnectOptions::new()
            .filename(&path)
            // Records are random, so each batch touches pages all over: small pages, kept at hand and moved home rarely.
            .page_size(1_024)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-65536")
            .pragma("wal_autocheckpoint", "65536")
            .busy_timeout(Duration::from_secs(10));
        let mut writer = SqliteConnection::connect_with(&options).await?;
        sqlx::query(
            "create table if not exists record_keys (record blob primary key, key blob not null) strict, without rowid",
        )
        .execute(&mut writer)
        .await?;
        let reading = options.clone().read_only(true);
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(reading).await?;
        Ok(RecordKeyFile(Arc::new(Inner { options, writer: Mutex::new(Some(writer)), readers })))
    }

    async fn draw_missing(&self, records: &[RecordId]) -> Result<HashMap<RecordId, RecordKey>, VaultError> {
        let mut drawn = vec![0; records.len() * 32];
        getrandom::fill(&mut drawn)?;
        let mut writer = self.0.writer.lock().await;
        let mut connection = match writer.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.0.options).await?,
        };
        let found = store_missing(&mut connection, records, &drawn).await?;
        *writer = Some(connection);
        Ok(found)
    }
}

/// Stores what was drawn for records that have no key; everybody's key.
async fn store_missing(
    connection: &mut SqliteConnection,
    records: &[RecordId],
    drawn: &[u8],
) -> Result<HashMap<RecordId, RecordKey>, VaultError> {
    // Immediate: nobody else draws in between, in no process. Dropped before its commit, it rolls back.
    let mut transaction = connection.begin_with("begin immediate").await?;
    let mut found = HashMap::with_capacity(records.len());
    // In the table's order, neighbours share a page.
    let mut sorted = records.to_vec();
    sorted.sort_unstable();
    let mut rest = sorted.iter().zip(drawn.chunks_exact(32));
    for rows in ROWS {
        let insert = format!("insert or ignore into record_keys values {}", vec!["(?,?)"; rows].join(","));
        let select = format!("select record, key from record_keys where record in ({})", vec!["?"; rows].join(","));
        while rest.len() >= rows {
            let batch: Vec<_> = rest.by_ref().take(rows).collect();
            let mut query = sqlx::query(AssertSqlSafe(insert.as_str()));
            for (record, key) in &batch {
                query = query.bind(&record.0.0[..]).bind(*key);
            }
            let inserted = query.execute(&mut *transaction).await?.rows_affected();
            if usize::try_from(inserted).is_ok_and(|inserted| inserted == rows) {
                for (record, key) in batch {
                    found.insert(*record, RecordKey(whole(key)?));
                }
                continue;
            }
            // Some had a key before, and theirs is the one that stays.
            let mut query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(AssertSqlSafe(select.as_str()));
            for (record, _) in &batch {
                query = query.bind(&record.0.0[..]);
            }
            for (record, key) in query.fetch_all(&mut *transaction).await? {
                found.insert(RecordId(Hex(whole(&record)?)), RecordKey(whole(&key)?));
            }
        }
    }
    // A crash before this line leaves no new key, and none was answered.
    transaction.commit().await?;
    Ok(found)
}

impl RecordKeys for RecordKeyFile {
    async fn obtain(&self, records: &[RecordId]) -> Result<Vec<RecordKey>, PortError> {
        let found = self.draw_missing(records).await?;
        let key = |record| found.get(record).cloned().ok_or_else(|| PortError::from("a key just drawn is not there"));
        records.iter().map(key).collect()
    }

    async fn find(&self, record: RecordId) -> Result<Option<RecordKey>, PortError> {
        let found = sqlx::query_scalar::<_, Vec<u8>>("select key from record_keys where record = ?")
            .bind(&record.0.0[..])
            .fetch_optional(&self.0.readers)
            .await?;
        Ok(found.map(|key| whole(&key).map(RecordKey)).transpose()?)
    }
}

/// Bytes of the one length they can have.
fn whole<const N: usize>(bytes: &[u8]) -> Result<[u8; N], sqlx::Error> {
    // The conversion's own error says nothing, and certainly not the bytes.
    bytes.try_into().map_err(|_| sqlx::Error::Decode("a key or a record of another length".into()))
}
