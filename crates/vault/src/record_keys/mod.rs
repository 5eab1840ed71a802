//! `record-keys.db`: a key for each record, until it is destroyed.

mod destroy;
mod draw;
mod find;

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;
use traccia_application::{PortError, RecordKey, RecordKeys};
use traccia_domain::RecordId;

use self::find::Finds;
use crate::{
    VaultError,
    files::{private_file, warn_if_open},
};

/// The keys of records in one SQLite file. Clones share it; it never prints a key.
#[derive(Clone)]
pub struct RecordKeyFile(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    /// The one writer. None after a failure: what a full disk has rolled back by itself, the connection takes for still
    /// open, and begins nothing more.
    writer: Mutex<Option<SqliteConnection>>,
    finds: Finds,
}

impl Inner {
    /// The writer, to be put back once it has done well.
    async fn taken(&self, writer: &mut Option<SqliteConnection>) -> Result<SqliteConnection, VaultError> {
        match writer.take() {
            Some(connection) => Ok(connection),
            None => Ok(SqliteConnection::connect_with(&self.options).await?),
        }
    }
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
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-65536")
            // What is destroyed is overwritten, and what VACUUM copies stays off the disk.
            .pragma("secure_delete", "on")
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", "65536")
            .busy_timeout(Duration::from_secs(10));
        made(&path, &options).await?;
        let options = options.journal_mode(SqliteJournalMode::Wal);
        let mut writer = SqliteConnection::connect_with(&options).await?;
        destroy::prepare(&mut writer).await?;
        destroy::settle(&mut writer).await?;
        let reading = options.clone().read_only(true);
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(reading).await?;
        Ok(RecordKeyFile(Arc::new(Inner { options, writer: Mutex::new(Some(writer)), finds: Finds::of(readers) })))
    }

    /// Moves home what the journal still holds, as far as nobody reads it: a copy of the file alone is then whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn settle(&self) -> Result<(), VaultError> {
        let mut writer = self.0.writer.lock().await;
        let mut connection = self.0.taken(&mut writer).await?;
        destroy::settle(&mut connection).await?;
        *writer = Some(connection);
        Ok(())
    }

    async fn draw_missing(&self, records: &[RecordId]) -> Result<HashMap<RecordId, RecordKey>, VaultError> {
        let mut drawn = vec![0; records.len() * 32];
        getrandom::fill(&mut drawn)?;
        let mut writer = self.0.writer.lock().await;
        let mut connection = self.0.taken(&mut writer).await?;
        let found = draw::store_missing(&mut connection, records, &drawn).await?;
        *writer = Some(connection);
        Ok(found)
    }

    async fn destroy_all(&self, records: &[RecordId]) -> Result<(), VaultError> {
        let mut writer = self.0.writer.lock().await;
        let mut connection = self.0.taken(&mut writer).await?;
        destroy::destroy(&mut connection, records).await?;
        *writer = Some(connection);
        Ok(())
    }
}

impl RecordKeys for RecordKeyFile {
    async fn obtain(&self, records: &[RecordId]) -> Result<Vec<Option<RecordKey>>, PortError> {
        let found = self.draw_missing(records).await?;
        Ok(records.iter().map(|record| found.get(record).cloned()).collect())
    }

    async fn destroy(&self, records: &[RecordId]) -> Result<(), PortError> {
        Ok(self.destroy_all(records).await?)
    }

    async fn find(&self, record: RecordId) -> Result<Option<RecordKey>, PortError> {
        self.0.finds.find(record).await
    }
}

/// Makes the table in an empty file, before there is a write-ahead log: a crash leaves the file empty, or with its table. One
/// that is not empty and has none was copied without its write-ahead log.
async fn made(path: &Path, options: &SqliteConnectOptions) -> Result<(), VaultError> {
    let empty = path.metadata().map_err(|source| VaultError::File { path: path.to_owned(), source })?.len() == 0;
    let mut connection = SqliteConnection::connect_with(options).await?;
    if empty {
        let table =
            "create table if not exists record_keys (record blob primary key, key blob not null) strict, without rowid";
        sqlx::query(table).execute(&mut connection).await?;
    }
    let made = "select exists (select 1 from sqlite_schema where name = 'record_keys')";
    let made: bool = sqlx::query_scalar(made).fetch_one(&mut connection).await?;
    connection.close().await?;
    if made { Ok(()) } else { Err(VaultError::Part { path: path.to_owned() }) }
}

/// A row's key; `None` where it was destroyed.
fn kept(key: &[u8]) -> Result<Option<RecordKey>, sqlx::Error> {
    if key.is_empty() { Ok(None) } else { whole(key).map(RecordKey).map(Some) }
}

/// Bytes of the one length they can have.
fn whole<const N: usize>(bytes: &[u8]) -> Result<[u8; N], sqlx::Error> {
    // The conversion's own error says nothing, and certainly not the bytes.
    bytes.try_into().map_err(|_| sqlx::Error::Decode("a key or a record of another length".into()))
}
