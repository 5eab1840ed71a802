//! Programme files: TOML as people write it, JSON as commands carry it.

use serde_json::Value;
use toml::{Table, Value as Toml};

/// A programme file as JSON: the same fields, days as texts.
///
/// # Errors
/// When it is not TOML; the text says where.
pub fn programme_file(text: &str) -> Result<Value, toml::de::Error> {
    let table: Table = text.parse()?;
    Ok(json(Toml::Table(table)))
}

fn json(value: Toml) -> Value {
    match value {
        Toml::String(text) => Value::String(text),
        Toml::Integer(number) => Value::from(number),
        Toml::Float(number) => Value::from(number),
        Toml::Boolean(truth) => Value::Bool(truth),
        Toml::Datetime(day) => Value::String(day.to_string()),
        Toml::Array(list) => list.into_iter().map(json).collect(),
        Toml::Table(table) => table.into_iter().map(|(key, inner)| (key, json(inner))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_programme_file_keeps_its_fields_and_its_days_become_texts() {
        let text = "id = \"p\"\nstarts = 2024-01-01\n[targets]\npoints = 2\nservices_binding = false\n[[tranches]]\nshare = \"0.10\"\n";
        let expected = json!({
            "id": "p", "starts": "2024-01-01", "targets": {"points": 2, "services_binding": false},
            "tranches": [{"share": "0.10"}],
        });
        assert_eq!(programme_file(text).unwrap(), expected);
        assert!(programme_file("id = ").is_err());
    }
}
