//! Tables in memory, for simulations that keep to one thread and one clock. They hold what a database would hold, move
//! rows and checkpoint together as one would, and answer no SQL.

mod compare;
mod write;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::future::BoxFuture;
use traccia_log::BoxError;

use crate::{Cells, Checkpoint, Table};

pub(crate) use compare::Scratch;
pub(crate) use write::{Building, Writer};

/// Tables in memory. Clones share them: what one process writes, another reads, and a crash of both leaves.
#[derive(Clone, Debug)]
pub struct MemoryTables {
    content: Arc<Mutex<Option<Content>>>,
    weather: Arc<dyn Weather>,
    /// Whether somebody has the right to write; `None` where whoever writes first fences the others off.
    led: Option<Arc<AtomicBool>>,
}

/// What tables in memory hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Raised whenever other tables are put in place.
    pub generation: u64,
    /// How far they have come.
    pub checkpoint: Checkpoint,
    /// By table and primary key, each row as it would be read: the key's two values, `until` of a version, the values.
    pub rows: BTreeMap<&'static str, BTreeMap<(i64, i64), Cells>>,
}

/// Where in its work a database can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The checkpoint is being read, or the right to write asked for.
    Reading,
    /// A transaction is about to begin.
    Before,
    /// Its rows are written, and not committed.
    Inside,
    /// It is committed, and the answer on its way.
    After,
}

/// What goes wrong with tables. An error after the commit is a lost answer; a future that never ends is where a process
/// was killed.
pub trait Weather: fmt::Debug + Send + Sync {
    /// Called at each place of each read and each transaction.
    fn at(&self, place: Place) -> BoxFuture<'_, Result<(), BoxError>>;
}

/// Nothing goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Calm;

impl Weather for Calm {
    fn at(&self, _: Place) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(async { Ok(()) })
    }
}

impl MemoryTables {
    /// No tables yet.
    pub fn new(weather: Arc<dyn Weather>) -> MemoryTables {
        MemoryTables { content: Arc::default(), weather, led: None }
    }

    /// As tables of a server, which one projector at a time has the right to write.
    #[must_use]
    pub fn led(self) -> MemoryTables {
        MemoryTables { led: Some(Arc::default()), ..self }
    }

    /// The same tables in another weather.
    pub fn under(&self, weather: Arc<dyn Weather>) -> MemoryTables {
        MemoryTables { weather, ..self.clone() }
    }

    /// What they hold, to be looked at and damaged; `None` before they are first built.
    pub fn content(&self) -> MutexGuard<'_, Option<Content>> {
        // A change is made beside and put in its place by one assignment: a panic leaves the one before.
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of a table, in the order of their primary key.
    pub fn rows(&self, table: &Table) -> Vec<Cells> {
        let content = self.content();
        let rows = content.as_ref().and_then(|content| content.rows.get(table.name));
        rows.into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    /// Who reads the tables in place, and how far these have come; `None` when there are none yet.
    pub(crate) async fn in_place(&self) -> Result<Option<(Reader, Checkpoint)>, BoxError> {
        self.weather.at(Place::Reading).await?;
        let content = self.content();
        Ok(content.as_ref().map(|content| (Reader { generation: content.generation }, content.checkpoint.clone())))
    }

    /// The right to write; `None` while another has it, where the tables know of such a right.
    pub(crate) async fn lead(&self) -> Result<Option<Lead>, BoxError> {
        self.weather.at(Place::Reading).await?;
        let taken = self.led.as_ref().is_some_and(|led| led.swap(true, Ordering::Relaxed));
        Ok((!taken).then(|| Lead(self.led.clone())))
    }
}

/// Which generation of the tables somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    generation: u64,
}

/// The right to write. It ends when dropped, as a lock does with its connection.
#[derive(Debug)]
pub(crate) struct Lead(Option<Arc<AtomicBool>>);

impl Drop for Lead {
    fn drop(&mut self) {
        if let Some(led) = &self.0 {
            led.store(false, Ordering::Relaxed);
        }
    }
}

impl Content {
    fn empty(tables: &[&'static Table], start: &Checkpoint) -> Content {
        let rows = tables.iter().map(|table| (table.name, BTreeMap::new())).collect();
        Content { generation: 0, checkpoint: start.clone(), rows }
    }
}
