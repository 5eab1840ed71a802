//! Programme files: TOML as people write it, JSON as commands carry it.

use anyhow::Context as _;
use serde_json::Value;

/// A programme file as JSON: the same fields, days as texts.
pub(crate) fn as_json(text: &str) -> anyhow::Result<Value> {
    let table: toml::Table = text.parse().context("the programme file is not TOML")?;
    Ok(value(toml::Value::Table(table)))
}

fn value(toml: toml::Value) -> Value {
    match toml {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(day) => Value::String(day.to_string()),
        toml::Value::Array(list) => list.into_iter().map(value).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, inner)| (key, value(inner))).collect(),
    }
}
