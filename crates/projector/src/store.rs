//! Where tables are kept: the seam between the projector and a database. One variant for each database; everything that
//! differs between them is behind it, in a folder of its own.

use std::{borrow::Cow, future::Future, path::PathBuf};

use traccia_domain::Position;
use traccia_log::BoxError;

use crate::{Cells, Checkpoint, Table, Value, batch::Batch, sqlite};

/// Where tables are kept.
#[derive(Debug)]
pub(crate) enum Store {
    /// In a file.
    Sqlite(sqlite::Files),
}

/// Who reads the tables that were in place when it was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Reader {
    Sqlite(sqlite::Reader),
}

/// Who writes the tables in place.
#[derive(Debug)]
pub(crate) enum Writer {
    Sqlite(sqlite::Writer),
}

/// Tables being built beside those in place.
#[derive(Debug)]
pub(crate) enum Building {
    Sqlite(sqlite::Building),
}

/// Tables folded again, to be compared with those in place and thrown away.
#[derive(Debug)]
pub(crate) enum Scratch {
    Sqlite(sqlite::Scratch),
}

/// How a table differs from the same one folded again. Rows are as they are stored.
#[derive(Debug)]
pub(crate) struct Compared {
    /// Rows that the log gives.
    pub(crate) rows: u64,
    /// How many of them the table does not have so, and the first.
    pub(crate) missing_rows: u64,
    pub(crate) missing: Vec<Cells>,
    /// How many the log does not give so, and the first.
    pub(crate) unexpected_rows: u64,
    pub(crate) unexpected: Vec<Cells>,
}

/// Why nothing was built.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Another process is building.
    Busy,
    Failed(BoxError),
}

/// Why a batch was not written.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// The checkpoint is elsewhere, or other tables are in place.
    Fenced,
    /// It may have been written after all; the checkpoint tells.
    Failed(BoxError),
}

impl StoreError {
    pub(crate) fn failed(error: impl Into<BoxError>) -> StoreError {
        StoreError::Failed(error.into())
    }
}

impl WriteError {
    pub(crate) fn failed(error: impl Into<BoxError>) -> WriteError {
        WriteError::Failed(error.into())
    }
}

impl Store {
    /// In a file, which need not exist yet.
    pub(crate) fn sqlite(path: PathBuf) -> Store {
        Store::Sqlite(sqlite::Files::at(path))
    }

    /// Who reads the tables in place; `None` when there are none yet.
    pub(crate) fn reader(&self) -> Result<Option<Reader>, BoxError> {
        match self {
            Store::Sqlite(files) => Ok(files.reader()?.map(Reader::Sqlite)),
        }
    }

    /// Whether other tables have been put in place since.
    pub(crate) fn replaced(&self, reader: &Reader) -> Result<bool, BoxError> {
        match (self, reader) {
            (Store::Sqlite(files), Reader::Sqlite(reader)) => Ok(files.replaced(reader)?),
        }
    }

    /// How far the tables in place have come; `None` when there are none yet.
    pub(crate) async fn checkpoint(&self) -> Result<Option<Checkpoint>, BoxError> {
        match self.reader()? {
            Some(reader) => reader.checkpoint().await.map(Some),
            None => Ok(None),
        }
    }

    /// Removes what a crash has left.
    pub(crate) fn sweep(&self) -> Result<(), BoxError> {
        match self {
            Store::Sqlite(files) => Ok(files.sweep()?),
        }
    }

    /// Who writes the tables in place.
    pub(crate) async fn writer(&self) -> Result<Writer, BoxError> {
        match self {
            Store::Sqlite(files) => files.writer().await.map(Writer::Sqlite),
        }
    }

    /// Begins to fold again, for comparing.
    pub(crate) async fn scratch(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Scratch, BoxError> {
        match self {
            Store::Sqlite(files) => files.scratch(tables, start).await.map(Scratch::Sqlite),
        }
    }

    /// Begins to build tables beside those in place.
    pub(crate) async fn build(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Building, StoreError> {
        match self {
            Store::Sqlite(files) => files.build(tables, start).await.map(Building::Sqlite),
        }
    }
}

impl Reader {
    /// Reads rows; `$1`, `$2`... stand for the arguments.
    pub(crate) async fn rows(&self, sql: Cow<'static, str>, args: &[Value]) -> Result<Vec<Cells>, BoxError> {
        match self {
            Reader::Sqlite(reader) => reader.rows(sql, args).await,
        }
    }

    /// How far its tables have come.
    pub(crate) async fn checkpoint(&self) -> Result<Checkpoint, BoxError> {
        const READ: &str = "select epoch, position, hash, version, recorded_at from checkpoint";
        let rows = self.rows(READ.into(), &[]).await?;
        rows.first().ok_or("the tables have no checkpoint").map_err(Into::into).and_then(Checkpoint::read)
    }
}

impl Writer {
    /// Writes a batch and moves the checkpoint, or neither.
    pub(crate) async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        match self {
            Writer::Sqlite(writer) => writer.write(batch, from, to).await,
        }
    }
}

/// Tables that nobody reads, filled from the log's start.
pub(crate) trait Fill: Send + 'static {
    /// Writes a batch.
    fn write(
        &mut self,
        batch: &Batch,
        from: Position,
        to: &Checkpoint,
    ) -> impl Future<Output = Result<(), WriteError>> + Send;
}

impl Fill for Building {
    async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        match self {
            Building::Sqlite(building) => building.writer.write(batch, from, to).await,
        }
    }
}

impl Fill for Scratch {
    async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        match self {
            Scratch::Sqlite(scratch) => scratch.writer.write(batch, from, to).await,
        }
    }
}

impl Building {
    /// Puts the tables in the place of the old ones, in one step.
    pub(crate) async fn put_in_place(self) -> Result<(), BoxError> {
        match self {
            Building::Sqlite(building) => building.put_in_place().await,
        }
    }
}

impl Scratch {
    /// Compares a table with the one in place, as both were known at a position; at most `most` rows of each kind.
    pub(crate) async fn compare(&mut self, table: &Table, at: Position, most: usize) -> Result<Compared, BoxError> {
        match self {
            Scratch::Sqlite(scratch) => scratch.compare(table, at, most).await,
        }
    }
}
