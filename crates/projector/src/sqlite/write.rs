//! Writing a batch: sets of rows in statements of fixed sizes, so that each is prepared once.

use std::{
    mem,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustc_hash::FxHashMap;
use sqlx::{
    Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteArguments, SqliteSynchronous},
};
use traccia_domain::Position;
use traccia_log::BoxError;

use super::{files, schema};
use crate::{
    Checkpoint, Shape, Table, Value,
    batch::{Batch, NewRow, Part},
    store::WriteError,
};

/// Rows of a statement, largest first; the last one takes what is left.
const SIZES: [usize; 4] = [1_000, 100, 10, 1];

/// Values that a statement may have.
const VALUES: usize = 32_766;

/// A connection that writes, and what it has prepared.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) connection: SqliteConnection,
    /// The generation it writes, and the link that leads to it while it is in place.
    pub(super) file: PathBuf,
    pub(super) link: Option<PathBuf>,
    /// Whether the last batch failed: what a full disk has rolled back by itself, the connection takes for still open.
    doubtful: bool,
    prepared: Prepared,
}

/// Texts that are made once.
#[derive(Debug, Default)]
struct Prepared {
    inserts: FxHashMap<(&'static str, usize), Arc<str>>,
    ends: FxHashMap<(&'static str, usize), Arc<str>>,
    names: FxHashMap<&'static str, Arc<str>>,
}

impl Writer {
    pub(super) fn new(connection: SqliteConnection, file: PathBuf, link: Option<PathBuf>) -> Writer {
        Writer { connection, file, link, doubtful: false, prepared: Prepared::default() }
    }

    /// A connection that writes tables in place. Losing the last transactions in a power cut is no loss: the log has them,
    /// and the checkpoint knows.
    pub(super) async fn connected(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
        files::connection(file)
            .synchronous(SqliteSynchronous::Normal)
            // Ids are hashes, so their indexes are written all over: with millions of them each row changes pages of its own.
            // Room to keep them, and 32 MiB of write-ahead log, in pages of 4 KiB, before they are copied back, once; readers
            // wait for more.
            .pragma("cache_size", "-65536")
            .pragma("wal_autocheckpoint", "8192")
            .statement_cache_capacity(1_000)
            .connect()
            .await
    }

    /// Writes a batch and moves the checkpoint, or neither: a crash at any line here leaves the position before.
    pub(crate) async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        if let Some(link) = &self.link
            && link.canonicalize().map_err(WriteError::failed)? != self.file
        {
            return Err(WriteError::Fenced);
        }
        // Tables that are being built have no link, and are given up when a batch fails.
        if mem::replace(&mut self.doubtful, true) && self.link.is_some() {
            self.connection = Writer::connected(&self.file).await.map_err(refused)?;
        }
        let written = self.write_on(batch, from, to).await;
        self.doubtful = written.is_err();
        written
    }

    async fn write_on(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        let mut transaction = self.connection.begin_with("begin immediate").await.map_err(refused)?;
        let moved = sqlx::query(
            "update checkpoint set position = $1, hash = $2, recorded_at = $3 where position = $4 and epoch = $5",
        )
        .bind(to.position.0.cast_signed())
        .bind(to.hash.to_string())
        .bind(to.recorded_at.as_str())
        .bind(from.0.cast_signed())
        .bind(to.epoch.to_string());
        if moved.execute(&mut *transaction).await.map_err(refused)?.rows_affected() == 0 {
            return Err(WriteError::Fenced);
        }
        for part in &batch.parts {
            self.prepared.write(&mut transaction, part).await.map_err(refused)?;
        }
        transaction.commit().await.map_err(refused)
    }
}

/// What a failed statement means: a disk that is full, or takes nothing now, is waited for. What the database refuses for
/// another reason it refuses again.
fn refused(error: impl Into<BoxError>) -> WriteError {
    let error = error.into();
    let passing = error.downcast_ref::<sqlx::Error>().is_some_and(of_the_disk);
    if passing { WriteError::Away(error) } else { WriteError::Failed(error) }
}

/// Whether it is the disk's failure, and not the statement's.
fn of_the_disk(error: &sqlx::Error) -> bool {
    const IO_ERROR: u32 = 10;
    const FULL: u32 = 13;
    const CANNOT_OPEN: u32 = 14;
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    // Extended codes keep the primary one in their lowest byte.
    code.is_some_and(|code| matches!(code & 0xff, IO_ERROR | FULL | CANNOT_OPEN))
}

impl Prepared {
    /// Ends first: a version that replaces a stored one would else be ended itself.
    async fn write(&mut self, connection: &mut SqliteConnection, part: &Part) -> Result<(), BoxError> {
        let table = part.table;
        for ends in runs(&part.ends, 2) {
            let mut arguments = SqliteArguments::default();
            arguments.reserve(2 * ends.len(), 0);
            for end in ends {
                arguments.add(end.key)?;
                arguments.add(end.until)?;
            }
            let sql =
                self.ends.entry((table.name, ends.len())).or_insert_with(|| schema::end(table, ends.len()).into());
            sqlx::query_with(AssertSqlSafe(sql.clone()), arguments).execute(&mut *connection).await?;
        }
        for rows in runs(&part.rows, schema::width(table)) {
            let arguments = self.arguments(table, rows)?;
            let sql = self
                .inserts
                .entry((table.name, rows.len()))
                .or_insert_with(|| schema::insert(table, rows.len()).into());
            sqlx::query_with(AssertSqlSafe(sql.clone()), arguments).execute(&mut *connection).await?;
        }
        Ok(())
    }

    fn arguments(&mut self, table: &Table, rows: &[NewRow]) -> Result<SqliteArguments, BoxError> {
        let mut arguments = SqliteArguments::default();
        arguments.reserve(schema::width(table) * rows.len(), 0);
        for row in rows {
            arguments.add(row.first)?;
            arguments.add(row.second)?;
            match table.shape {
                Shape::Versioned => arguments.add(row.until)?,
                Shape::Appended => {}
            }
            // With another number of values, the next row would begin in the middle of this one.
            if row.values.len() != table.columns.len() {
                return Err(format!("a row of {} has {} values", table.name, row.values.len()).into());
            }
            for value in &row.values {
                match value {
                    Value::Null => arguments.add(None::<i64>)?,
                    Value::Integer(number) => arguments.add(*number)?,
                    Value::Name(name) => {
                        arguments.add(self.names.entry(name).or_insert_with(|| Arc::from(*name)).clone())?;
                    }
                    Value::Text(text) => arguments.add(text.clone())?,
                }
            }
        }
        Ok(arguments)
    }
}

/// Cuts a list into runs of the sizes that have a prepared statement.
fn runs<T>(mut list: &[T], width: usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= list.len() && size * width <= VALUES)?;
        let (run, rest) = list.split_at(size);
        list = rest;
        Some(run)
    })
}
