//! The stream of commits as AsyncAPI 3.0: a channel for each aggregate, a message for each version of each event.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::text;
use crate::{Event, StreamKind, commit::envelope, event::EventKind};

/// The description, as the file `asyncapi.json` holds it.
pub(super) fn description() -> String {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut schemas = Map::new();
    schemas.insert("Commit".to_owned(), envelope(&mut generator).to_value());
    schemas.extend(generator.take_definitions(true));
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for (aggregate, kinds) in Event::aggregates() {
        let name = aggregate.as_str();
        let mut carried = Map::new();
        for (key, message) in kinds.iter().flat_map(versions) {
            carried.insert(key.clone(), json!({"$ref": format!("#/components/messages/{key}")}));
            messages.insert(key, message);
        }
        channels.insert(name.to_owned(), channel(aggregate, carried));
        operations.insert(format!("follow-{name}"), operation(name));
    }
    text(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "traccia: the log",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Everything that happened, as commits in one order. One decision is one commit is one \
                message, however many events it holds. `GET /v1/log?follow=true` sends each as a JSON line \
                `{\"position\", \"commit\"}`, from any position on; `stream=point.mi-0042` keeps to one stream.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }))
}

/// A stream of one aggregate.
fn channel(aggregate: StreamKind, messages: Map<String, Value>) -> Value {
    let about = match aggregate {
        StreamKind::Log => "The log's own beginning, and the fingerprint keys drawn since.",
        StreamKind::Programme => "A programme: its definition, its rules, its reporting windows.",
        StreamKind::Project => "A project: its application, and who pays.",
        StreamKind::Report => "A project's monthly report: submitted, returned, accepted, reopened.",
        StreamKind::Point => "A point: opened, suspended, resumed, closed, voided.",
        StreamKind::Facilitator => "A facilitator: role, points and dates.",
        StreamKind::Record => "A record: a document's keyed fingerprint, never its number; and its erasure.",
        StreamKind::Number => "A document's number whatever its issuer, and the records it was presented with.",
        StreamKind::Milestone => "A project's milestones: claimed, certified, looked at.",
        StreamKind::Link => "A pair of records, and whether they are one person's.",
        StreamKind::Money => "A project's money: tranches authorised and paid, exposures decided.",
        StreamKind::Payments => "What a programme takes to its bank: batches of payment orders.",
        StreamKind::Service => "A service given to a record, and what was said of it since.",
        StreamKind::Invoice => "An invoice, and what all projects claim of it.",
        StreamKind::Expense => "An expense's id: which project uses it, for which invoice.",
    };
    json!({
        "address": format!("{}.{{id}}", aggregate.as_str()),
        "description": about,
        "parameters": {"id": {"description": "The aggregate's id: with its kind, the stream's name"}},
        "messages": messages,
    })
}

fn operation(name: &str) -> Value {
    json!({
        "action": "send",
        "channel": {"$ref": format!("#/channels/{name}")},
        "summary": format!("The commits of {name} streams, in the log's order"),
    })
}

/// The messages of an event: one for each version that the log may hold.
fn versions(kind: &EventKind) -> Vec<(String, Value)> {
    let message = |number: u16| {
        let (name, stored) = (kind.name, kind.stored);
        let carried = json!({
            "required": ["type", "version", "data"],
            "properties": {
                "type": {"const": stored},
                "version": {"const": number},
                "data": {"$ref": format!("events/{stored}/v{number}.schema.json")},
            },
        });
        let message = json!({
            "name": stored,
            "title": name,
            "summary": format!("A commit with {name}, version {number}"),
            "payload": {
                "allOf": [
                    {"$ref": "#/components/schemas/Commit"},
                    {"properties": {"events": {"contains": carried}}},
                ],
            },
        });
        (format!("{name}.v{number}"), message)
    };
    (1..=kind.version).map(message).collect()
}
