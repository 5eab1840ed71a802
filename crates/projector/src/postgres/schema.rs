//! Tables as PostgreSQL makes them.

use std::borrow::Cow;

use crate::{ColumnType, Shape, Table, verify::names};

/// What the schema of a generation is named, before its number.
const GENERATION: &str = "traccia_g";

/// The schema of a generation.
pub(super) fn generation(number: i64) -> String {
    format!("{GENERATION}{number}")
}

/// A generation's number, from its schema's name.
pub(super) fn number(schema: &str) -> Option<i64> {
    schema.strip_prefix(GENERATION)?.parse().ok()
}

/// A table without keys and indexes.
///
/// Texts are compared byte by byte, as SQLite compares them: the order is then the same, and an index serves both `=` and
/// `<`, whatever the database's own language is.
pub(super) fn table(schema: &str, table: &Table) -> String {
    let lead = match table.shape {
        Shape::Versioned => r#""key" bigint not null, "since" bigint not null, "until" bigint"#,
        Shape::Appended => r#""position" bigint not null, "line" bigint not null"#,
    };
    let mut columns = lead.to_owned();
    for column in table.columns {
        let kind = match column.kind {
            ColumnType::Integer => "bigint",
            ColumnType::Text => r#"text collate "C""#,
        };
        let null = if column.nullable { "" } else { " not null" };
        columns += &format!(r#", "{}" {kind}{null}"#, column.name);
    }
    format!(r#"create table {schema}."{}" ({columns})"#, table.name)
}

/// Its primary key.
pub(super) fn primary_key(schema: &str, table: &Table) -> String {
    let key = match table.shape {
        Shape::Versioned => r#""key", "since""#,
        Shape::Appended => r#""position", "line""#,
    };
    format!(r#"alter table {schema}."{}" add primary key ({key})"#, table.name)
}

/// Where the ends of a table's stored versions are noted while it is filled.
pub(super) fn ends(schema: &str, table: &Table) -> String {
    format!(r#"create table {} ("key" bigint not null, "until" bigint not null)"#, ends_name(schema, table))
}

/// Takes it away.
pub(super) fn no_ends(schema: &str, table: &Table) -> String {
    format!("drop table {}", ends_name(schema, table))
}

/// Notes ends there: an array of keys and one of positions.
pub(super) fn note(schema: &str, table: &Table) -> String {
    format!("insert into {} select * from unnest($1::bigint[], $2::bigint[])", ends_name(schema, table))
}

fn ends_name(schema: &str, table: &Table) -> String {
    format!(r#"{schema}."{} ends""#, table.name)
}

/// Ends stored versions where it is noted. An end is that of the one version stored open between the end before it, of the
/// same key, and itself.
pub(super) fn end_all(schema: &str, table: &Table) -> String {
    format!(
        r#"update {schema}."{}" as t set "until" = ends."until"
           from (select "key", "until", lag("until", 1, 0::bigint) over (partition by "key" order by "until") as "after"
                 from {}) as ends
           where t."key" = ends."key" and t."until" is null
             and t."since" >= ends."after" and t."since" < ends."until""#,
        table.name,
        ends_name(schema, table)
    )
}

/// Stores rows: one array for each column.
pub(super) fn insert(schema: &str, table: &Table) -> String {
    let lead = names(table).len() - table.columns.len();
    let kinds = std::iter::repeat_n(ColumnType::Integer, lead).chain(table.columns.iter().map(|column| column.kind));
    let array = |(number, kind)| match kind {
        ColumnType::Integer => format!("${}::bigint[]", number + 1),
        ColumnType::Text => format!("${}::text[]", number + 1),
    };
    let arrays = kinds.enumerate().map(array).collect::<Vec<_>>().join(", ");
    format!(r#"insert into {schema}."{}" select * from unnest({arrays})"#, table.name)
}

/// Ends stored versions: an array of keys and one of positions.
///
/// Only a key's latest version can be open; it is found by its place in the primary key, however many there were before.
pub(super) fn end(schema: &str, table: &Table) -> String {
    let name = format!(r#"{schema}."{}""#, table.name);
    format!(
        r#"update {name} as t set "until" = ends."until"
           from unnest($1::bigint[], $2::bigint[]) as ends("key", "until") cross join lateral
               (select "since" from {name} as l where l."key" = ends."key" order by "since" desc limit 1) as latest
           where t."key" = ends."key" and t."since" = latest."since" and t."until" is null"#
    )
}

/// A text as PostgreSQL can hold it: the one character that it refuses, which a commit may hold, becomes the one that
/// stands for what cannot be shown. Without this such a commit would stop the tables.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}
