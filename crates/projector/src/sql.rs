//! SQL that is the same for every database.

use crate::Table;

/// What only reading needs: the indexes of a table, which `schema` leads to (empty, or with a dot at its end).
pub(crate) fn indexes(schema: &str, table: &Table) -> Vec<String> {
    let name = table.name;
    let index = |columns: &&[&str]| {
        let quoted = columns.iter().map(|column| format!(r#""{column}""#)).collect::<Vec<_>>().join(", ");
        // Most versions have no end, and nobody looks for those by it.
        let ended = if **columns == ["until"] { r#" where "until" is not null"# } else { "" };
        format!(r#"create index "{name}.{}" on {schema}"{name}" ({quoted}){ended}"#, columns.join("."))
    };
    table.indexes.iter().map(index).collect()
}
