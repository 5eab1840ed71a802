//! What somebody does to the read models who can write their file: rows changed, removed, added.

use std::path::Path;

use fastrand::Rng;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use traccia_projections::Projections;
use traccia_projector::{Projection as _, Shape};

use super::says::connected;

/// What is done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// One of its values becomes another.
    Changed,
    Removed,
    /// One like it stands beside it.
    Added,
    /// One like it is to hold from a position on that the tables have not reached.
    AddedAhead,
    /// It is to end at such a position.
    EndsAhead,
}

/// A table, the columns of its key, and all its columns.
struct Place {
    table: &'static str,
    key: Vec<&'static str>,
    columns: Vec<&'static str>,
}

fn places() -> Vec<Place> {
    let tables = Projections::tables().into_iter().map(|table| {
        let lead: &[&str] = match table.shape {
            Shape::Versioned => &["key", "since", "until"],
            Shape::Appended => &["position", "line"],
        };
        let columns = lead.iter().copied().chain(table.columns.iter().map(|column| column.name));
        Place { table: table.name, key: lead[..2].to_vec(), columns: columns.collect() }
    });
    let columns = vec!["epoch", "position", "hash", "version", "recorded_at"];
    tables.chain([Place { table: "checkpoint", key: vec!["epoch"], columns }]).collect()
}

/// Edits a row of a table, any that has one; what was done.
pub async fn edit(tables: &Path, edit: Edit, rng: &mut Rng) -> String {
    let mut connection = connected(tables).await.unwrap();
    let places = places();
    loop {
        let place = rng.choice(&places).unwrap();
        let versioned = place.columns.contains(&"until");
        let sql = match edit {
            Edit::Changed => change(&mut connection, place, rng).await,
            Edit::Removed => one(&mut connection, place, rng).await.map(|row| format!("delete from {row}")),
            Edit::Added if place.table == "checkpoint" => None,
            Edit::Added => copied(&mut connection, place, rng, 1, "max").await,
            Edit::AddedAhead if place.table == "checkpoint" => None,
            Edit::AddedAhead => copied(&mut connection, place, rng, usize::from(versioned), "99 + max").await,
            Edit::EndsAhead if versioned => one(&mut connection, place, rng).await.map(|row| {
                let (table, found) = row.split_once(" where ").unwrap();
                format!(r#"update {table} set "until" = 9999 where {found} and "until" is null"#)
            }),
            Edit::EndsAhead => None,
        };
        let Some(sql) = sql else { continue };
        // What breaks the table's own key cannot be done to it.
        let Ok(done) = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut connection).await else { continue };
        if done.rows_affected() > 0 {
            connection.close().await.unwrap();
            return sql;
        }
    }
}

/// Any row, as `"table" where ...`.
async fn one(connection: &mut SqliteConnection, place: &Place, rng: &mut Rng) -> Option<String> {
    let quoted: Vec<String> = place.key.iter().map(|name| format!(r#"'"{name}" is ' || quote("{name}")"#)).collect();
    let sql = format!(
        r#"select '"{0}" where ' || {1} from "{0}" order by 1 limit 1 offset {2} % max(1, (select count(*) from "{0}"))"#,
        place.table,
        quoted.join(" || ' and ' || "),
        rng.u32(..)
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(connection).await.unwrap()
}

async fn change(connection: &mut SqliteConnection, place: &Place, rng: &mut Rng) -> Option<String> {
    let row = one(connection, place, rng).await?;
    let (table, found) = row.split_once(" where ")?;
    let column = *rng.choice(&place.columns)?;
    let kind: String = sqlx::query_scalar(AssertSqlSafe(format!(r#"select typeof("{column}") from {row}"#)))
        .fetch_one(connection)
        .await
        .unwrap();
    let value = match kind.as_str() {
        "integer" if rng.u8(..4) > 0 => format!(r#""{column}" + {}"#, 1 + rng.u32(..9)),
        "integer" => "null".to_owned(),
        "text" => format!(r#"'~' || substr("{column}", 2)"#),
        _ if column == "until" => "(select position from checkpoint)".to_owned(),
        _ => "'2024-01-01'".to_owned(),
    };
    Some(format!(r#"update {table} set "{column}" = {value} where {found}"#))
}

/// A row copied, with another value in a column of the key.
async fn copied(
    connection: &mut SqliteConnection,
    place: &Place,
    rng: &mut Rng,
    column: usize,
    beyond: &str,
) -> Option<String> {
    let row = one(connection, place, rng).await?;
    let column = place.key[column];
    let (table, _) = row.split_once(" where ")?;
    let values = place.columns.iter().map(|name| match *name == column {
        true => format!(r#"(select {beyond}("{name}") + 1 from {table})"#),
        false => format!(r#""{name}""#),
    });
    Some(format!("insert into {table} select {} from {row}", values.collect::<Vec<_>>().join(", ")))
}
