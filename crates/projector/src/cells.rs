//! One row as it was read, the same from every database.

/// One row as it was read. Columns are numbered from 0, in the order of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells(Vec<Cell>);

/// One value as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl Cells {
    /// From the values.
    #[must_use]
    pub fn new(cells: Vec<Cell>) -> Cells {
        Cells(cells)
    }

    /// The number in a column.
    ///
    /// # Panics
    /// When the query has no number there: the query is wrong, not the data.
    #[must_use]
    pub fn integer(&self, column: usize) -> i64 {
        self.integer_or_null(column).unwrap_or_else(|| panic!("column {column} of the query is null"))
    }

    /// The number in a column, where there is one.
    ///
    /// # Panics
    /// When the column is a text: the query is wrong, not the data.
    #[must_use]
    pub fn integer_or_null(&self, column: usize) -> Option<i64> {
        match self.cell(column) {
            Cell::Null => None,
            Cell::Integer(number) => Some(*number),
            Cell::Text(_) => panic!("column {column} of the query is a text, not a number"),
        }
    }

    /// The text in a column.
    ///
    /// # Panics
    /// When the query has no text there: the query is wrong, not the data.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.text_or_null(column).unwrap_or_else(|| panic!("column {column} of the query is null"))
    }

    /// The text in a column, where there is one.
    ///
    /// # Panics
    /// When the column is a number: the query is wrong, not the data.
    #[must_use]
    pub fn text_or_null(&self, column: usize) -> Option<&str> {
        match self.cell(column) {
            Cell::Null => None,
            Cell::Text(text) => Some(text),
            Cell::Integer(_) => panic!("column {column} of the query is a number, not a text"),
        }
    }

    /// The value in a column, whatever it is.
    ///
    /// # Panics
    /// When the query has no such column.
    #[must_use]
    pub fn cell(&self, column: usize) -> &Cell {
        self.0.get(column).unwrap_or_else(|| panic!("the query has no column {column}"))
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.0.iter()
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Null => f.write_str("null"),
            Cell::Integer(number) => number.fmt(f),
            Cell::Text(text) => text.fmt(f),
        }
    }
}
