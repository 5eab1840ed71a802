//! The file: how it is made, and how ours is told from another's.

use std::path::Path;

use sqlx::{
    ConnectOptions as _, Connection as _, Row as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// What marks a file as ours: `trlg`.
const APPLICATION: i64 = 0x7472_6c67;

/// The layout this program writes and reads.
const LAYOUT: i64 = 1;

/// `streams` finds a stream's commits by a short key (see [`super::index`]); the newest are in `recent`.
const CREATE: &str = "
    create table if not exists commits (position integer primary key, stream text not null, text text not null) strict;
    create table if not exists streams (key integer, position integer, primary key (key, position))
        strict, without rowid;
    create table if not exists recent (key integer, position integer, primary key (key, position))
        strict, without rowid;
    pragma application_id = 0x74726c67;
    pragma user_version = 1;
";

/// Why a file is not opened. Nothing in it was touched.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read or made.
    #[error("the file cannot be opened")]
    Away(#[source] sqlx::Error),
    /// It holds something else.
    #[error("the file is not a log of traccia; name another, or move this one away")]
    Foreign,
    /// A later release wrote it.
    #[error("the file has layout {layout} and this release reads up to {LAYOUT}: run the release that wrote it")]
    Newer {
        /// The layout found.
        layout: i64,
    },
}

/// What every connection to the file has in common. It changes nothing in a file that is not ours.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(std::time::Duration::from_secs(10))
        .pragma("cache_size", "-65536")
        .disable_statement_logging()
}

/// The connection that writes: every commit reaches the disk before it is answered.
pub(super) fn writing(path: &Path) -> SqliteConnectOptions {
    options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // 128 MiB of write-ahead log between checkpoints: a page that many batches change is copied back once.
        .pragma("wal_autocheckpoint", "16384")
}

/// Connections that only read.
pub(super) fn reading(path: &Path) -> SqliteConnectOptions {
    options(path).pragma("query_only", "on")
}

/// Makes the file where there is none, and refuses one that is not ours.
///
/// A crash here leaves no file, an empty one, or a finished one: the layout is written in one transaction.
pub(super) async fn prepare(path: &Path) -> Result<(), OpenError> {
    // Before anything is known of the file nothing is changed in it: not even its journal mode.
    let mut connection = options(path).page_size(8_192).create_if_missing(true).connect().await.map_err(recognise)?;
    let empty = match marks(&mut connection).await.map_err(recognise)? {
        Marks { application: APPLICATION, layout: LAYOUT, .. } => false,
        Marks { application: APPLICATION, layout, .. } => return Err(OpenError::Newer { layout }),
        Marks { application: 0, tables: 0, .. } => true,
        Marks { .. } => return Err(OpenError::Foreign),
    };
    if empty {
        let mut transaction = connection.begin_with("begin immediate").await.map_err(OpenError::Away)?;
        sqlx::raw_sql(CREATE).execute(&mut *transaction).await.map_err(OpenError::Away)?;
        transaction.commit().await.map_err(OpenError::Away)?;
    }
    connection.close().await.map_err(OpenError::Away)
}

struct Marks {
    application: i64,
    layout: i64,
    tables: i64,
}

async fn marks(connection: &mut SqliteConnection) -> Result<Marks, sqlx::Error> {
    let row = sqlx::query(
        "select (select application_id from pragma_application_id), (select user_version from pragma_user_version),
            (select count(*) from sqlite_master)",
    )
    .fetch_one(connection)
    .await?;
    Ok(Marks { application: row.try_get(0)?, layout: row.try_get(1)?, tables: row.try_get(2)? })
}

/// A file that is no database at all is somebody's too.
fn recognise(error: sqlx::Error) -> OpenError {
    if super::damage(&error) { OpenError::Foreign } else { OpenError::Away(error) }
}
