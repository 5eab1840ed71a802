//! For tests: the tables in memory.

use std::collections::BTreeMap;

use traccia_domain::Position;
use traccia_projector::{Change, Row, Value};

/// Versioned tables in memory, which refuse what no fold may write.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Store {
    versions: BTreeMap<(&'static str, i64), Vec<Version>>,
    pub(crate) facts: Vec<(&'static str, Position, Row)>,
}

#[derive(Debug, PartialEq)]
struct Version {
    since: Position,
    until: Option<Position>,
    row: Row,
}

impl Store {
    pub(crate) fn write(&mut self, changes: Vec<(Position, Change)>) {
        for (position, change) in changes {
            match change {
                Change::Put { table, key, new, row } => {
                    assert_eq!(row.len(), table.columns.len(), "{}", table.name);
                    for (value, column) in row.iter().zip(table.columns) {
                        assert!(*value != Value::Null || column.nullable, "{}.{} is null", table.name, column.name);
                    }
                    let current = self.end(table.name, key, position);
                    assert_ne!(current.is_some(), new, "{} {key} at {position}", table.name);
                    if ["record", "link", "service", "unit", "point_active", "claim", "claim_unit"]
                        .contains(&table.name)
                    {
                        assert_ne!(current.as_ref(), Some(&row), "{} {key} at {position} says nothing new", table.name);
                    }
                    let versions = self.versions.entry((table.name, key)).or_default();
                    versions.push(Version { since: position, until: None, row });
                }
                Change::Remove { table, key } => {
                    assert!(self.end(table.name, key, position).is_some(), "{} {key} has no row", table.name);
                }
                Change::Append { table, row } => {
                    assert_eq!(row.len(), table.columns.len(), "{}", table.name);
                    self.facts.push((table.name, position, row));
                }
            }
        }
    }

    fn end(&mut self, table: &'static str, key: i64, position: Position) -> Option<Row> {
        let version = self.versions.get_mut(&(table, key))?.last_mut()?;
        assert!(version.since < position, "{table} {key} changes twice at {position}");
        assert!(version.until.is_none_or(|until| until < position), "{table} {key} changes twice at {position}");
        if version.until.is_some() {
            return None;
        }
        version.until = Some(position);
        Some(version.row.clone())
    }

    pub(crate) fn now(&self, table: &str) -> BTreeMap<i64, &Row> {
        self.at(table, Position(u64::MAX))
    }

    pub(crate) fn at(&self, table: &str, position: Position) -> BTreeMap<i64, &Row> {
        let of_table = self.versions.iter().filter(|((name, _), _)| *name == table);
        let rows = of_table.filter_map(|((_, key), versions)| {
            let holds =
                |version: &&Version| version.since <= position && version.until.is_none_or(|until| position < until);
            versions.iter().find(holds).map(|version| (*key, &version.row))
        });
        rows.collect()
    }
}

/// A value as text; null is empty.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Name(name) => (*name).to_owned(),
        Value::Text(text) => text.to_string(),
    }
}
