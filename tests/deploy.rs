//! What is under `deploy/` holds together, and fits the program: what is named exists, what is written can be read, and real
//! servers take it.

mod database;
mod forms;
mod log_servers;
mod named;
mod upkeep;
mod watched;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The folder.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

/// A file's text.
fn text(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("deploy/{name}: {error}"))
}

/// Every file with its text and its name below `deploy/`; what a trial has left in `secrets` is nobody's business.
fn files() -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            let path = entry.path();
            if path.is_file() {
                let name = path.strip_prefix(folder()).unwrap().display().to_string();
                found.push((name.clone(), text(&name)));
            } else if !path.ends_with("secrets") {
                folders.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The documents of a YAML file.
fn documents(name: &str, text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).unwrap_or_else(|error| panic!("deploy/{name}: {error}"))
}

/// Every value of a document, itself among them.
fn within(value: &Value) -> Vec<&Value> {
    let parts: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    [vec![value], parts.into_iter().flat_map(within).collect()].concat()
}

/// The words of a text that begin so and go on with what names are made of.
fn words<'a>(text: &'a str, begin: &str) -> BTreeSet<&'a str> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = BTreeSet::new();
    for (at, _) in text.match_indices(begin) {
        let before = text[..at].chars().next_back();
        let length = text[at..].find(|c| !of_name(c)).unwrap_or(text.len() - at);
        if !before.is_some_and(of_name) {
            words.insert(text[at..at + length].trim_end_matches('_'));
        }
    }
    words
}
