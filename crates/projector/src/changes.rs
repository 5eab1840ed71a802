//! What a fold wants written.

use traccia_domain::Position;

use crate::{Row, Table};

/// One row to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A versioned row holds from this position on; the version before it, where there is one, ends.
    Put {
        /// The table.
        table: &'static Table,
        /// The thing, numbered from 0 in the order the fold met it: the same on every machine.
        key: i64,
        /// Whether the thing had no row at the position before: then there is no version to end.
        new: bool,
        /// Its values.
        row: Row,
    },
    /// A versioned row holds no longer.
    Remove {
        /// The table.
        table: &'static Table,
        /// The thing.
        key: i64,
    },
    /// A fact.
    Append {
        /// The table.
        table: &'static Table,
        /// Its values.
        row: Row,
    },
}

/// Collects what a fold wants written, or nothing when only its state is wanted.
#[derive(Debug, Default)]
pub struct Changes {
    wanted: bool,
    list: Vec<(Position, Change)>,
    position: Position,
}

impl Changes {
    /// Collects.
    #[must_use]
    pub fn collected() -> Changes {
        Changes { wanted: true, ..Changes::default() }
    }

    /// Lets everything fall: rows are not even made.
    #[must_use]
    pub fn ignored() -> Changes {
        Changes::default()
    }

    /// Says where in history the next changes stand.
    pub fn at(&mut self, position: Position) {
        self.position = position;
    }

    /// Whether rows are collected; a fold may skip work that only makes rows.
    #[must_use]
    pub fn wanted(&self) -> bool {
        self.wanted
    }

    /// A thing's first row.
    pub fn add(&mut self, table: &'static Table, key: i64, row: impl FnOnce() -> Row) {
        self.push(|| Change::Put { table, key, new: true, row: row() });
    }

    /// A thing's next row.
    pub fn replace(&mut self, table: &'static Table, key: i64, row: impl FnOnce() -> Row) {
        self.push(|| Change::Put { table, key, new: false, row: row() });
    }

    /// A thing has no row any more.
    pub fn remove(&mut self, table: &'static Table, key: i64) {
        self.push(|| Change::Remove { table, key });
    }

    /// A fact.
    pub fn append(&mut self, table: &'static Table, row: impl FnOnce() -> Row) {
        self.push(|| Change::Append { table, row: row() });
    }

    fn push(&mut self, change: impl FnOnce() -> Change) {
        if self.wanted {
            self.list.push((self.position, change()));
        }
    }

    /// What was collected since the last time, in order.
    pub fn take(&mut self) -> Vec<(Position, Change)> {
        std::mem::take(&mut self.list)
    }

    /// How many changes wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.list.len()
    }
}
