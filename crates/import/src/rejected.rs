//! The file of rejected rows, as the national platform gives it back: the same columns, then the row and why.

use std::io::{self, Write};

use csv::ByteRecord;

use crate::layout::COLUMNS;

/// A rejected row: nothing in it is personal.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejected {
    /// Its number, 2 for the first after the header as a spreadsheet shows it.
    pub row: u64,
    /// Its columns, masked.
    pub(crate) shown: ByteRecord,
    /// Why, in Italian.
    pub note: String,
}

/// Writes rejected rows as they are found.
pub struct RejectedRows<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> RejectedRows<W> {
    /// Starts with the header.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn new(out: W) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS.iter().chain(&["Numero Riga", "Note"]))?;
        Ok(RejectedRows { out })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn push(&mut self, rejected: &Rejected) -> io::Result<()> {
        for cell in &rejected.shown {
            self.out.write_field(harmless(cell).as_slice())?;
        }
        self.out.write_field(rejected.row.to_string())?;
        self.out.write_field(&rejected.note)?;
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    /// The end: hands over what is still in memory, and gives back where it was written.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn into_inner(self) -> io::Result<W> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    /// Hands over what is still in memory.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe.
fn harmless(cell: &[u8]) -> Vec<u8> {
    let formula = matches!(cell.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
    if formula { [b"'", cell].concat() } else { cell.to_vec() }
}
