//! `GET /docs`: the API to read through, made of its own description.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use serde_json::Value;

use super::rendered;
use crate::{
    openapi::document,
    problem::codes::{CODES, Explained},
};

/// The API, operation by operation, and every code a problem can have.
#[utoipa::path(
    get, path = "/docs", tag = "Pagine", operation_id = "docs",
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
)]
pub(crate) async fn page() -> Response {
    rendered(&Docs { groups: groups(document()), schemas: schemas(document()), codes: CODES })
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs {
    groups: BTreeMap<String, Vec<Operation>>,
    schemas: Vec<Schema>,
    codes: &'static [Explained],
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    public: bool,
    parameters: Vec<Parameter>,
    body: Option<Sent>,
    answers: Vec<Sent>,
}

struct Parameter {
    name: String,
    place: &'static str,
    required: bool,
    about: String,
}

/// What is sent or answered: a status where it is an answer, and the schemas of its forms.
struct Sent {
    status: String,
    about: String,
    forms: Vec<(String, Option<String>)>,
}

struct Schema {
    name: String,
    text: String,
}

fn groups(document: &Value) -> BTreeMap<String, Vec<Operation>> {
    let mut groups = BTreeMap::<String, Vec<Operation>>::new();
    for (path, item) in fields(&document["paths"]) {
        for (method, operation) in fields(item) {
            let tag = text(&operation["tags"][0]);
            groups.entry(tag).or_default().push(read(method, path, operation));
        }
    }
    groups
}

fn read(method: &str, path: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| Parameter {
        name: text(&parameter["name"]),
        place: match parameter["in"].as_str() {
            Some("path") => "percorso",
            Some("header") => "intestazione",
            _ => "interrogazione",
        },
        required: parameter["required"].as_bool().unwrap_or_default(),
        about: text(&parameter["description"]),
    });
    let body = &operation["requestBody"];
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        public: operation["security"].as_array().is_none_or(Vec::is_empty),
        parameters: parameters.collect(),
        body: (!body.is_null()).then(|| sent("", body)),
        answers: fields(&operation["responses"]).map(|(status, answer)| sent(status, answer)).collect(),
    }
}

fn sent(status: &str, what: &Value) -> Sent {
    let form = |(kind, content): (&String, &Value)| {
        let name = content["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        (kind.clone(), name.map(ToOwned::to_owned))
    };
    let status = if status == "default" { "altrimenti" } else { status };
    Sent {
        status: status.to_owned(),
        about: text(&what["description"]),
        forms: fields(&what["content"]).map(form).collect(),
    }
}

fn schemas(document: &Value) -> Vec<Schema> {
    let schema = |(name, schema): (&String, &Value)| Schema {
        name: name.clone(),
        // Written with an indent: a value read from JSON can always be written.
        text: serde_json::to_string_pretty(schema).unwrap_or_default(),
    };
    fields(&document["components"]["schemas"]).map(schema).collect()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
