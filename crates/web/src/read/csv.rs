//! Lists as CSV: nested fields as `outer.inner`, in the order in which the fields are declared.

use std::{collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};

/// Why a table cannot be written.
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Items as CSV with a header; without items there is none.
pub(super) fn of<T: Serialize>(items: &[T]) -> Result<Vec<u8>, BoxError> {
    let mut columns = Columns::default();
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        let mut row = Vec::new();
        let Tree(Node::Object(fields)) = serde_json::from_str(&serde_json::to_string(item)?)? else {
            return Err("an item of a list is not an object".into());
        };
        columns.flatten("", fields, &mut row);
        rows.push(row);
    }
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    if !columns.names.is_empty() {
        writer.write_record(&columns.names)?;
    }
    for mut row in rows {
        row.resize(columns.names.len(), String::new());
        writer.write_record(&row)?;
    }
    Ok(writer.into_inner()?)
}

/// Columns in the order in which they are first seen.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Columns {
    fn flatten(&mut self, prefix: &str, fields: Vec<(String, Tree)>, row: &mut Vec<String>) {
        for (name, Tree(node)) in fields {
            let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match node {
                Node::Object(fields) => self.flatten(&name, fields, row),
                Node::Number(text) => self.put(name, text, row),
                Node::Text(text) => self.put(name, harmless(text), row),
                Node::List(items) => self.put(name, harmless(joined(items)), row),
            }
        }
    }

    fn put(&mut self, name: String, text: String, row: &mut Vec<String>) {
        let next = self.places.len();
        let place = *self.places.entry(name.clone()).or_insert(next);
        if place == next {
            self.names.push(name);
        }
        if row.len() <= place {
            row.resize(place + 1, String::new());
        }
        row[place] = text;
    }
}

/// Plain values side by side; objects within lists as `field=value`.
fn joined(items: Vec<Tree>) -> String {
    let text = |Tree(node): Tree| match node {
        Node::Text(text) | Node::Number(text) => text,
        Node::List(items) => joined(items),
        Node::Object(fields) => {
            let field = |(name, tree)| format!("{name}={}", joined(vec![tree]));
            fields.into_iter().map(field).collect::<Vec<_>>().join(" ")
        }
    };
    items.into_iter().map(text).collect::<Vec<_>>().join("; ")
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe; an amount less than nothing is a number.
fn harmless(cell: String) -> String {
    let digits = cell.strip_prefix('-').unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return cell;
    }
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

/// JSON with its fields in order.
struct Tree(Node);

enum Node {
    Object(Vec<(String, Tree)>),
    List(Vec<Tree>),
    Text(String),
    Number(String),
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(Reading).map(Tree)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Node::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Text(String::new()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_fields_become_columns_and_formulas_become_text() {
        let items = [
            json!({"id": "mi", "points": {"active": -1, "target": null}, "name": "=1+1"}),
            json!({"id": "va", "name": "-27.32", "more": ["a", "b"], "gates": [{"id": "M1", "needed": 3}]}),
        ];
        let text = String::from_utf8(of(&items).unwrap()).unwrap();
        assert_eq!(
            text,
            "id,name,points.active,points.target,gates,more\nmi,'=1+1,-1,,,\nva,-27.32,,,id=M1 needed=3,a; b\n"
        );
    }
}
