//! The published description: OpenAPI 3.1, generated from the routes and the commands.

mod commands;
mod opening;
mod roles;

pub(crate) use opening::may_open;

use std::sync::OnceLock;

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{operate::guard, problem, routes};

/// What the routes are put into.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "traccia",
        description = "Points, citizens and services of PNRR measure 1.7.2 (Punti Digitale Facile), counted so that anyone can check.\n\nEvery read takes `known_at` and `min_position`; every answer has the `position` it is true at and the `rules` it used.",
    ),
    components(schemas(problem::Document)),
    modifiers(&Token),
)]
pub(crate) struct Frame;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        openapi.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The description as JSON: the routes, each command on its own path, and how anything is refused.
#[must_use]
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        // A description that cannot be written would be a bug of ours: `null` fails the tests, and harms nobody who runs.
        let mut document = serde_json::to_value(routes::described().into_openapi()).unwrap_or_default();
        plain(&mut document);
        commands::describe(&mut document);
        refuse(&mut document);
        age(&mut document);
        roles::describe(&mut document);
        document
    })
}

/// Writes `{*index}`, which for the router is the rest of a path, as the description's `{index}`.
fn plain(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    *paths = std::mem::take(paths).into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
}

/// Gives every operation of the API its way to say no.
fn refuse(document: &mut Value) {
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    let problem = json!({"description": "Refused, or something is down: `code` says why", "content": {"application/problem+json": {"schema": schema}}});
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (_, path) in paths.iter_mut().filter(|(path, _)| path.starts_with("/v1/")) {
        for operation in path.as_object_mut().into_iter().flat_map(|path| path.values_mut()) {
            if let Some(responses) = operation["responses"].as_object_mut() {
                responses.insert("default".to_owned(), problem.clone());
            }
        }
    }
}

/// Gives every read its way to say that nothing newer can be known.
fn age(document: &mut Value) {
    let name = guard::LOG_AWAY;
    let name = name.as_str();
    document["components"]["headers"][name] = json!({
        "description": "Since when the log has not answered: what is read meanwhile is as old as its `position`. Absent while the log answers",
        "schema": {"type": "string", "format": "date-time"},
    });
    let header = json!({"$ref": format!("#/components/headers/{name}")});
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (_, path) in paths.iter_mut().filter(|(path, _)| path.starts_with("/v1/")) {
        if path["get"]["responses"]["200"].is_object() {
            path["get"]["responses"]["200"]["headers"][name] = header.clone();
        }
    }
}

/// An operation of the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its method, in capitals.
    pub method: String,
    /// Its path, with `{names}` in it.
    pub path: String,
    /// Whether it needs no token.
    pub public: bool,
}

/// Every operation there is: what tests of rights walk through.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document()["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let public = operation["security"].as_array().is_none_or(Vec::is_empty);
            operations.push(Operation { method: method.to_uppercase(), path: path.clone(), public });
        }
    }
    operations
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "Esercizio", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
)]
pub(crate) async fn published() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_string());
    ([(header::CONTENT_TYPE, "application/json")], text.as_str()).into_response()
}
