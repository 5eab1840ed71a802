//! Building tables beside those in place, and putting them in their place.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use sqlx::{Connection as _, PgConnection};
use traccia_log::BoxError;

use super::{
    PgOptions, Server,
    fill::{Filling, run},
    installation,
    installation::Lock,
    schema, server,
};
use crate::{
    Checkpoint, Table,
    batch::Batch,
    sql,
    store::{StoreError, WriteError},
};

/// Tables that are finished at once.
const AT_ONCE: usize = 3;

/// Tables being built: nobody reads them, and a crash leaves a schema that the next build removes.
#[derive(Debug)]
pub(crate) struct Building {
    /// It has the lock: only one builds at a time, in any process.
    connection: PgConnection,
    options: PgOptions,
    generation: i64,
    tables: Vec<&'static Table>,
    filling: Filling,
    at: Checkpoint,
}

impl Server {
    /// Begins to build tables beside those in place, without anything that only reading needs.
    pub(crate) async fn build(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Building, StoreError> {
        let mut connection = self.options.building("traccia builder").await.map_err(StoreError::Failed)?;
        installation::prepare(&mut connection).await.map_err(StoreError::Failed)?;
        if !Lock::Build.take(&mut connection).await.map_err(StoreError::failed)? {
            return Err(StoreError::Busy);
        }
        let in_place = installation::in_place(&mut connection).await.map_err(StoreError::Failed)?;
        let in_place = in_place.map(|in_place| in_place.generation);
        server::sweep(&mut connection, in_place).await.map_err(StoreError::failed)?;
        let generations = server::generations(&mut connection).await.map_err(StoreError::failed)?;
        let generation = 1 + generations.into_iter().chain(in_place).max().unwrap_or(0);
        let options = self.options.clone();
        let filling = Filling::of(schema::generation(generation));
        let mut statements = vec![format!("create schema {}", schema::generation(generation))];
        statements.extend(filling.tables(tables));
        run(&mut connection, &statements).await.map_err(StoreError::failed)?;
        Ok(Building { connection, options, generation, tables: tables.to_vec(), filling, at: start.clone() })
    }
}

impl Building {
    /// Writes a batch.
    pub(crate) async fn write(&mut self, batch: &Batch, to: &Checkpoint) -> Result<(), WriteError> {
        self.filling.write(&mut self.connection, batch).await.map_err(WriteError::Failed)?;
        self.at = to.clone();
        Ok(())
    }

    /// Makes the indexes, sees the tables to the disk and puts them in place. A crash before the last commit leaves the
    /// tables that were there; after it, these.
    pub(crate) async fn put_in_place(mut self) -> Result<(), BoxError> {
        let finishing: Vec<_> = self.tables.iter().map(|table| self.finish(table)).collect();
        stream::iter(finishing).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        installation::put_in_place(&mut self.connection, self.generation, &self.at).await?;
        // A crash here leaves the old ones to the next start.
        Ok(server::sweep(&mut self.connection, Some(self.generation)).await?)
    }

    /// Makes a table whole, with its keys and indexes, on a connection of its own: sorting is most of it.
    async fn finish(&self, table: &Table) -> Result<(), BoxError> {
        let schema = schema::generation(self.generation);
        let mut connection = self.options.building("traccia builder").await?;
        // By itself: an index that is made where its transaction has changed rows may not be used at first.
        self.filling.end(&mut connection, table).await?;
        let mut statements = sql::indexes(&format!("{schema}."), table);
        statements.push(schema::primary_key(&schema, table));
        statements.push(format!(r#"analyze {schema}."{}""#, table.name));
        run(&mut connection, &statements).await?;
        Ok(connection.close().await?)
    }
}
