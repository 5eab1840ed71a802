//! Writing a batch: one transaction, one statement for each set of rows, one array for each column.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqlSafeStr as _, SqlStr, postgres::PgArguments};
use tokio::time;
use traccia_domain::Position;
use traccia_log::BoxError;

use super::{
    Lead, PgOptions, Server,
    connection::{WRITTEN_WITHIN, within},
    installation,
    lead::{self, Again},
    schema,
    schema::storable,
};
use crate::{
    Checkpoint, ColumnType, Shape, Table, Value,
    batch::{Batch, NewRow, Part},
    store::WriteError,
};

/// Who has the lead, and writes one generation while it is in place.
#[derive(Debug)]
pub(crate) struct Writer {
    options: PgOptions,
    generation: i64,
    /// None after a failure, whatever it was: then it is taken again first.
    pub(super) lead: Option<Lead>,
    /// Who had it last, to the server.
    who: String,
    texts: FxHashMap<&'static str, Texts>,
}

/// The statements of a table, made once.
#[derive(Debug)]
struct Texts {
    end: SqlStr,
    insert: SqlStr,
}

impl Server {
    /// Who writes the tables in place.
    pub(crate) async fn writer(&self, mut lead: Lead) -> Result<Writer, BoxError> {
        let in_place = installation::in_place(&mut lead.connection).await?.ok_or("there are no tables yet")?;
        let (options, generation, who) = (self.options.clone(), in_place.generation, lead.who());
        Ok(Writer { options, generation, lead: Some(lead), who, texts: FxHashMap::default() })
    }
}

impl Writer {
    /// Writes a batch and moves the checkpoint, or neither: a crash at any line here leaves the position before.
    pub(crate) async fn write(&mut self, batch: &Batch, from: Position, to: &Checkpoint) -> Result<(), WriteError> {
        let mut lead = match self.lead.take() {
            Some(lead) => lead,
            None => self.lead_again().await?,
        };
        let written = within(WRITTEN_WITHIN, self.write_on(&mut lead.connection, batch, from, to)).await?;
        self.lead = Some(lead);
        if written { Ok(()) } else { Err(WriteError::Fenced) }
    }

    /// A server that is not reached is away, whatever it says: what it said at the start was heard then.
    async fn lead_again(&mut self) -> Result<Lead, WriteError> {
        let again = time::timeout(WRITTEN_WITHIN, lead::again(&self.options, &self.who)).await;
        match again.map_err(|late| WriteError::Away(late.into()))?.map_err(WriteError::Away)? {
            Again::Led(lead) => {
                self.who = lead.who();
                Ok(lead)
            }
            Again::NotYet => Err(WriteError::Away("the server still ends the connection that was lost".into())),
            Again::Deposed => Err(WriteError::Deposed),
        }
    }

    /// Whether the checkpoint was where it should be.
    async fn write_on(
        &mut self,
        connection: &mut PgConnection,
        batch: &Batch,
        from: Position,
        to: &Checkpoint,
    ) -> Result<bool, sqlx::Error> {
        let mut transaction = connection.begin().await?;
        if !installation::moved(&mut transaction, self.generation, from, to).await? {
            transaction.rollback().await?;
            return Ok(false);
        }
        for part in &batch.parts {
            let texts = self.texts.entry(part.table.name).or_insert_with(|| Texts::of(self.generation, part.table));
            // Ends first: a version that replaces a stored one would else be ended itself.
            if !part.ends.is_empty() {
                let keys: Vec<i64> = part.ends.iter().map(|end| end.key).collect();
                let until: Vec<i64> = part.ends.iter().map(|end| end.until).collect();
                sqlx::query(texts.end.clone()).bind(keys).bind(until).execute(&mut *transaction).await?;
            }
            if !part.rows.is_empty() {
                let columns = columns(part).map_err(sqlx::Error::Encode)?;
                sqlx::query_with(texts.insert.clone(), columns).execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(true)
    }
}

impl Texts {
    fn of(generation: i64, table: &Table) -> Texts {
        let schema = schema::generation(generation);
        Texts {
            end: AssertSqlSafe(schema::end(&schema, table)).into_sql_str(),
            insert: AssertSqlSafe(schema::insert(&schema, table)).into_sql_str(),
        }
    }
}

/// The rows, turned into one array for each column.
pub(super) fn columns(part: &Part) -> Result<PgArguments, BoxError> {
    let (table, rows) = (part.table, &part.rows);
    // With another number of values, a column would get its neighbour's.
    if let Some(row) = rows.iter().find(|row| row.values.len() != table.columns.len()) {
        return Err(format!("a row of {} has {} values", table.name, row.values.len()).into());
    }
    let mut arguments = PgArguments::default();
    add(&mut arguments, rows.iter().map(|row| row.first).collect::<Vec<_>>())?;
    add(&mut arguments, rows.iter().map(|row| row.second).collect::<Vec<_>>())?;
    match table.shape {
        Shape::Versioned => add(&mut arguments, rows.iter().map(|row| row.until).collect::<Vec<_>>())?,
        Shape::Appended => {}
    }
    for (number, column) in table.columns.iter().enumerate() {
        let values = rows.iter().map(|row: &NewRow| &row.values[number]);
        let wrong = || format!("{}.{} is given a value of another type", table.name, column.name);
        match column.kind {
            ColumnType::Integer => {
                add(&mut arguments, values.map(integer).collect::<Option<Vec<_>>>().ok_or_else(wrong)?)?;
            }
            ColumnType::Text => {
                add(&mut arguments, values.map(text).collect::<Option<Vec<_>>>().ok_or_else(wrong)?)?;
            }
        }
    }
    Ok(arguments)
}

fn add<'q, T>(arguments: &mut PgArguments, array: Vec<T>) -> Result<(), BoxError>
where
    Vec<T>: sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    sqlx::Arguments::add(arguments, array)
}

/// A number or null; `None` for what is neither.
fn integer(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Null => Some(None),
        Value::Integer(number) => Some(Some(*number)),
        Value::Name(_) | Value::Text(_) => None,
    }
}

/// A text or null; `None` for what is neither.
fn text(value: &Value) -> Option<Option<Cow<'_, str>>> {
    match value {
        Value::Null => Some(None),
        Value::Name(name) => Some(Some(storable(name))),
        Value::Text(text) => Some(Some(storable(text))),
        Value::Integer(_) => None,
    }
}
