//! Tables as projections declare them; how they are stored is the projector's business.

use std::sync::Arc;

/// A table of read models.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What its rows are.
    pub shape: Shape,
    /// Its columns, after those that the shape brings.
    pub columns: &'static [Column],
    /// Lists of columns to index, for reading; writing never needs one. `since` and `until` are there to be named as well,
    /// for who asks what began or ended after a position.
    pub indexes: &'static [&'static [&'static str]],
}

/// What a table's rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `key`, `since`, `until` and the columns: the versions of things that change. A version holds at the positions
    /// `since <= position < until`; the current one has no `until`. Primary key `(key, since)`.
    Versioned,
    /// `position`, `line` and the columns: facts that never change, any number (`line` 0, 1, 2...) at a position.
    /// Primary key `(position, line)`.
    Appended,
}

/// A column.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
}

/// A column's type, the same in every database: dates and ids are text, numbers are 64-bit integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// `bigint`.
    Integer,
    /// `text`.
    Text,
}

impl Column {
    /// An integer.
    #[must_use]
    pub const fn integer(name: &'static str) -> Column {
        Column { name, kind: ColumnType::Integer, nullable: false }
    }

    /// A text.
    #[must_use]
    pub const fn text(name: &'static str) -> Column {
        Column { name, kind: ColumnType::Text, nullable: false }
    }

    /// The same, allowed to be null.
    #[must_use]
    pub const fn or_null(self) -> Column {
        Column { nullable: true, ..self }
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// No value.
    Null,
    /// A number.
    Integer(i64),
    /// A short name that many rows share.
    Name(&'static str),
    /// A text; cloning shares it.
    Text(Arc<str>),
}

/// The values of a row's columns, in the table's order.
pub type Row = Vec<Value>;

macro_rules! integers {
    ($($type:ty)+) => {$(
        impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Value::Integer(i64::from(number))
            }
        }
    )+};
}

integers!(u8 u16 u32 i8 i16 i32 i64 bool);

impl From<traccia_domain::Position> for Value {
    fn from(position: traccia_domain::Position) -> Self {
        Value::Integer(position.0.cast_signed())
    }
}

impl From<&'static str> for Value {
    fn from(name: &'static str) -> Self {
        Value::Name(name)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Value::Text(text)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
