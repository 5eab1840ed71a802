//! What of a line may be shown again: never names, contacts, free text, nor a document.

use csv::ByteRecord;

use crate::{
    layout::{COLUMNS, Column},
    provinces,
};

/// A line with personal columns blank and documents masked. A line may be shifted by a stray comma, so a cell is shown
/// only when it looks like what its column holds.
pub(crate) fn masked(line: &ByteRecord) -> ByteRecord {
    let mut shown = ByteRecord::with_capacity(256, COLUMNS.len());
    for column in Column::all() {
        let cell = line.get(column.index()).and_then(|cell| std::str::from_utf8(cell).ok()).unwrap_or_default().trim();
        match column {
            Column::AN3 | Column::AN6 => shown.push_field(document(cell).as_bytes()),
            _ if showable(column, cell) => shown.push_field(cell.as_bytes()),
            _ => shown.push_field(b""),
        }
    }
    shown
}

/// A line that cannot be trusted to have its values under their columns.
pub(crate) fn blank() -> ByteRecord {
    ByteRecord::from(vec![""; COLUMNS.len()])
}

/// The last two characters of a long number tell its owner which one it was, and nobody else.
fn document(cell: &str) -> String {
    let characters = cell.chars().count();
    match characters {
        0 => String::new(),
        1..8 => "***".to_owned(),
        _ => "***".chars().chain(cell.chars().skip(characters - 2)).collect(),
    }
}

fn showable(column: Column, cell: &str) -> bool {
    if Column::DROPPED.contains(&column) {
        return false;
    }
    match column {
        Column::FACILITATOR | Column::POINT => {
            cell.len() <= 64 && cell.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !personal(cell)
        }
        Column::POINT_NAME => cell.len() <= 200 && !personal(cell),
        Column::AN12 => provinces::by_name(cell).is_some(),
        _ => coded(cell),
    }
}

/// Codes, dates and durations, right or wrong: single letters and short numbers. Words and long numbers are neither.
fn coded(cell: &str) -> bool {
    let separators = [':', '/', '.', '-'];
    let short = |part: &str| part.len() <= 1 || part.len() <= 8 && part.bytes().all(|b| b.is_ascii_digit());
    cell.len() <= 64 && cell.is_ascii() && cell.split(separators).all(short)
}

/// An address, a telephone, or a document's number, wherever it stands.
fn personal(cell: &str) -> bool {
    let document = |word: &str| word.len() >= 9 && word.bytes().filter(u8::is_ascii_digit).count() >= 4;
    cell.contains('@')
        || cell.bytes().filter(u8::is_ascii_digit).count() >= 9
        || cell.split(|c: char| !c.is_alphanumeric()).any(document)
}
