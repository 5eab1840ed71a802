//! What an import promises.

use std::io::Cursor;

use crate::{
    PointNames,
    lines::{Lines, ReadError},
    notes,
    row::{ParsedRow, parse},
};

mod codes;
mod desk;
mod lines;
mod rows;
mod runs;
mod spool;

/// A line's number, and the row or the note.
type Numbered = (u64, Result<ParsedRow, String>);

/// Every line of a file.
fn rows(content: impl AsRef<[u8]>) -> Result<Vec<Numbered>, ReadError> {
    let points = PointNames::default();
    let mut lines = Lines::open(Cursor::new(content))?;
    let mut rows = Vec::new();
    while let Some((number, line)) = lines.next_line()? {
        let row = match line {
            Err(why) => Err(notes::unreadable(why).to_string()),
            Ok(line) => parse(line, &points).map_err(|notes| notes::joined(&notes)),
        };
        rows.push((number, row));
    }
    Ok(rows)
}

fn notes_of(content: impl AsRef<[u8]>) -> Vec<(u64, String)> {
    rows(content).unwrap().into_iter().filter_map(|(number, row)| Some((number, row.err()?))).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/{name}.csv", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
