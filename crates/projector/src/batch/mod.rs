//! From changes in order to what is written of each table, set by set.
//!
//! A version that is replaced within the batch gets its end here, before it is stored. What is stored does not depend on
//! where batches begin and end: a rebuild in large batches gives the rows that small ones gave.

use rustc_hash::FxHashMap;
use traccia_domain::Position;

use crate::{Change, Row, Shape, Table};

#[cfg(test)]
mod tests;

/// What is written in one transaction: one part for each table, in the order of their declaration.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) parts: Vec<Part>,
}

/// What is written of one table.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) table: &'static Table,
    pub(crate) rows: Vec<NewRow>,
    /// Stored versions that end; written before the rows. Always empty for facts.
    pub(crate) ends: Vec<End>,
    latest: FxHashMap<i64, Latest>,
}

/// A row to store.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewRow {
    /// A version's key, or a fact's position.
    pub(crate) first: i64,
    /// A version's `since`, or a fact's line.
    pub(crate) second: i64,
    /// A version's `until`, where it has ended.
    pub(crate) until: Option<i64>,
    pub(crate) values: Row,
}

/// The stored version of a key that ends at a position.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) key: i64,
    pub(crate) until: i64,
}

/// What this batch knows of a key's latest version.
#[derive(Clone, Copy, Debug)]
enum Latest {
    /// It is the row at this index.
    Here(usize),
    /// There is none any more, and the stored one has its end.
    Ended,
}

impl Batch {
    /// Sorts changes into what is written of each table.
    pub(crate) fn of(tables: &[&'static Table], changes: Vec<(Position, Change)>) -> Batch {
        let mut parts: Vec<Part> = tables.iter().copied().map(Part::of).collect();
        for (position, change) in changes {
            let at = position.0.cast_signed();
            match change {
                Change::Put { table, key, new, row } => part(&mut parts, table).put(at, key, new, row),
                Change::Remove { table, key } => part(&mut parts, table).remove(at, key),
                Change::Append { table, row } => part(&mut parts, table).append(at, row),
            }
        }
        parts.iter_mut().for_each(Part::settle);
        Batch { parts }
    }

    /// How many rows are stored.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> usize {
        self.parts.iter().map(|part| part.rows.len()).sum()
    }
}

fn part<'a>(parts: &'a mut [Part], table: &'static Table) -> &'a mut Part {
    parts.iter_mut().find(|part| std::ptr::eq(part.table, table)).expect("a projection writes the tables it declares")
}

impl Part {
    fn of(table: &'static Table) -> Part {
        Part { table, rows: Vec::new(), ends: Vec::new(), latest: FxHashMap::default() }
    }

    fn put(&mut self, at: i64, key: i64, new: bool, values: Row) {
        match self.latest.get(&key) {
            Some(Latest::Here(index)) if self.rows[*index].second == at => {
                // The same key again at the same position: the last one wins.
                self.rows[*index].values = values;
                return;
            }
            Some(Latest::Here(index)) => self.rows[*index].until = Some(at),
            Some(Latest::Ended) => {}
            None if new => {}
            None => self.ends.push(End { key, until: at }),
        }
        self.latest.insert(key, Latest::Here(self.rows.len()));
        self.rows.push(NewRow { first: key, second: at, until: None, values });
    }

    fn remove(&mut self, at: i64, key: i64) {
        match self.latest.insert(key, Latest::Ended) {
            // Put and removed at the same position, it never held; `settle` drops it.
            Some(Latest::Here(index)) => self.rows[index].until = Some(at),
            Some(Latest::Ended) => {}
            None => self.ends.push(End { key, until: at }),
        }
    }

    fn append(&mut self, at: i64, values: Row) {
        let line = self.rows.last().filter(|last| last.first == at).map_or(0, |last| last.second + 1);
        self.rows.push(NewRow { first: at, second: line, until: None, values });
    }

    /// Brings rows into the order of the primary key, which is the order in which they are stored fastest.
    fn settle(&mut self) {
        self.latest = FxHashMap::default();
        match self.table.shape {
            Shape::Versioned => {
                self.rows.retain(|row| row.until != Some(row.second));
                self.rows.sort_unstable_by_key(|row| (row.first, row.second));
                self.ends.sort_unstable_by_key(|end| end.key);
            }
            Shape::Appended => {}
        }
    }
}
