//! Comparing the tables in place with others, row by row in both directions.

use std::collections::BTreeMap;

use traccia_domain::Position;
use traccia_log::BoxError;

use super::{Content, MemoryTables};
use crate::{Cell, Cells, Checkpoint, Shape, Table, batch::Batch, store::Compared, store::WriteError};

type Rows = BTreeMap<(i64, i64), Cells>;

/// Tables folded again, to be compared and thrown away.
#[derive(Debug)]
pub(crate) struct Scratch {
    content: Content,
    /// The tables in place when it began.
    stored: Content,
}

impl MemoryTables {
    pub(crate) fn scratch(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Scratch, BoxError> {
        let stored = self.content().clone().ok_or("there are no tables yet")?;
        Ok(Scratch { content: Content::empty(tables, start), stored })
    }
}

impl Scratch {
    pub(crate) fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        self.content.take(batch, from, to)
    }

    pub(crate) fn compare(&self, table: &Table, at: Position, most: usize) -> Compared {
        let reached = self.stored.checkpoint.position;
        let (folded, stored) = (rows_at(&self.content, table, at, reached), rows_at(&self.stored, table, at, reached));
        let (missing, unexpected) = (only_in(&folded, &stored), only_in(&stored, &folded));
        Compared {
            rows: folded.len() as u64,
            missing_rows: missing.len() as u64,
            unexpected_rows: unexpected.len() as u64,
            missing: missing.into_iter().take(most).collect(),
            unexpected: unexpected.into_iter().take(most).collect(),
        }
    }
}

fn only_in(these: &Rows, those: &Rows) -> Vec<Cells> {
    these.iter().filter(|(key, row)| those.get(key) != Some(row)).map(|(_, row)| row.clone()).collect()
}

/// A table's rows as they were at a position: what came later is left out, an end that came later is none yet. What lies
/// beyond all that the tables in place have reached cannot have come later: it is a row like any other.
fn rows_at(content: &Content, table: &Table, at: Position, reached: Position) -> Rows {
    let (at, reached) = (at.0.cast_signed(), reached.0.cast_signed());
    let later = |position: i64| position > at && position <= reached;
    let rows = content.rows.get(table.name).into_iter().flatten();
    match table.shape {
        Shape::Versioned => rows
            .filter(|((_, since), _)| !later(*since))
            .map(|(key, row)| (*key, Cells::new(row.iter().enumerate().map(|cell| ended(cell, later)).collect())))
            .collect(),
        Shape::Appended => {
            rows.filter(|((position, _), _)| !later(*position)).map(|(key, row)| (*key, row.clone())).collect()
        }
    }
}

fn ended((column, cell): (usize, &Cell), later: impl Fn(i64) -> bool) -> Cell {
    match cell {
        Cell::Integer(until) if column == 2 && later(*until) => Cell::Null,
        Cell::Null | Cell::Integer(_) | Cell::Text(_) => cell.clone(),
    }
}
