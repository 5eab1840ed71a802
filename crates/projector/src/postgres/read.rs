//! Reading rows.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, Encode, PgPool, Postgres, Row as _, SqlSafeStr as _, Type, TypeInfo as _, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgArguments, PgRow, PgTypeInfo, types::Oid},
    query::Query,
};
use traccia_log::BoxError;

use super::{
    connection::{READ_WITHIN, within},
    schema::storable,
};
use crate::{Cell, Cells, Value};

/// Those who read one generation of the tables, as long as it is there.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) generation: i64,
    pub(super) pool: PgPool,
}

impl Reader {
    /// Reads rows.
    pub(crate) async fn rows(&self, sql: Cow<'static, str>, args: &[Value]) -> Result<Vec<Cells>, BoxError> {
        let query = args.iter().fold(sqlx::query(AssertSqlSafe(sql).into_sql_str()), bind);
        within(READ_WITHIN, query.fetch_all(&self.pool)).await?.iter().map(cells).collect()
    }
}

/// Gives a query its next argument.
fn bind<'q>(query: Query<'q, Postgres, PgArguments>, value: &Value) -> Query<'q, Postgres, PgArguments> {
    match value {
        Value::Null => query.bind(Untyped),
        Value::Integer(number) => query.bind(*number),
        Value::Name(name) => query.bind(*name),
        Value::Text(text) => query.bind(storable(text).into_owned()),
    }
}

/// No value, of whatever type the query wants there.
struct Untyped;

impl Type<Postgres> for Untyped {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Untyped {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(IsNull::Yes)
    }
}

/// A row's values, whatever their columns are.
pub(super) fn cells(row: &PgRow) -> Result<Cells, BoxError> {
    let cell = |column| -> Result<Cell, BoxError> {
        let value = row.try_get_raw(column)?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        match value.type_info().name() {
            "INT8" => Ok(Cell::Integer(row.try_get(column)?)),
            // What a query counts or compares itself.
            "INT4" => Ok(Cell::Integer(row.try_get::<i32, _>(column)?.into())),
            "BOOL" => Ok(Cell::Integer(row.try_get::<bool, _>(column)?.into())),
            "TEXT" => Ok(Cell::Text(row.try_get(column)?)),
            other => Err(format!("column {column} is {other}: tables hold integers and texts; cast it").into()),
        }
    };
    (0..row.len()).map(cell).collect::<Result<_, _>>().map(Cells::new)
}
