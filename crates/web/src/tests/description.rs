use std::collections::BTreeSet;

use traccia_domain::Command;

use super::*;
use crate::{document, problem::codes::CODES};

/// Every `$ref` of a document.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_description_is_whole() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = BTreeSet::new();
    references(document, &mut found);
    for reference in found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference} is nowhere");
    }
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method} {path} has another's id");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
        }
    }
}

#[test]
fn every_operation_that_is_not_public_names_its_roles() {
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let public = operation["security"].as_array().is_none_or(Vec::is_empty);
            let roles = operation["x-roles"].as_array().map_or(0, Vec::len);
            assert_eq!(public, roles == 0, "{method} {path}");
        }
    }
}

const BOTH: &[&str] = &["known_at", "min_position"];

/// The reads that do not take what every other one takes, and why.
const OF_NO_OTHER_TIME: [(&str, &[&str], &str); 6] = [
    (
        "/v1/impact",
        &["known_at"],
        "it speaks of now: what a command would have changed at another time, nobody can send",
    ),
    ("/v1/imports/{id}", BOTH, "what became of one upload: it is in no history, and never changes"),
    ("/v1/imports/{id}/rejected", BOTH, "rows of one upload: they are in no history, and never change"),
    ("/v1/log", BOTH, "the log itself: its `after` is a position, and what is at a position never changes"),
    ("/v1/log/{position}", BOTH, "one commit, at a position of its own"),
    ("/v1/log/{position}/proof", BOTH, "one commit, at a position of its own, under the newest signed root"),
];

/// Reads that are sent with POST, because what they ask with is long, or personal, count as reads.
#[test]
fn every_read_is_true_at_a_position_that_may_be_asked_for_or_says_why_not() {
    let mut excepted = BTreeSet::new();
    let mut reads = 0;
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|_| path.starts_with("/v1/")) {
            if method != "get" && !["Leggere", "Esportare"].map(Value::from).contains(&operation["tags"][0]) {
                continue;
            }
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let takes = |name: &&&str| parameters.iter().any(|one| one["name"] == **name && one["in"] == "query");
            let missing: Vec<&str> = BOTH.iter().filter(|name| !takes(name)).copied().collect();
            let exception = OF_NO_OTHER_TIME.iter().find(|(excepted, ..)| excepted == path);
            assert_eq!(missing, exception.map_or(&[][..], |(_, missing, _)| missing), "{method} {path}");
            excepted.extend(exception.map(|(path, ..)| *path));
            reads += 1;
        }
    }
    assert!(reads > 35, "{reads}");
    assert_eq!(excepted.len(), OF_NO_OTHER_TIME.len(), "no exception outlives its read: {excepted:?}");
    let impact = &document()["paths"]["/v1/impact"]["post"]["description"];
    assert!(impact.as_str().unwrap().contains("no `known_at`"), "{impact}");
}

#[test]
fn every_command_is_described_with_its_fields() {
    let document = document();
    for name in Command::NAMES {
        assert!(document["paths"][format!("/v1/commands/{name}")]["post"].is_object(), "{name}");
        assert!(document["components"]["schemas"][name]["properties"].is_object(), "{name}");
    }
    // Two shapes of one name would hide each other.
    let answers = serde_json::to_value(crate::routes::described().into_openapi()).unwrap();
    for (name, schema) in answers["components"]["schemas"].as_object().unwrap() {
        assert_eq!(&document["components"]["schemas"][name], schema, "{name}");
    }
}

#[test]
fn every_code_a_refusal_can_have_is_explained() {
    let schema = schemars::schema_for!(traccia_domain::refusal::Code).to_value();
    let codes: Vec<&str> =
        schema["oneOf"].as_array().unwrap().iter().filter_map(|code| code["const"].as_str()).collect();
    assert!(codes.len() > 15);
    for code in codes {
        let explained = CODES.iter().find(|(name, ..)| *name == code);
        let code: traccia_domain::refusal::Code = serde_json::from_value(code.into()).unwrap();
        let (status, _) = crate::problem::of_code(code);
        assert_eq!(explained.map(|(_, status, _)| *status), Some(status.as_u16()), "{code:?}");
    }
}
