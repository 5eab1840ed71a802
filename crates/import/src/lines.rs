//! Reads the lines of a file from a stranger, within bounds: whatever it holds, memory stays small.

use std::io::{self, BufRead as _, BufReader, Chain, Cursor, Read};

use csv::{ByteRecord, ReaderBuilder};

use crate::layout::{COLUMNS, InvalidLayout, check_header};

/// The longest line, in bytes. A quote that is never closed runs into it.
pub const LINE_LIMIT: usize = 64 * 1024;

/// The longest field, in bytes.
pub const FIELD_LIMIT: usize = 4_000;

const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// What is wrong with a line before any of its fields is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It does not have 33 columns.
    Columns(usize),
    /// It is longer than [`LINE_LIMIT`].
    Line,
    /// A field is longer than [`FIELD_LIMIT`].
    Field(usize),
    /// It is not UTF-8.
    Encoding,
}

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not in the national layout.
    #[error(transparent)]
    Layout(#[from] InvalidLayout),
    /// A quote that is never closed: what lies behind it cannot be told apart, and no row may be lost unseen.
    #[error("row {row} opens a quote that is not closed within {LINE_LIMIT} bytes; nothing after it can be read")]
    Quote {
        /// Where the row begins, 2 for the first after the header.
        row: u64,
    },
    /// The disk, or a spool that no longer opens.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
}

/// The lines of a file, after its header.
pub struct Lines<R: Read> {
    reader: Option<csv::Reader<Bounded<R>>>,
    record: ByteRecord,
    row: u64,
}

/// A line's number, 2 for the first after the header as a spreadsheet shows it, and its fields or what is wrong.
pub type Line<'a> = (u64, Result<&'a ByteRecord, Unreadable>);

impl<R: Read> Lines<R> {
    /// Reads and checks the header; a byte order mark before it is allowed.
    ///
    /// # Errors
    /// When the header is not the layout's, or nothing can be read.
    pub fn open(mut source: R) -> Result<Self, ReadError> {
        // However few bytes come at a time, the mark is whole before it is looked at.
        let mut start = Vec::with_capacity(MARK.len());
        source.by_ref().take(MARK.len() as u64).read_to_end(&mut start)?;
        if start == MARK {
            start.clear();
        }
        let source = BufReader::with_capacity(LINE_LIMIT, Cursor::new(start).chain(source));
        let mut lines = Lines {
            reader: Some(reader(Bounded { source, served: 0, ends: 0, read: 0 })),
            record: ByteRecord::new(),
            row: 1,
        };
        match lines.read()? {
            None => Err(InvalidLayout::Empty.into()),
            Some(false) => Err(ReadError::Layout(check_header([[].as_slice()]).err().unwrap_or(InvalidLayout::Empty))),
            Some(true) => Ok(check_header(lines.record.iter()).map(|()| lines)?),
        }
    }

    /// The next line that is not blank.
    ///
    /// # Errors
    /// When nothing more can be read.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, ReadError> {
        loop {
            let Some(whole) = self.read()? else { return Ok(None) };
            self.row += 1;
            if !whole {
                return Ok(Some((self.row, Err(Unreadable::Line))));
            }
            // Spreadsheets leave lines of commas behind.
            if self.record.iter().any(|field| !field.trim_ascii().is_empty()) {
                break;
            }
        }
        let examined = examine(&self.record);
        // A quote that is closed far away, or by the end of the file, makes one record of many rows.
        if matches!(examined, Err(Unreadable::Columns(_) | Unreadable::Field(_)))
            && self.record.as_slice().contains(&b'\n')
        {
            return Err(ReadError::Quote { row: self.row });
        }
        Ok(Some((self.row, examined)))
    }

    /// How many bytes of the file were read.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.reader.as_ref().map_or(0, |reader| reader.get_ref().read)
    }

    /// Reads one record: `Some(false)` where it was longer than allowed and was skipped up to the end of its line.
    fn read(&mut self) -> Result<Option<bool>, ReadError> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        reader.get_mut().begin();
        match reader.read_byte_record(&mut self.record) {
            Ok(true) => Ok(Some(true)),
            Ok(false) => Ok(None),
            Err(error) if !too_long(&error) => Err(io::Error::from(error).into()),
            Err(_) => {
                // The limit is met only when the reader's own buffer is empty: nothing is lost by starting another.
                if let Some(spent) = self.reader.take() {
                    let mut bounded = spent.into_inner();
                    if bounded.ends > 0 {
                        return Err(ReadError::Quote { row: self.row + 1 });
                    }
                    bounded.read += bounded.source.skip_until(b'\n')? as u64;
                    self.reader = Some(self::reader(bounded));
                }
                Ok(Some(false))
            }
        }
    }
}

fn reader<R: Read>(bounded: Bounded<R>) -> csv::Reader<Bounded<R>> {
    // Smaller than the limit, so that a line of 33 columns is measured closely.
    ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(8 * 1024).from_reader(bounded)
}

fn too_long(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<TooLong>()))
}

fn examine(record: &ByteRecord) -> Result<&ByteRecord, Unreadable> {
    if let Some(index) = record.iter().position(|field| field.len() > FIELD_LIMIT) {
        return Err(Unreadable::Field(index));
    }
    if record.len() != COLUMNS.len() {
        return Err(Unreadable::Columns(record.len()));
    }
    if !record.as_slice().is_ascii() && record.iter().any(|field| std::str::from_utf8(field).is_err()) {
        return Err(Unreadable::Encoding);
    }
    Ok(record)
}

/// Serves at most [`LINE_LIMIT`] bytes from one record's first to its last.
struct Bounded<R: Read> {
    source: BufReader<Chain<Cursor<Vec<u8>>, R>>,
    served: usize,
    /// Line ends served with it. What the reader had kept from before is not seen here; the limit is far beyond that.
    ends: usize,
    read: u64,
}

impl<R: Read> Bounded<R> {
    fn begin(&mut self) {
        (self.served, self.ends) = (0, 0);
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the line is too long")]
struct TooLong;

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.served >= LINE_LIMIT {
            return Err(io::Error::other(TooLong));
        }
        let room = buffer.len().min(LINE_LIMIT - self.served);
        let read = self.source.read(&mut buffer[..room])?;
        self.served += read;
        self.ends += buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        self.read += read as u64;
        Ok(read)
    }
}
