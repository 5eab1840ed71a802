//! Comparing the tables in place with others, row by row in both directions.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use sqlx::{AssertSqlSafe, SqliteConnection};
use traccia_domain::{Position, hash::Hex};
use traccia_log::BoxError;

use super::{
    Files,
    build::{fresh, remove},
    files::with_suffix,
    read::cells,
    write::Writer,
};
use crate::{Cells, Checkpoint, Shape, Table, sql, store::Compared, verify::names};

/// Verifications of this process, so that each has its own file.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// Tables folded again, to be compared and thrown away.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(crate) writer: Writer,
    tables: Vec<&'static Table>,
    /// The tables in place when it began.
    stored: PathBuf,
    /// Removed whatever happens; only a crash leaves it.
    _file: Removed,
}

#[derive(Debug)]
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            tracing::warn!(%error, "the tables of a verification stay behind");
        }
    }
}

impl Files {
    /// Makes empty tables to fold into.
    pub(crate) async fn scratch(&self, tables: &[&'static Table], start: &Checkpoint) -> Result<Scratch, BoxError> {
        let stored = self.current()?.ok_or("there are no tables yet")?;
        let file =
            with_suffix(self.path(), &format!("verifying.{}.{}", std::process::id(), RUNS.fetch_add(1, Relaxed)));
        remove(&file)?;
        let removed = Removed(file.clone());
        let connection = fresh(&file, tables, start).await?;
        Ok(Scratch { writer: Writer::new(connection, file, None), tables: tables.to_vec(), stored, _file: removed })
    }
}

impl Scratch {
    /// Compares a table as it was known at a position: at most `most` rows that only the fold has, and that only the
    /// tables in place have, and how many there are.
    pub(crate) async fn compare(&mut self, table: &Table, at: Position, most: usize) -> Result<Compared, BoxError> {
        let connection = &mut self.writer.connection;
        let at = at.0.cast_signed();
        let attached: i64 = sqlx::query_scalar("select count(*) from pragma_database_list where name = 'stored'")
            .fetch_one(&mut *connection)
            .await?;
        if attached == 0 {
            // The mode of what is attached is the connection's: it must not lock others out of the tables in place.
            sqlx::query("pragma locking_mode = normal").execute(&mut *connection).await?;
            let path = self.stored.to_str().ok_or("the tables' path is not UTF-8")?;
            sqlx::query("attach database $1 as stored").bind(path).execute(&mut *connection).await?;
            sqlx::query("pragma query_only = on").execute(&mut *connection).await?;
            sound(connection).await?;
            laid_out(connection, &self.tables).await?;
        }
        let folded = rows_at("main", table);
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from ({folded})")))
            .bind(at)
            .fetch_one(&mut *connection)
            .await?;
        let (missing, missing_rows) = only_in(connection, "main", "stored", table, at, most).await?;
        let (unexpected, unexpected_rows) = only_in(connection, "stored", "main", table, at, most).await?;
        Ok(Compared { rows: rows.cast_unsigned(), missing_rows, unexpected_rows, missing, unexpected })
    }
}

/// What the database itself says of the file: an index may have lost a row that its table still has, and questions that
/// are answered from the index would miss it.
async fn sound(connection: &mut SqliteConnection) -> Result<(), BoxError> {
    let said: String = sqlx::query_scalar("pragma stored.integrity_check(1)").fetch_one(connection).await?;
    if said == "ok" {
        return Ok(());
    }
    Err(format!("their file is damaged: {}; `traccia rebuild` builds them anew", said.replace('\n', " ")).into())
}

/// Whether tables and indexes are declared as they are when they are made: a bit in a declaration changes what is compared
/// with what.
async fn laid_out(connection: &mut SqliteConnection, tables: &[&'static Table]) -> Result<(), BoxError> {
    const DECLARED: &str = "select type, name, tbl_name, sql from sqlite_master order by name";
    let mut wanted = fresh(Path::new(":memory:"), tables, &Checkpoint::start(Hex([0; 16]), 0)).await?;
    for index in tables.iter().flat_map(|table| sql::indexes("", table)) {
        sqlx::query(AssertSqlSafe(index)).execute(&mut wanted).await?;
    }
    let wanted: Vec<Declared> = sqlx::query_as(DECLARED).fetch_all(&mut wanted).await?;
    let found: Vec<Declared> = sqlx::query_as(AssertSqlSafe(DECLARED.replace("sqlite_master", "stored.sqlite_master")))
        .fetch_all(connection)
        .await?;
    let mut pairs = wanted.iter().zip(&found);
    if let Some((wanted, _)) = pairs.find(|(wanted, found)| wanted != found).filter(|_| wanted.len() == found.len()) {
        let name = &wanted.1;
        return Err(
            format!("{name} is not declared as this program declares it; `traccia rebuild` builds it anew").into()
        );
    }
    if wanted.len() == found.len() {
        return Ok(());
    }
    Err("tables or indexes are missing, or not ours; `traccia rebuild` builds them anew".into())
}

/// Type, name, table and statement of what a database declares.
type Declared = (String, String, String, Option<String>);

/// The rows that one database has and the other has not, or not so: the first few, and how many.
///
/// Each row is looked up by its primary key; nothing is sorted, however long the history.
async fn only_in(
    connection: &mut SqliteConnection,
    this: &str,
    other: &str,
    table: &Table,
    at: i64,
    most: usize,
) -> Result<(Vec<Cells>, u64), BoxError> {
    let (these, those) = (rows_at(this, table), rows_at(other, table));
    let alike =
        names(table).iter().map(|name| format!(r#"b."{name}" is a."{name}""#)).collect::<Vec<_>>().join(" and ");
    let [first, second, ..] = names(table)[..] else { return Err("a table without a key".into()) };
    let found = format!(
        r#"from ({these}) as a where not exists (select 1 from ({those}) as b
           where b."{first}" = a."{first}" and b."{second}" = a."{second}" and {alike})"#
    );
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) {found}")))
        .bind(at)
        .fetch_one(&mut *connection)
        .await?;
    if count == 0 {
        return Ok((Vec::new(), 0));
    }
    let rows = sqlx::query(AssertSqlSafe(format!("select a.* {found} order by 1, 2 limit {most}")))
        .bind(at)
        .fetch_all(&mut *connection)
        .await?;
    Ok((rows.iter().map(cells).collect::<Result<_, _>>()?, count.cast_unsigned()))
}

/// A table's rows as they were at a position: what came later is left out, an end that came later is none yet. What lies
/// beyond all that the tables in place have reached cannot have come later: it is a row like any other.
fn rows_at(database: &str, table: &Table) -> String {
    let columns: String = table.columns.iter().map(|column| format!(r#", "{}""#, column.name)).collect();
    let (name, reached) = (table.name, "(select position from stored.checkpoint)");
    match table.shape {
        Shape::Versioned => format!(
            r#"select "key", "since",
                   case when "until" > $1 and "until" <= {reached} then null else "until" end as "until"{columns}
               from {database}."{name}" where "since" <= $1 or "since" > {reached}"#
        ),
        Shape::Appended => format!(
            r#"select "position", "line"{columns} from {database}."{name}"
               where "position" <= $1 or "position" > {reached}"#
        ),
    }
}
