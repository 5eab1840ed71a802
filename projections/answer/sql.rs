//! SQL put together piece by piece: the same text for every database, every value a placeholder.

use traccia_projector::{Cells, Value, View};

use super::ReadError;

/// A query and its values. `$1` is always the view's position.
#[derive(Debug, Default)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl<T: Into<String>> From<T> for Sql {
    fn from(text: T) -> Sql {
        Sql { text: text.into(), values: Vec::new() }
    }
}

impl Sql {
    /// More text; never a client's.
    pub(crate) fn push(&mut self, text: impl AsRef<str>) -> &mut Sql {
        self.text.push_str(text.as_ref());
        self
    }

    /// A value where the text stands.
    pub(crate) fn arg(&mut self, value: impl Into<Value>) -> &mut Sql {
        self.values.push(value.into());
        let number = self.values.len() + 1;
        self.push(format!("${number}"))
    }

    /// A value that the text already names by its number.
    pub(crate) fn with(&mut self, value: impl Into<Value>) -> &mut Sql {
        self.values.push(value.into());
        self
    }

    /// Text before what is there.
    pub(crate) fn before(&mut self, text: &str) -> &mut Sql {
        self.text.insert_str(0, text);
        self
    }

    /// A condition that a column equals a text, where one is given.
    pub(crate) fn equals(&mut self, column: &str, text: Option<&str>) -> &mut Sql {
        if let Some(text) = text {
            self.push(format!(" and {column} = ")).arg(text.to_owned());
        }
        self
    }

    /// A list of values in parentheses. An empty one matches nothing.
    pub(crate) fn list<T: Into<Value>>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Sql {
        self.push("(null");
        for value in values {
            self.push(", ").arg(value);
        }
        self.push(")")
    }

    /// The rows found. A crash or a lost connection leaves nothing: reading writes nothing.
    pub(crate) async fn rows(self, view: &View) -> Result<Vec<Line>, ReadError> {
        Ok(view.rows(self.text, &self.values).await?.into_iter().map(Line).collect())
    }
}

/// A row that was found, by column number.
#[derive(Debug)]
pub(crate) struct Line(Cells);

impl Line {
    pub(crate) fn text(&self, column: usize) -> String {
        self.0.text(column).to_owned()
    }

    pub(crate) fn text_or_null(&self, column: usize) -> Option<String> {
        self.0.text_or_null(column).map(ToOwned::to_owned)
    }

    pub(crate) fn integer(&self, column: usize) -> i64 {
        self.0.integer(column)
    }

    pub(crate) fn integer_or_null(&self, column: usize) -> Option<i64> {
        self.0.integer_or_null(column)
    }

    pub(crate) fn flag(&self, column: usize) -> bool {
        self.0.integer(column) != 0
    }

    /// A number that cannot be negative.
    pub(crate) fn count(&self, column: usize) -> Result<u64, ReadError> {
        counted(self.integer(column))
    }

    /// A number or a total over no rows, which is null.
    pub(crate) fn total(&self, column: usize) -> Result<u64, ReadError> {
        counted(self.0.integer_or_null(column).unwrap_or(0))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, ReadError> {
        serde_json::from_str(self.0.text(column)).map_err(ReadError::damaged)
    }

    pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(&self, column: usize) -> Result<T, ReadError> {
        self.0.text(column).parse().map_err(ReadError::damaged)
    }
}

/// A figure that cannot be negative; one that is says that the tables do not agree with themselves.
pub(crate) fn counted(figure: i64) -> Result<u64, ReadError> {
    u64::try_from(figure).map_err(|_| ReadError::damaged("a count is never negative"))
}
