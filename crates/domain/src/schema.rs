//! The published shapes of events and commands: JSON Schemas, for every version of an event a sample, and the stream of
//! commits as AsyncAPI.
//!
//! They are kept in the repository's `schemas` folder, whose README says how they are made and when they freeze.

use schemars::generate::SchemaSettings;
use serde_json::Value;

mod asyncapi;
mod samples;
#[cfg(test)]
mod tests;

pub use samples::samples;

use crate::{
    Command, Event,
    event::{DataOf, EventKind},
};

/// The files of the `schemas` folder that follow from the types: each with its path there and its text.
#[must_use]
pub fn files() -> Vec<(String, String)> {
    let events = Event::kinds().map(|kind| (path(kind, "schema.json"), event(kind)));
    let commands =
        Command::NAMES.iter().filter_map(|name| Some((format!("commands/{name}.schema.json"), command(name)?)));
    let samples = samples().into_iter().map(|event| (path(event.kind(), "json"), sample(&event)));
    let stream = ("asyncapi.json".to_owned(), asyncapi::description());
    events.chain(commands).chain(samples).chain([stream]).collect()
}

fn path(kind: &EventKind, ending: &str) -> String {
    format!("events/{}/v{}.{ending}", kind.stored, kind.version)
}

fn event(kind: &EventKind) -> String {
    let schema = (kind.schema)(&mut SchemaSettings::draft2020_12().into_generator());
    text(schema.to_value())
}

/// What a command's schema refers to travels with it.
fn command(name: &str) -> Option<String> {
    let settings = SchemaSettings::draft2020_12();
    let meta = settings.meta_schema.clone();
    let mut generator = settings.into_generator();
    let mut schema = Command::schema(name, &mut generator)?;
    schema.insert("$schema".to_owned(), meta.into());
    schema.insert("title".to_owned(), name.into());
    let referred = generator.take_definitions(true);
    if !referred.is_empty() {
        schema.insert("$defs".to_owned(), referred.into());
    }
    Some(text(schema.to_value()))
}

fn sample(event: &Event) -> String {
    text(serde_json::to_value(DataOf(event)).expect("an event has only text keys and finite numbers"))
}

/// Keys in order, so that the text does not depend on how the program was built.
fn text(mut value: Value) -> String {
    value.sort_all_objects();
    format!("{value:#}\n")
}
