//! Commands in the description: one path each, its body from the types that read it.

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use traccia_domain::Command;

/// The one route that takes all of them.
const TEMPLATE: &str = "/v1/commands/{command}";

/// Replaces the template by a path for each command, and adds the schemas of their bodies.
pub(super) fn describe(document: &mut Value) {
    let Some(mut template) = document["paths"].as_object_mut().and_then(|paths| paths.remove(TEMPLATE)) else { return };
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let mut schemas = Map::new();
    // Its path parameter has become part of the path.
    if let Some(parameters) = template["post"]["parameters"].as_array_mut() {
        parameters.retain(|parameter| parameter["in"] != "path");
    }
    for name in Command::NAMES {
        let Some(schema) = schema(name, &mut generator) else { continue };
        let mut item = template.clone();
        let operation = &mut item["post"];
        let about = schema["description"].as_str().unwrap_or(name).to_owned();
        operation["summary"] = about.into();
        operation["operationId"] = (*name).into();
        operation["requestBody"]["content"]["application/json"]["schema"] =
            json!({"$ref": format!("#/components/schemas/{name}")});
        document["paths"][format!("/v1/commands/{name}")] = item;
        schemas.insert((*name).to_owned(), schema);
    }
    for (name, schema) in generator.take_definitions(true) {
        schemas.entry(name).or_insert(schema);
    }
    if let Some(components) = document["components"]["schemas"].as_object_mut() {
        components.extend(schemas);
    }
}

fn schema(name: &str, generator: &mut SchemaGenerator) -> Option<Value> {
    Command::schema(name, generator).map(schemars::Schema::to_value)
}
