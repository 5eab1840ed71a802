//! `GET /docs`: the API to read through, made of its own description.

mod prose;
mod schema;

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Response};
use serde_json::Value;

use self::{
    prose::{Line, Prose},
    schema::{Schema, schemas},
};
use super::frame::{Frame, Visitor, rendered};
use crate::{App, openapi::document, problem::codes::CODES};

/// The API, operation by operation, and every code a problem can have.
#[utoipa::path(
    get, path = "/docs", tag = "Pagine", operation_id = "docs",
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
)]
pub(crate) async fn page(State(app): State<App>, Visitor { frame, .. }: Visitor) -> Response {
    let key = app.ledger.as_ref().map(|ledger| ledger.key().to_string());
    rendered(&Docs { key, frame: &frame, groups: groups(document()), schemas: schemas(document()), codes: codes() })
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs<'a> {
    /// What checkpoints are verified with.
    key: Option<String>,
    frame: &'a Frame,
    groups: BTreeMap<String, Vec<Operation>>,
    schemas: Vec<Schema>,
    codes: Vec<(&'static str, u16, Line)>,
}

fn codes() -> Vec<(&'static str, u16, Line)> {
    CODES.iter().map(|(code, status, about)| (*code, *status, Line((*about).to_owned()))).collect()
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: Line,
    description: Prose,
    public: bool,
    /// Who may ask for it, where the description says so.
    roles: Option<String>,
    parameters: Vec<Parameter>,
    body: Option<Sent>,
    answers: Vec<Sent>,
}

struct Parameter {
    name: String,
    place: &'static str,
    required: bool,
    about: Line,
}

/// What is sent or answered: a status where it is an answer, and the schemas of its forms.
struct Sent {
    status: String,
    about: Line,
    forms: Vec<(String, Option<String>)>,
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
        about: line(&parameter["description"]),
    });
    let body = &operation["requestBody"];
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: line(&operation["summary"]),
        description: Prose(text(&operation["description"])),
        public: operation["security"].as_array().is_none_or(Vec::is_empty),
        roles: roles(&operation["x-roles"]),
        parameters: parameters.collect(),
        body: (!body.is_null()).then(|| sent("", body)),
        answers: fields(&operation["responses"]).map(|(status, answer)| sent(status, answer)).collect(),
    }
}

/// The roles of `x-roles`: a list of names, or a text as it is.
fn roles(found: &Value) -> Option<String> {
    let names: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if names.is_empty() { found.as_str().map(ToOwned::to_owned) } else { Some(names.join(", ")) }
}

fn sent(status: &str, what: &Value) -> Sent {
    let form = |(kind, content): (&String, &Value)| {
        let name = content["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        (kind.clone(), name.map(ToOwned::to_owned))
    };
    let status = if status == "default" { "altrimenti" } else { status };
    Sent {
        status: status.to_owned(),
        about: line(&what["description"]),
        forms: fields(&what["content"]).map(form).collect(),
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn line(value: &Value) -> Line {
    Line(text(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_says_who_may_ask_for_it_where_the_description_does() {
        let with = |roles: Value| read("post", "/v1/x", &json!({"tags": ["t"], "x-roles": roles})).roles;
        assert_eq!(with(json!(["capofila", "admin"])).as_deref(), Some("capofila, admin"));
        assert_eq!(with(json!("admin")).as_deref(), Some("admin"));
        assert_eq!(with(Value::Null), None);
    }
}
