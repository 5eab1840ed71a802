//! Tables as SQLite makes them.

use crate::{ColumnType, Shape, Table};

/// The table of the checkpoint: one row.
pub(super) const CHECKPOINT: &str = "create table checkpoint (epoch text not null, position bigint not null, \
     hash text not null, version integer not null, recorded_at text not null)";

/// A table with its primary key, which is all that writing needs.
///
/// The rows live in the primary key's own tree: one tree to write instead of two.
pub(super) fn table(table: &Table) -> String {
    let (lead, key) = match table.shape {
        Shape::Versioned => (r#""key" bigint not null, "since" bigint not null, "until" bigint"#, r#""key", "since""#),
        Shape::Appended => (r#""position" bigint not null, "line" bigint not null"#, r#""position", "line""#),
    };
    let mut columns = lead.to_owned();
    for column in table.columns {
        let kind = match column.kind {
            ColumnType::Integer => "bigint",
            ColumnType::Text => "text",
        };
        let null = if column.nullable { "" } else { " not null" };
        columns += &format!(r#", "{}" {kind}{null}"#, column.name);
    }
    format!(r#"create table "{}" ({columns}, primary key ({key})) without rowid"#, table.name)
}

/// How many values a stored row has.
pub(super) fn width(table: &Table) -> usize {
    table.columns.len()
        + match table.shape {
            Shape::Versioned => 3,
            Shape::Appended => 2,
        }
}

/// Stores a number of rows.
pub(super) fn insert(table: &Table, rows: usize) -> String {
    let row = format!("({})", vec!["?"; width(table)].join(","));
    format!(r#"insert into "{}" values {}"#, table.name, vec![row.as_str(); rows].join(","))
}

/// Ends a number of stored versions: key and position of each.
///
/// Only a key's latest version can be open; it is found by its place in the primary key, however many there were before.
pub(super) fn end(table: &Table, versions: usize) -> String {
    let name = table.name;
    let values = vec!["(?,?)"; versions].join(",");
    format!(
        r#"update "{name}" as t set "until" = ends.column2 from (values {values}) as ends
           where t."key" = ends.column1 and t."until" is null
           and t."since" = (select max(latest."since") from "{name}" as latest where latest."key" = ends.column1)"#
    )
}
