//! Filling fresh tables that nobody reads. Versions that end after they were stored are noted beside them, and ended in one
//! statement when all rows are there: no key is kept and looked up meanwhile, which would double the cost of copying.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection};
use traccia_log::BoxError;

use super::{copy::copy, schema, write::columns};
use crate::{
    Shape, Table,
    batch::{Batch, Part},
};

/// Rows that are inserted by a statement. A copy ends with a small packet, which the system may hold back until the data
/// before it was acknowledged, 40 milliseconds later; a statement is sent whole. The short histories of the tests need both.
const FEW: usize = if cfg!(test) { 1 } else { 1_000 };

/// Fresh tables in a schema.
#[derive(Debug)]
pub(super) struct Filling {
    schema: String,
    /// Tables some of whose copied versions have ended since.
    ended: BTreeSet<&'static str>,
}

impl Filling {
    /// What is filled in a schema.
    pub(super) fn of(schema: String) -> Filling {
        Filling { schema, ended: BTreeSet::new() }
    }

    /// The tables, as statements.
    pub(super) fn tables(&self, tables: &[&'static Table]) -> Vec<String> {
        let mut statements = Vec::new();
        for table in tables {
            statements.push(schema::table(&self.schema, table));
            if table.shape == Shape::Versioned {
                statements.push(schema::ends(&self.schema, table));
            }
        }
        statements
    }

    /// Stores a batch.
    pub(super) async fn write(&mut self, connection: &mut PgConnection, batch: &Batch) -> Result<(), BoxError> {
        for part in &batch.parts {
            if !part.ends.is_empty() {
                self.note(connection, part).await?;
            }
            if part.rows.len() > FEW {
                copy(connection, &self.schema, part).await?;
            } else if !part.rows.is_empty() {
                let insert = AssertSqlSafe(schema::insert(&self.schema, part.table));
                sqlx::query_with(insert, columns(part)?).execute(&mut *connection).await?;
            }
        }
        Ok(())
    }

    /// Notes which stored versions end.
    async fn note(&mut self, connection: &mut PgConnection, part: &Part) -> Result<(), sqlx::Error> {
        let keys: Vec<i64> = part.ends.iter().map(|end| end.key).collect();
        let until: Vec<i64> = part.ends.iter().map(|end| end.until).collect();
        let note = AssertSqlSafe(schema::note(&self.schema, part.table));
        sqlx::query(note).bind(keys).bind(until).execute(connection).await?;
        self.ended.insert(part.table.name);
        Ok(())
    }

    /// Ends what has ended, once all rows of a table are there.
    pub(super) async fn end(&self, connection: &mut PgConnection, table: &Table) -> Result<(), sqlx::Error> {
        if self.ended.contains(table.name) {
            run(connection, &[schema::end_all(&self.schema, table)]).await?;
        }
        match table.shape {
            Shape::Versioned => run(connection, &[schema::no_ends(&self.schema, table)]).await,
            Shape::Appended => Ok(()),
        }
    }
}

/// Runs statements in one transaction.
pub(super) async fn run(connection: &mut PgConnection, statements: &[String]) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statements.join(";"))).execute(connection).await.map(drop)
}
