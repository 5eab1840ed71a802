//! The read models as they lie there: rows, read without the queries that the application answers with.

use std::{collections::BTreeMap, path::Path};

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, sqlite::SqliteConnectOptions};
use traccia_projections::counting::tables::{RECORD, UNIT};
use traccia_projector::{Cell, Cells, Table, memory::MemoryTables};
use traccia_tests::servers::postgres::Server;

use super::count::Scope;

/// What the tables hold now.
#[derive(Debug)]
pub struct Rows {
    /// How far they have come.
    pub position: u64,
    /// The rows that carry a person's 1.
    pub counted: Vec<Unit>,
}

#[derive(Debug)]
pub struct Unit {
    /// The person's oldest record.
    pub person: String,
    pub scope: Scope,
}

impl Rows {
    /// From tables in memory.
    pub fn of_memory(tables: &MemoryTables) -> Rows {
        let current = |table: &'static Table| {
            let rows = tables.rows(table).into_iter().filter(|row| *row.cell(2) == Cell::Null);
            rows.map(move |row| (row.integer(0), row)).collect::<Vec<_>>()
        };
        let text = |row: &Cells, table, column| row.text(place(table, column)).to_owned();
        let ids: BTreeMap<i64, String> =
            current(&RECORD).into_iter().map(|(key, row)| (key, text(&row, &RECORD, "id"))).collect();
        let counts = |row: &Cells| row.text_or_null(place(&UNIT, "counted_on")).is_some();
        let unit = |row: &Cells| Unit {
            person: ids.get(&row.integer(place(&UNIT, "person"))).cloned().unwrap_or_default(),
            scope: (text(row, &UNIT, "programme"), text(row, &UNIT, "line")),
        };
        let units = current(&UNIT).into_iter().filter(|(_, row)| counts(row));
        let position = tables.content().as_ref().map_or(0, |content| content.checkpoint.position.0);
        Rows { position, counted: units.map(|(_, row)| unit(&row)).collect() }
    }

    /// From a file.
    pub async fn of_file(path: &Path) -> Result<Rows, sqlx::Error> {
        let mut file = SqliteConnectOptions::new().filename(path).disable_statement_logging().connect().await?;
        let rows = sqlx::query(COUNTED).fetch_all(&mut file).await?;
        let unit = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Unit { person: row.try_get(0)?, scope: (row.try_get(1)?, row.try_get(2)?) })
        };
        let position: i64 = sqlx::query_scalar("select position from checkpoint").fetch_one(&mut file).await?;
        file.close().await?;
        Ok(Rows {
            position: position.cast_unsigned(),
            counted: rows.iter().map(unit).collect::<Result<_, sqlx::Error>>()?,
        })
    }

    /// From a database, in one look: the position and the rows are of one moment.
    pub async fn of_database(url: &str) -> Result<Rows, sqlx::Error> {
        let mut database = PgConnection::connect(url).await?;
        let mut look = database.begin_with("begin isolation level repeatable read read only").await?;
        let (generation, position): (i64, i64) =
            sqlx::query_as("select generation, position from traccia.installation").fetch_one(&mut *look).await?;
        let place = format!("set local search_path = traccia_g{generation}");
        sqlx::query(AssertSqlSafe(place)).execute(&mut *look).await?;
        let rows: Vec<(String, String, String)> = sqlx::query_as(COUNTED).fetch_all(&mut *look).await?;
        look.commit().await?;
        database.close().await?;
        let counted = rows.into_iter().map(|(person, programme, line)| Unit { person, scope: (programme, line) });
        Ok(Rows { position: position.cast_unsigned(), counted: counted.collect() })
    }
}

impl Rows {
    /// From PostgreSQL: what asks it.
    pub fn of_postgres(server: &Server, database: &str) -> Rows {
        let of_installation = |column| server.psql(database, &format!("select {column} from traccia.installation"));
        let [generation, position] = ["generation", "position"].map(of_installation);
        let place = format!("set search_path to traccia_g{}; ", generation.trim());
        let counted = server.psql(database, &(place + COUNTED));
        let unit = |line: &str| {
            let [person, programme, line] = line.split('|').map(str::to_owned).collect::<Vec<_>>().try_into().ok()?;
            Some(Unit { person, scope: (programme, line) })
        };
        Rows {
            position: position.trim().parse().expect("a number"),
            counted: counted.lines().map(|line| unit(line).expect("three columns")).collect(),
        }
    }
}

const COUNTED: &str = r#"
    select (select id from record where record."key" = unit.person and record."until" is null), programme, line
    from unit where "until" is null and counted_on is not null"#;

/// Where a column stands in a stored row of a versioned table.
fn place(table: &Table, column: &str) -> usize {
    3 + table.columns.iter().position(|known| known.name == column).expect("the table has the column")
}
