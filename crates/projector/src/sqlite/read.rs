//! Reading rows.

use std::{borrow::Cow, path::PathBuf};

use sqlx::{
    AssertSqlSafe, Row as _, SqlSafeStr as _, Sqlite, SqlitePool, TypeInfo as _, ValueRef as _,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use traccia_domain::{Hash, Position, hash::ShortHash};
use traccia_log::BoxError;

use crate::{Cell, Cells, Checkpoint, Value};

/// Those who read one generation of the tables, also after others were put in place.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) file: PathBuf,
    pub(super) readers: SqlitePool,
}

impl Reader {
    /// Reads rows.
    pub(crate) async fn rows(&self, sql: Cow<'static, str>, args: &[Value]) -> Result<Vec<Cells>, BoxError> {
        let query = args.iter().fold(sqlx::query(AssertSqlSafe(sql).into_sql_str()), bind);
        query.fetch_all(&self.readers).await?.iter().map(cells).collect()
    }
}

/// Gives a query its next argument.
fn bind<'q>(query: Query<'q, Sqlite, SqliteArguments>, value: &Value) -> Query<'q, Sqlite, SqliteArguments> {
    match value {
        Value::Null => query.bind(None::<i64>),
        Value::Integer(number) => query.bind(*number),
        Value::Name(name) => query.bind(name.to_owned()),
        Value::Text(text) => query.bind(text.clone()),
    }
}

/// A row's values, whatever their columns are.
pub(super) fn cells(row: &SqliteRow) -> Result<Cells, BoxError> {
    let cell = |column| -> Result<Cell, BoxError> {
        let value = row.try_get_raw(column)?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        match value.type_info().name() {
            "INTEGER" => Ok(Cell::Integer(row.try_get(column)?)),
            "TEXT" => Ok(Cell::Text(row.try_get(column)?)),
            other => Err(format!("column {column} is {other}: tables hold integers and texts").into()),
        }
    };
    (0..row.len()).map(cell).collect::<Result<_, _>>().map(Cells::new)
}

impl Checkpoint {
    /// From a row of epoch, position, hash, version, `recorded_at`.
    pub(crate) fn read(row: &Cells) -> Result<Checkpoint, BoxError> {
        Ok(Checkpoint {
            epoch: ShortHash::parse(row.text(0)).ok_or("the checkpoint's epoch is damaged")?,
            position: Position(row.integer(1).cast_unsigned()),
            hash: Hash::parse(row.text(2)).ok_or("the checkpoint's hash is damaged")?,
            version: u32::try_from(row.integer(3))?,
            recorded_at: row.text(4).to_owned(),
        })
    }
}
