//! Answers printed for people, or as CSV.

use serde_json::Value;

/// Prints a list of JSON objects as aligned columns: numbers to the right, nested fields as `outer.inner`.
pub(crate) fn table(rows: &[Value]) -> String {
    let flat: Vec<Vec<(String, String, bool)>> = rows.iter().map(flatten).collect();
    let names = names(&flat);
    let width = |name: &String| {
        let cells = flat.iter().filter_map(|row| cell(row, name)).map(|(text, _)| text.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = names.iter().map(width).collect();
    let mut text = String::new();
    for (name, width) in names.iter().zip(&widths) {
        text.push_str(&format!("{name:<width$}  "));
    }
    text.push('\n');
    for row in &flat {
        for (name, width) in names.iter().zip(&widths) {
            match cell(row, name) {
                Some((value, true)) => text.push_str(&format!("{value:>width$}  ")),
                Some((value, false)) => text.push_str(&format!("{value:<width$}  ")),
                None => text.push_str(&format!("{:width$}  ", "")),
            }
        }
        text.push('\n');
    }
    text
}

/// Prints a list of JSON objects as CSV with a header.
pub(crate) fn csv(rows: &[Value]) -> anyhow::Result<String> {
    let flat: Vec<Vec<(String, String, bool)>> = rows.iter().map(flatten).collect();
    let names = names(&flat);
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(&names)?;
    for row in &flat {
        writer.write_record(names.iter().map(|name| cell(row, name).map_or("", |(text, _)| text)))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn cell<'a>(row: &'a [(String, String, bool)], name: &str) -> Option<(&'a str, bool)> {
    row.iter().find(|(key, _, _)| key == name).map(|(_, text, number)| (text.as_str(), *number))
}

fn names(rows: &[Vec<(String, String, bool)>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _, _) in rows.iter().flatten() {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// An object's fields as `(name, text, whether it is a number)`.
fn flatten(row: &Value) -> Vec<(String, String, bool)> {
    let mut cells = Vec::new();
    inner("", row, &mut cells);
    cells
}

fn inner(prefix: &str, value: &Value, cells: &mut Vec<(String, String, bool)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                inner(&name, value, cells);
            }
        }
        Value::Null => cells.push((prefix.to_owned(), String::new(), false)),
        Value::String(text) => cells.push((prefix.to_owned(), text.clone(), false)),
        Value::Number(number) => cells.push((prefix.to_owned(), number.to_string(), true)),
        Value::Bool(_) | Value::Array(_) => cells.push((prefix.to_owned(), value.to_string(), false)),
    }
}
