//! Building tables beside those in place, and putting them in their place.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteJournalMode, SqliteLockingMode, SqliteSynchronous},
};
use traccia_log::BoxError;

use super::{
    Files, Writer,
    files::{connection, with_suffix},
    schema,
};
use crate::{Checkpoint, Table, sql, store::StoreError};

/// What a generation is named, before its number.
const GENERATION: &str = "generation-";

/// Tables being built: nobody reads them, and a crash leaves a file that the next build removes.
#[derive(Debug)]
pub(crate) struct Building {
    pub(crate) writer: Writer,
    tables: Vec<&'static Table>,
    link: PathBuf,
    /// Held while building: only one at a time, in any process.
    _lock: File,
}

impl Files {
    /// Those who write the tables in place.
    pub(crate) async fn writer(&self) -> Result<Writer, BoxError> {
        let file = self.current()?.ok_or("there are no tables yet")?;
        Ok(Writer::new(Writer::connected(&file).await?, file, Some(self.path().to_owned())))
    }

    /// Begins to build tables beside those in place, without anything that only reading needs.
    pub(crate) async fn build(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Building, StoreError> {
        let link = self.path().to_owned();
        fs::create_dir_all(folder(&link)).map_err(StoreError::failed)?;
        let lock = self.lock().map_err(StoreError::failed)?.ok_or(StoreError::Busy)?;
        sweep(&link).map_err(StoreError::failed)?;
        let file = with_suffix(&link, "building");
        let connection = fresh(&file, tables, start).await.map_err(StoreError::Failed)?;
        Ok(Building { writer: Writer::new(connection, file, None), tables: tables.to_vec(), link, _lock: lock })
    }

    /// Removes what a crash has left, unless another process is building.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        match self.current()?.map(|_| self.lock()).transpose()?.flatten() {
            Some(_lock) => sweep(self.path()),
            None => Ok(()),
        }
    }

    /// The right to build; `None` while another has it.
    fn lock(&self) -> io::Result<Option<File>> {
        let lock = File::create(with_suffix(self.path(), "lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Building {
    /// Makes the indexes, sees the file to the disk and puts it in place. A crash before the last rename leaves the
    /// tables that were there; after it, these.
    pub(crate) async fn put_in_place(self) -> Result<(), BoxError> {
        let Writer { mut connection, file, .. } = self.writer;
        // Sorting is most of an index. SQLite sorts a list as long as its cache before it merges: one that fits the
        // processor's own cache is sorted twice as fast as one that does not, merging included.
        sqlx::query("pragma cache_size = -2000").execute(&mut connection).await?;
        for index in self.tables.iter().flat_map(|table| sql::indexes("", table)) {
            sqlx::query(AssertSqlSafe(index)).execute(&mut connection).await?;
        }
        sqlx::query("pragma locking_mode = normal").execute(&mut connection).await?;
        sqlx::query("pragma journal_mode = wal").execute(&mut connection).await?;
        connection.close().await?;
        File::open(&file)?.sync_all()?;

        let old = self.link.canonicalize().ok();
        let generation = with_suffix(&self.link, &format!("{GENERATION}{}", 1 + last_generation(&self.link)?));
        fs::rename(&file, &generation)?;
        let next = with_suffix(&self.link, "next");
        std::os::unix::fs::symlink(generation.file_name().unwrap_or_default(), &next)?;
        fs::rename(&next, &self.link)?;
        File::open(folder(&self.link))?.sync_all()?;
        // A crash here leaves the old ones to the next start.
        match old {
            Some(old) => retire(&old).await,
            None => Ok(()),
        }
    }
}

/// Tables in a new file that is not there after a crash, or not whole.
pub(super) async fn fresh(
    file: &Path,
    tables: &[&'static Table],
    start: &Checkpoint,
) -> Result<SqliteConnection, BoxError> {
    let options = connection(file)
        .create_if_missing(true)
        // Ids are hashes, so that each row changes pages of its own in their indexes: the smallest that a file system writes.
        .page_size(4_096)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-131072")
        .pragma("temp_store", "file")
        .statement_cache_capacity(1_000);
    let mut connection = options.connect().await?;
    for table in std::iter::once(schema::CHECKPOINT.to_owned()).chain(tables.iter().map(|table| schema::table(table))) {
        sqlx::query(AssertSqlSafe(table)).execute(&mut connection).await?;
    }
    sqlx::query("insert into checkpoint values ($1, $2, $3, $4, $5)")
        .bind(start.epoch.to_string())
        .bind(start.position.0.cast_signed())
        .bind(start.hash.to_string())
        .bind(start.version)
        .bind(start.recorded_at.as_str())
        .execute(&mut connection)
        .await?;
    Ok(connection)
}

/// Removes what builds that never ended have left, and old generations. A verification that still goes on keeps its
/// file open and does not notice.
fn sweep(link: &Path) -> io::Result<()> {
    let current = link.canonicalize().ok();
    for (path, suffix) in beside(link)? {
        let generation = number(&suffix).is_some();
        let in_place = current.as_ref().and_then(|file| file.file_name()) == path.file_name();
        let broken_off = suffix == "building" || suffix == "next" || suffix.starts_with("verifying.");
        if broken_off || (generation && !in_place) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// A generation's number, from what follows the link's name.
fn number(suffix: &str) -> Option<u64> {
    suffix.strip_prefix(GENERATION)?.parse().ok()
}

fn last_generation(link: &Path) -> io::Result<u64> {
    Ok(beside(link)?.iter().filter_map(|(_, suffix)| number(suffix)).max().unwrap_or(0))
}

/// The files named as the link and a suffix.
fn beside(link: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let Some(name) = link.file_name().and_then(|name| name.to_str()) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder(link))? {
        let path = entry?.path();
        let suffix = path.file_name().and_then(|file| file.to_str()?.strip_prefix(name)?.strip_prefix('.'));
        if let Some(suffix) = suffix {
            found.push((path.clone(), suffix.to_owned()));
        }
    }
    Ok(found)
}

/// The folder that a file is in.
fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// Removes tables that were put out of place. Who still reads them keeps them open.
///
/// Their write-ahead log is emptied first: a reader that has opened the file and not yet that log would else see less.
async fn retire(old: &Path) -> Result<(), BoxError> {
    let emptied = async {
        let mut connection = connection(old).connect().await?;
        sqlx::query("pragma wal_checkpoint(passive)").execute(&mut connection).await?;
        connection.close().await
    };
    if let Err(error) = emptied.await {
        tracing::warn!(%error, "the old tables could not be closed in order");
    }
    Ok(remove(old)?)
}

/// Removes a file of tables with what SQLite keeps beside it.
pub(super) fn remove(file: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        match fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
