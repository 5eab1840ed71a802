//! Reading the register's file. It comes from outside: what is wrong with it is told by line and column, and nothing of it
//! is repeated.

use std::fmt;

use csv::{ByteRecord, ReaderBuilder};
use traccia_domain::cup;
use traccia_projections::regis::{Indicator, Value};

use super::{COLUMNS, MEASURE};

/// The most rows of a file; the whole measure has about a thousand.
const MOST: usize = 20_000;

/// Where the columns that are read stand.
const SUBMEASURE: usize = 0;
const CUP: usize = 2;
const INDICATOR: usize = 4;
const REACHED: usize = 9;
const TARGET: usize = 10;

/// Why a file is not the register's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotTheLayout {
    /// The first line does not name the columns.
    Header,
    /// A line has more or fewer columns, or what cannot be read.
    Line {
        /// Which.
        line: u64,
    },
    /// A value does not have its form.
    Value {
        /// Which line.
        line: u64,
        /// Which column.
        column: &'static str,
    },
    /// It is longer than any such file.
    TooLong,
}

impl fmt::Display for NotTheLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotTheLayout::Header => f.write_str(
                "the first line names the 14 columns of the register's file of indicators, between semicolons",
            ),
            NotTheLayout::Line { line } => write!(f, "line {line} does not have the 14 columns"),
            NotTheLayout::Value { line, column } => {
                write!(f, "line {line}: the column {column} does not have its form")
            }
            NotTheLayout::TooLong => f.write_str("the file has more than 20,000 lines"),
        }
    }
}

/// The measure's values. Rows of other measures, and of other indicators, are none of ours.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Value>, NotTheLayout> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut file = ReaderBuilder::new().delimiter(b';').from_reader(bytes);
    let header = file.byte_headers().map_err(|_| NotTheLayout::Header)?;
    if !header.iter().eq(COLUMNS.iter().map(|column| column.as_bytes())) {
        return Err(NotTheLayout::Header);
    }
    let mut values = Vec::new();
    for (index, row) in file.byte_records().enumerate() {
        let line = index as u64 + 2;
        if index >= MOST {
            return Err(NotTheLayout::TooLong);
        }
        values.extend(value(&row.map_err(|_| NotTheLayout::Line { line })?, line)?);
    }
    Ok(values)
}

fn value(row: &ByteRecord, line: u64) -> Result<Option<Value>, NotTheLayout> {
    let text = |column: usize| {
        let text = row.get(column).and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.map(str::trim).ok_or(NotTheLayout::Value { line, column: COLUMNS[column] })
    };
    let wrong = |column: usize| NotTheLayout::Value { line, column: COLUMNS[column] };
    let (true, Some(indicator)) = (text(SUBMEASURE)? == MEASURE, Indicator::named(text(INDICATOR)?)) else {
        return Ok(None);
    };
    let named = text(CUP)?;
    if !cup::valid(named) {
        return Err(wrong(CUP));
    }
    let figure = |column: usize| figure(text(column)?).ok_or_else(|| wrong(column));
    Ok(Some(Value { cup: named.to_owned(), indicator, reached: figure(REACHED)?, target: figure(TARGET)? }))
}

/// Reads `1.076,00`: whole numbers, for nobody is counted in part.
fn figure(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once(',').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split('.');
    let first = groups.next().filter(|group| !group.is_empty() && digits(group))?;
    let grouped = first.len() <= 3 || !whole.contains('.');
    let rest = groups.all(|group| group.len() == 3 && digits(group));
    let nought = decimals.bytes().all(|byte| byte == b'0');
    (grouped && rest && nought).then(|| whole.replace('.', "").parse().ok()).flatten()
}
