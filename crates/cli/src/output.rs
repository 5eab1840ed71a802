//! Answers printed for people, or as CSV.

use crate::ordered::Json;

/// Prints a list of JSON objects as aligned columns: numbers to the right, nested fields as `outer.inner`.
pub(crate) fn table(rows: &[Json]) -> String {
    let flat: Vec<Vec<Cell>> = rows.iter().map(flatten).collect();
    let names = names(&flat);
    let width = |name: &String| {
        let cells = flat.iter().filter_map(|row| cell(row, name)).map(|cell| cell.text.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = names.iter().map(width).collect();
    let numeric = |name: &String| flat.iter().filter_map(|row| cell(row, name)).all(|cell| cell.number);
    let mut lines = vec![String::new()];
    for (name, width) in names.iter().zip(&widths) {
        let head = if numeric(name) { format!("{name:>width$}  ") } else { format!("{name:<width$}  ") };
        lines[0].push_str(&head);
    }
    for row in &flat {
        let mut line = String::new();
        for (name, width) in names.iter().zip(&widths) {
            line.push_str(&match cell(row, name) {
                Some(Cell { text, number: true, .. }) => format!("{text:>width$}  "),
                Some(Cell { text, .. }) => format!("{text:<width$}  "),
                None => format!("{:width$}  ", ""),
            });
        }
        lines.push(line);
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Prints a list of JSON objects as CSV with a header.
pub(crate) fn csv(rows: &[Json]) -> anyhow::Result<String> {
    let flat: Vec<Vec<Cell>> = rows.iter().map(flatten).collect();
    let names = names(&flat);
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    if !names.is_empty() {
        writer.write_record(&names)?;
    }
    for row in &flat {
        writer.write_record(names.iter().map(|name| cell(row, name).map_or("", |cell| cell.text.as_str())))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// A value under the name of its column.
struct Cell {
    name: String,
    text: String,
    number: bool,
}

fn cell<'a>(row: &'a [Cell], name: &str) -> Option<&'a Cell> {
    row.iter().find(|cell| cell.name == name)
}

/// Every column, in the order of the first row that has it; one that only later rows have stands after its neighbours.
fn names(rows: &[Vec<Cell>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in rows {
        let mut place = 0;
        for cell in row {
            match names.iter().position(|name| *name == cell.name) {
                Some(found) => place = found + 1,
                None => {
                    names.insert(place, cell.name.clone());
                    place += 1;
                }
            }
        }
    }
    names
}

fn flatten(row: &Json) -> Vec<Cell> {
    let mut cells = Vec::new();
    inner("", row, &mut cells);
    cells
}

fn inner(prefix: &str, value: &Json, cells: &mut Vec<Cell>) {
    let below = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                inner(&below(name), value, cells);
            }
        }
        // Things with a name of their own, such as gates, have columns of their own: `gates.M1.deadline`.
        Json::List(items) if !items.is_empty() && items.iter().all(|item| named(item).is_some()) => {
            for item in items {
                let Some((name, rest)) = named(item) else { continue };
                for (field, value) in rest {
                    inner(&below(&format!("{name}.{field}")), value, cells);
                }
            }
        }
        Json::Null | Json::Truth(_) | Json::Whole(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
            let number = matches!(value, Json::Whole(_) | Json::Number(_));
            cells.push(Cell { name: prefix.to_owned(), text: value.to_string(), number });
        }
    }
}

/// The name of an object and its other fields, where it begins with a text.
fn named(item: &Json) -> Option<(&str, &[(String, Json)])> {
    match item.fields() {
        [(_, Json::Text(name)), rest @ ..] if !rest.is_empty() => Some((name, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Json> {
        let text = r#"[
            {"scope":"programme","id":"p","citizens":{"target":100,"counted":9},
             "gates":[{"milestone":"M1","deadline":"2023-12-31","points_needed":2},{"milestone":"M3","deadline":"2025-12-31"}]},
            {"scope":"programme","id":"q","name":"Q","citizens":{"target":null,"counted":12},"gates":[],"tags":["a","b"]}
        ]"#;
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn columns_stand_in_the_order_of_the_answer_and_gates_have_their_own() {
        let expected = "scope,id,name,citizens.target,citizens.counted,gates,tags,gates.M1.deadline,gates.M1.points_needed,gates.M3.deadline";
        let text = csv(&rows()).unwrap();
        assert_eq!(text.lines().next().unwrap(), expected);
        assert_eq!(text.lines().nth(1).unwrap(), "programme,p,,100,9,,,2023-12-31,2,2025-12-31");
        assert_eq!(text.lines().nth(2).unwrap(), "programme,q,Q,,12,,a; b,,,");
    }

    #[test]
    fn numbers_and_their_heads_stand_to_the_right() {
        let rows: Vec<Json> =
            serde_json::from_str(r#"[{"step":"recorded","number":5},{"step":"x","number":12}]"#).unwrap();
        assert_eq!(table(&rows), "step      number\nrecorded       5\nx             12\n");
    }

    #[test]
    fn no_rows_are_no_text() {
        assert_eq!(csv(&[]).unwrap(), "");
    }
}
