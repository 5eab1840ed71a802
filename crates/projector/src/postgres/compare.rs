//! Comparing the tables in place with others, row by row in both directions.

use sqlx::{AssertSqlSafe, PgConnection};
use traccia_domain::Position;
use traccia_log::BoxError;

use super::{
    Server,
    fill::{Filling, run},
    installation,
    read::cells,
    schema,
};
use crate::{
    Cells, Shape, Table,
    batch::Batch,
    store::{Compared, WriteError},
    verify::names,
};

/// The schema of a connection's own temporary tables.
const OWN: &str = "pg_temp";

/// Tables folded again, to be compared and thrown away: they end with their connection, however it ends.
#[derive(Debug)]
pub(crate) struct Scratch {
    connection: PgConnection,
    filling: Filling,
    tables: Vec<&'static Table>,
    /// The tables in place when it began.
    stored: String,
    /// How far these had come when comparing began.
    reached: Option<Position>,
}

impl Server {
    /// Makes empty tables to fold into.
    pub(crate) async fn scratch(&self, tables: &[&'static Table]) -> Result<Scratch, BoxError> {
        let mut connection = self.options.building("traccia verifier").await?;
        let in_place = installation::in_place(&mut connection).await?.ok_or("there are no tables yet")?;
        let filling = Filling::of(OWN.to_owned());
        run(&mut connection, &filling.tables(tables)).await?;
        let stored = schema::generation(in_place.generation);
        Ok(Scratch { connection, filling, tables: tables.to_vec(), stored, reached: None })
    }
}

impl Scratch {
    /// Writes a batch.
    pub(crate) async fn write(&mut self, batch: &Batch) -> Result<(), WriteError> {
        self.filling.write(&mut self.connection, batch).await.map_err(WriteError::Failed)
    }

    /// Compares a table as it was known at a position: at most `most` rows that only the fold has, and that only the
    /// tables in place have, and how many there are.
    pub(crate) async fn compare(&mut self, table: &Table, at: Position, most: usize) -> Result<Compared, BoxError> {
        let connection = &mut self.connection;
        let reached = match self.reached {
            Some(reached) => reached,
            None => {
                for table in &self.tables {
                    self.filling.end(connection, table).await?;
                }
                // What has been looked at stays locked to the end, so that nobody removes the rest.
                run(connection, &["begin isolation level repeatable read".into()]).await?;
                let in_place = installation::in_place(connection).await?.ok_or("there are no tables any more")?;
                *self.reached.insert(in_place.checkpoint.position)
            }
        };
        run(connection, &[format!(r#"analyze {OWN}."{}""#, table.name)]).await?;
        let (folded, stored) = (rows_at(OWN, table, at, reached), rows_at(&self.stored, table, at, reached));
        let rows = AssertSqlSafe(format!("select count(*) from ({folded}) as folded"));
        let rows: i64 = sqlx::query_scalar(rows).fetch_one(&mut *connection).await?;
        let (missing, missing_rows) = only_in(connection, &folded, &stored, table, most).await?;
        let (unexpected, unexpected_rows) = only_in(connection, &stored, &folded, table, most).await?;
        Ok(Compared { rows: rows.cast_unsigned(), missing_rows, unexpected_rows, missing, unexpected })
    }
}

/// The rows that are among these and not among those, or not so: the first few, and how many.
async fn only_in(
    connection: &mut PgConnection,
    these: &str,
    those: &str,
    table: &Table,
    most: usize,
) -> Result<(Vec<Cells>, u64), BoxError> {
    let [first, second, rest @ ..] = &names(table)[..] else { return Err("a table without a key".into()) };
    let alike = rest.iter().map(|name| format!(r#" and b."{name}" is not distinct from a."{name}""#));
    let found = format!(
        r#"from ({these}) as a where not exists (select 1 from ({those}) as b
           where b."{first}" = a."{first}" and b."{second}" = a."{second}"{})"#,
        alike.collect::<String>()
    );
    let count = AssertSqlSafe(format!("select count(*) {found}"));
    let count: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await?;
    if count == 0 {
        return Ok((Vec::new(), 0));
    }
    let rows = AssertSqlSafe(format!("select a.* {found} order by 1, 2 limit {most}"));
    let rows = sqlx::query(rows).fetch_all(&mut *connection).await?;
    Ok((rows.iter().map(cells).collect::<Result<_, _>>()?, count.cast_unsigned()))
}

/// A table's rows as they were at a position: what came later is left out, an end that came later is none yet. What lies
/// beyond all that the tables in place have reached cannot have come later: it is a row like any other.
fn rows_at(schema: &str, table: &Table, at: Position, reached: Position) -> String {
    let columns: String = table.columns.iter().map(|column| format!(r#", "{}""#, column.name)).collect();
    let name = table.name;
    match table.shape {
        Shape::Versioned => format!(
            r#"select "key", "since",
                   case when "until" > {at} and "until" <= {reached} then null else "until" end as "until"{columns}
               from {schema}."{name}" where "since" <= {at} or "since" > {reached}"#
        ),
        Shape::Appended => format!(
            r#"select "position", "line"{columns} from {schema}."{name}"
               where "position" <= {at} or "position" > {reached}"#
        ),
    }
}
