//! Pages of a list, by the key of the last item: a page stays right while rows are added before it.

use std::fmt::Write as _;

use serde::Serialize;
use utoipa::ToSchema;

use super::ReadError;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to pass as `after` for the next page; absent on the last.
    pub next: Option<String>,
}

/// Which page of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    after: Option<String>,
    limit: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Paging { after: None, limit: Paging::USUAL }
    }
}

impl Paging {
    /// Items on a page unless told otherwise.
    pub const USUAL: u32 = 100;
    /// The most items on a page.
    pub const MOST: u32 = 1_000;

    /// From what a client sends.
    ///
    /// # Errors
    /// When the cursor was not given out by a page, or the limit is not 1 to 1,000.
    pub fn new(after: Option<&str>, limit: Option<u32>) -> Result<Paging, ReadError> {
        let limit = limit.unwrap_or(Paging::USUAL);
        if !(1..=Paging::MOST).contains(&limit) {
            return Err(ReadError::Limit);
        }
        Ok(Paging { after: after.map(opened).transpose()?, limit })
    }

    /// The key after which the page begins.
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The same for lists whose key is a number.
    pub(crate) fn after_number(&self) -> Result<Option<i64>, ReadError> {
        self.after().map(|key| key.parse().map_err(|_| ReadError::Cursor)).transpose()
    }

    /// How many rows to ask for: one more than the page shows, to know whether another page follows.
    pub(crate) fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Makes the page of the rows that were found; `key` names an item.
    pub(crate) fn page<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = self.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| closed(&key(last)));
        Page { items, next }
    }
}

/// A key as a cursor: opaque, so that nobody comes to rely on what it is.
fn closed(key: &str) -> String {
    key.bytes().fold(String::with_capacity(2 * key.len()), |mut cursor, byte| {
        // Writing to a string cannot fail.
        let _ = write!(cursor, "{byte:02x}");
        cursor
    })
}

fn opened(cursor: &str) -> Result<String, ReadError> {
    let digits: Vec<u8> = cursor
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(ReadError::Cursor))
        .collect::<Result<_, _>>()?;
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return Err(ReadError::Cursor);
    }
    String::from_utf8(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
        .map_err(|_| ReadError::Cursor)
}

impl<T> Page<T> {
    /// A list that has only one page.
    pub(crate) fn whole(items: Vec<T>) -> Page<T> {
        Page { items, next: None }
    }
}
