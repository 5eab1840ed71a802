//! Where tables are kept: the seam between the projector and a database. One variant for each database; everything that
//! differs between them is behind it, in a folder of its own.

use std::{borrow::Cow, future::Future, path::PathBuf};

use traccia_domain::Position;
use traccia_log::BoxError;

use crate::{
    Cells, Checkpoint, Table, Value,
    batch::Batch,
    memory, postgres,
    postgres::{PgOptions, UnsafeSetting},
    sqlite,
};

/// How the checkpoint of tables in a file is read.
const CHECKPOINT: &str = "select epoch, position, hash, version, recorded_at from checkpoint";

/// Where tables are kept.
#[derive(Debug)]
pub(crate) enum Store {
    /// In a file.
    Sqlite(sqlite::Files),
    /// In a database of a server.
    Postgres(Box<postgres::Server>),
    /// In memory, for simulations.
    Memory(memory::MemoryTables),
}

/// Who reads the tables that were in place when it was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Reader {
    Sqlite(sqlite::Reader),
    Postgres(postgres::Reader),
    Memory(memory::Reader),
}

/// The right to write the tables in place. It ends when dropped.
#[derive(Debug)]
pub(crate) enum Lead {
    /// In a file whoever writes first fences the other off.
    Sqlite,
    Postgres(postgres::Lead),
    Memory(memory::Lead),
}

/// Who writes the tables in place.
#[derive(Debug)]
pub(crate) enum Writer {
    Sqlite(sqlite::Writer),
    Postgres(Box<postgres::Writer>),
    Memory(memory::Writer),
}

/// Tables being built beside those in place.
#[derive(Debug)]
pub(crate) enum Building {
    Sqlite(Box<sqlite::Building>),
    Postgres(Box<postgres::Building>),
    Memory(memory::Building),
}

/// Tables folded again, to be compared with those in place and thrown away.
#[derive(Debug)]
pub(crate) enum Scratch {
    Sqlite(Box<sqlite::Scratch>),
    Postgres(postgres::Scratch),
    Memory(Box<memory::Scratch>),
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
    /// Another has the lead: whatever became of this batch.
    Deposed,
    /// The database is away, and comes back. It may have been written after all; the checkpoint tells.
    Away(BoxError),
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

    /// In a database, which is not reached yet.
    pub(crate) fn postgres(options: PgOptions) -> Store {
        Store::Postgres(Box::new(postgres::Server::at(options)))
    }

    /// Who reads the tables in place, and how far these have come; `None` when there are none yet.
    pub(crate) async fn in_place(&self) -> Result<Option<(Reader, Checkpoint)>, BoxError> {
        match self {
            Store::Sqlite(files) => loop {
                let Some(reader) = files.reader()? else { return Ok(None) };
                let rows = reader.rows(CHECKPOINT.into(), &[]).await;
                if rows.is_err() && files.replaced(&reader)? {
                    // Others were put in place before anybody had opened these.
                    continue;
                }
                let checkpoint = match &rows?[..] {
                    [only] => Checkpoint::read(only)?,
                    _ => return Err("the tables do not have one checkpoint: `traccia rebuild` builds them anew".into()),
                };
                return Ok(Some((Reader::Sqlite(reader), checkpoint)));
            },
            Store::Postgres(server) => {
                Ok(server.in_place().await?.map(|(reader, checkpoint)| (Reader::Postgres(reader), checkpoint)))
            }
            Store::Memory(tables) => {
                Ok(tables.in_place().await?.map(|(reader, checkpoint)| (Reader::Memory(reader), checkpoint)))
            }
        }
    }

    /// How far the tables in place have come; `None` when there are none yet.
    pub(crate) async fn checkpoint(&self) -> Result<Option<Checkpoint>, BoxError> {
        Ok(self.in_place().await?.map(|(_, checkpoint)| checkpoint))
    }

    /// Removes what a crash has left.
    pub(crate) async fn sweep(&self) -> Result<(), BoxError> {
        match self {
            Store::Sqlite(files) => Ok(files.sweep()?),
            Store::Postgres(server) => server.sweep().await,
            Store::Memory(_) => Ok(()),
        }
    }

    /// The right to write; `None` while another projector has it.
    pub(crate) async fn lead(&self) -> Result<Option<Lead>, BoxError> {
        match self {
            Store::Sqlite(_) => Ok(Some(Lead::Sqlite)),
            Store::Postgres(server) => Ok(server.lead().await?.map(Lead::Postgres)),
            Store::Memory(tables) => Ok(tables.lead().await?.map(Lead::Memory)),
        }
    }

    /// Who writes the tables in place.
    pub(crate) async fn writer(&self, lead: Lead) -> Result<Writer, BoxError> {
        match (self, lead) {
            (Store::Sqlite(files), Lead::Sqlite) => files.writer().await.map(Writer::Sqlite),
            (Store::Postgres(server), Lead::Postgres(lead)) => {
                Ok(Writer::Postgres(Box::new(server.writer(lead).await?)))
            }
            (Store::Memory(tables), Lead::Memory(lead)) => tables.writer(lead).map(Writer::Memory),
            (Store::Sqlite(_) | Store::Postgres(_) | Store::Memory(_), _) => Err("the lead is another store's".into()),
        }
    }

    /// Settings of the database that put the tables at risk.
    pub(crate) async fn unsafe_settings(&self) -> Result<Vec<UnsafeSetting>, BoxError> {
        match self {
            Store::Sqlite(_) | Store::Memory(_) => Ok(Vec::new()),
            Store::Postgres(server) => server.unsafe_settings().await,
        }
    }

    /// Whether any projector has the lead; nothing where that cannot be told.
    pub(crate) async fn led(&self) -> Result<Option<bool>, BoxError> {
        match self {
            Store::Sqlite(_) | Store::Memory(_) => Ok(None),
            Store::Postgres(server) => server.led().await,
        }
    }

    /// Begins to fold again, for comparing.
    pub(crate) async fn scratch(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Scratch, BoxError> {
        match self {
            Store::Sqlite(files) => files.scratch(tables, start).await.map(Box::new).map(Scratch::Sqlite),
            Store::Postgres(server) => server.scratch(tables).await.map(Scratch::Postgres),
            Store::Memory(memory) => Ok(Scratch::Memory(Box::new(memory.scratch(tables, start)?))),
        }
    }

    /// Begins to build tables beside those in place.
    pub(crate) async fn build(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Building, StoreError> {
        match self {
            Store::Sqlite(files) => Ok(Building::Sqlite(Box::new(files.build(tables, start).await?))),
            Store::Postgres(server) => Ok(Building::Postgres(Box::new(server.build(tables, start).await?))),
            Store::Memory(memory) => Ok(Building::Memory(memory.build(tables, start))),
        }
    }
}

impl Reader {
    /// Reads rows; `$1`, `$2`... stand for the arguments.
    pub(crate) async fn rows(&self, sql: Cow<'static, str>, args: &[Value]) -> Result<Vec<Cells>, BoxError> {
        match self {
            Reader::Sqlite(reader) => reader.rows(sql, args).await,
            Reader::Postgres(reader) => reader.rows(sql, args).await,
            Reader::Memory(_) => Err("tables in memory answer no SQL".into()),
        }
    }

    /// Whether both read the same tables.
    pub(crate) fn reads_as(&self, other: &Reader) -> bool {
        match (self, other) {
            (Reader::Sqlite(one), Reader::Sqlite(other)) => one.file == other.file,
            (Reader::Postgres(one), Reader::Postgres(other)) => one.generation == other.generation,
            (Reader::Memory(one), Reader::Memory(other)) => one == other,
            (Reader::Sqlite(_) | Reader::Postgres(_) | Reader::Memory(_), _) => false,
        }
    }
}

impl Writer {
    /// Writes a batch and moves the checkpoint, or neither.
    pub(crate) async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        match self {
            Writer::Sqlite(writer) => writer.write(batch, from, to).await,
            Writer::Postgres(writer) => writer.write(batch, from, to).await,
            Writer::Memory(writer) => writer.write(batch, from, to).await,
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
            Building::Postgres(building) => building.write(batch, to).await,
            Building::Memory(building) => building.write(batch, from, to).await,
        }
    }
}

impl Fill for Scratch {
    async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        match self {
            Scratch::Sqlite(scratch) => scratch.writer.write(batch, from, to).await,
            Scratch::Postgres(scratch) => scratch.write(batch).await,
            Scratch::Memory(scratch) => scratch.write(batch, from, to),
        }
    }
}

impl Building {
    /// Puts the tables in the place of the old ones, in one step.
    pub(crate) async fn put_in_place(self) -> Result<(), BoxError> {
        match self {
            Building::Sqlite(building) => building.put_in_place().await,
            Building::Postgres(building) => building.put_in_place().await,
            Building::Memory(building) => building.put_in_place().await,
        }
    }
}

impl Scratch {
    /// Compares a table with the one in place, as both were known at a position; at most `most` rows of each kind.
    pub(crate) async fn compare(&mut self, table: &Table, at: Position, most: usize) -> Result<Compared, BoxError> {
        match self {
            Scratch::Sqlite(scratch) => scratch.compare(table, at, most).await,
            Scratch::Postgres(scratch) => scratch.compare(table, at, most).await,
            Scratch::Memory(scratch) => Ok(scratch.compare(table, at, most)),
        }
    }
}
