//! Schemas on the page: the fields of each with what they are, and the schema itself for programs.

use serde_json::Value;

use super::{
    fields, line,
    prose::{Line, Prose},
    text,
};

/// A schema.
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) about: Prose,
    pub(super) fields: Vec<Field>,
    /// The schema as it is published.
    pub(super) text: String,
}

/// A field of a schema.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) kind: String,
    pub(super) about: Line,
}

/// Every schema of the description.
pub(super) fn schemas(document: &Value) -> Vec<Schema> {
    let read = |(name, schema): (&String, &Value)| Schema {
        name: name.clone(),
        about: Prose(text(&schema["description"])),
        fields: of_object(schema),
        // Written with an indent: a value read from JSON can always be written.
        text: serde_json::to_string_pretty(schema).unwrap_or_default(),
    };
    fields(&document["components"]["schemas"]).map(read).collect()
}

/// The fields of an object, with those it takes over from others.
fn of_object(schema: &Value) -> Vec<Field> {
    let required = |name: &str| {
        schema["required"].as_array().is_some_and(|required| required.iter().any(|one| one.as_str() == Some(name)))
    };
    let own = fields(&schema["properties"]).map(|(name, field)| Field {
        name: name.clone(),
        required: required(name),
        kind: kind(field),
        about: line(&field["description"]),
    });
    let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(of_object);
    own.chain(parts).collect()
}

/// What a value is, in few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return name.to_owned();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[several].as_array() {
            let mut kinds: Vec<String> = parts.iter().map(kind).filter(|kind| kind != "null").collect();
            kinds.dedup();
            return kinds.join(" | ");
        }
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("{} […]", kind(&schema["items"])),
        Value::String(name) => match schema["format"].as_str() {
            Some(format) => format!("{name} ({format})"),
            None => name.clone(),
        },
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            names
                .map(|name| if name == "array" { format!("{} […]", kind(&schema["items"])) } else { name.to_owned() })
                .collect::<Vec<_>>()
                .join(" | ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "JSON".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_says_what_it_is() {
        for (schema, expected) in [
            (json!({"$ref": "#/components/schemas/Cents"}), "Cents"),
            (json!({"type": "integer", "format": "int64"}), "integer (int64)"),
            (json!({"type": ["string", "null"]}), "string"),
            (json!({"type": "array", "items": {"type": "string"}}), "string […]"),
            (json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Gate"}]}), "Gate"),
            (json!({"enum": ["a", "b"]}), "\"a\" | \"b\""),
            (json!({}), "JSON"),
        ] {
            assert_eq!(kind(&schema), expected, "{schema}");
        }
    }
}
