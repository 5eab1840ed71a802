//! Filling fresh tables that nobody reads: rows are only copied. Versions that end after they were copied are noted beside
//! them and ended at once when all rows are there: no key is kept and looked up meanwhile, which would double the cost of
//! copying.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection};
use traccia_log::BoxError;

use super::{
    copy::{ends, rows},
    schema,
};
use crate::{Shape, Table, batch::Batch};

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
                ends(connection, &self.schema, part).await?;
                self.ended.insert(part.table.name);
            }
            if !part.rows.is_empty() {
                rows(connection, &self.schema, part).await?;
            }
        }
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
