//! Writing a batch, in place or beside.

use traccia_domain::Position;
use traccia_log::BoxError;

use super::{Content, Lead, MemoryTables, Place};
use crate::{
    Cell, Cells, Checkpoint, Shape, Table, Value,
    batch::{Batch, NewRow, Part},
    store::WriteError,
};

/// Who writes the tables in place.
#[derive(Debug)]
pub(crate) struct Writer {
    tables: MemoryTables,
    generation: u64,
    /// Held as long as it writes.
    _lead: Lead,
}

/// Tables being built: nobody reads them.
#[derive(Debug)]
pub(crate) struct Building {
    tables: MemoryTables,
    content: Content,
}

impl MemoryTables {
    pub(crate) fn writer(&self, lead: Lead) -> Result<Writer, BoxError> {
        let generation = self.content().as_ref().ok_or("there are no tables yet")?.generation;
        Ok(Writer { tables: self.clone(), generation, _lead: lead })
    }

    pub(crate) fn build(&self, tables: &[&'static Table], start: &Checkpoint) -> Building {
        Building { tables: self.clone(), content: Content::empty(tables, start) }
    }
}

impl Writer {
    /// Writes a batch and moves the checkpoint, or neither: whoever never comes back from `weather` leaves the position
    /// before, or after, the commit.
    pub(crate) async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        let weather = &self.tables.weather;
        weather.at(Place::Before).await.map_err(WriteError::Failed)?;
        let mut staged = self.fenced(from, to)?;
        staged.take(batch, from, to)?;
        weather.at(Place::Inside).await.map_err(WriteError::Failed)?;
        // Looked at again: a transaction that waited holds no lock here, as it would in a database.
        self.fenced(from, to)?;
        *self.tables.content() = Some(staged);
        weather.at(Place::After).await.map_err(WriteError::Failed)
    }

    /// The tables in place, if they are still this writer's to move on.
    fn fenced(&self, from: Position, to: &Checkpoint) -> Result<Content, WriteError> {
        let content = self.tables.content();
        let ours = |content: &&Content| {
            let stands = &content.checkpoint;
            content.generation == self.generation && stands.position == from && stands.epoch == to.epoch
        };
        content.as_ref().filter(ours).cloned().ok_or(WriteError::Fenced)
    }
}

impl Building {
    pub(crate) async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        self.tables.weather.at(Place::Before).await.map_err(WriteError::Failed)?;
        self.content.take(batch, from, to)
    }

    /// Puts the tables in the place of the old ones, in one step.
    pub(crate) async fn put_in_place(self) -> Result<(), BoxError> {
        self.tables.weather.at(Place::Inside).await?;
        {
            let mut content = self.tables.content();
            let generation = content.as_ref().map_or(0, |old| old.generation) + 1;
            *content = Some(Content { generation, ..self.content });
        }
        self.tables.weather.at(Place::After).await
    }
}

impl Content {
    /// Takes a batch in as a database would: no primary key twice.
    pub(super) fn take(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        if self.checkpoint.position != from {
            return Err(WriteError::Fenced);
        }
        batch.parts.iter().try_for_each(|part| self.part(part)).map_err(WriteError::failed)?;
        self.checkpoint = to.clone();
        Ok(())
    }

    fn part(&mut self, part: &Part) -> Result<(), String> {
        let name = part.table.name;
        let rows = self.rows.get_mut(name).ok_or_else(|| format!("there is no table {name}"))?;
        for end in &part.ends {
            // Only a key's latest version can be open.
            let latest = rows.range_mut((end.key, i64::MIN)..=(end.key, i64::MAX)).next_back();
            if let Some((_, row)) = latest.filter(|(_, row)| *row.cell(2) == Cell::Null) {
                let until = |(column, cell): (usize, &Cell)| match column {
                    2 => Cell::Integer(end.until),
                    _ => cell.clone(),
                };
                *row = Cells::new(row.iter().enumerate().map(until).collect());
            }
        }
        for row in &part.rows {
            if rows.insert((row.first, row.second), stored(part.table, row)).is_some() {
                return Err(format!("{name} has a row {}/{} already", row.first, row.second));
            }
        }
        Ok(())
    }
}

/// A row as it is read back.
fn stored(table: &Table, row: &NewRow) -> Cells {
    let mut cells = vec![Cell::Integer(row.first), Cell::Integer(row.second)];
    match table.shape {
        Shape::Versioned => cells.push(row.until.map_or(Cell::Null, Cell::Integer)),
        Shape::Appended => {}
    }
    cells.extend(row.values.iter().map(|value| match value {
        Value::Null => Cell::Null,
        Value::Integer(number) => Cell::Integer(*number),
        Value::Name(name) => Cell::Text((*name).to_owned()),
        Value::Text(text) => Cell::Text(text.to_string()),
    }));
    Cells::new(cells)
}
