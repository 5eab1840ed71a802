use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Once,
};

use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

/// The files that are there, by their path in the folder; written first, once, where that is asked for.
fn on_disk() -> BTreeMap<String, String> {
    static WRITTEN: Once = Once::new();
    WRITTEN.call_once(|| {
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            write();
        }
    });
    let mut found = BTreeMap::new();
    if let Ok(text) = fs::read_to_string(folder().join("asyncapi.json")) {
        found.insert("asyncapi.json".to_owned(), text);
    }
    let mut folders = vec![folder().join("events"), folder().join("commands")];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder()).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

/// `events/point_opened/v1.json` as `("point_opened", 1)`; `None` for what is no sample.
fn sample_of(path: &str) -> Option<(&str, u16)> {
    let (stored, version) = path.strip_prefix("events/")?.strip_suffix(".json")?.split_once("/v")?;
    Some((stored, version.parse().ok()?))
}

/// Writes what follows from the types, but never over a sample: those are frozen.
fn write() {
    for (path, text) in files() {
        let file = folder().join(&path);
        if sample_of(&path).is_none() || !file.exists() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }
}

#[test]
fn schemas_on_disk_are_those_of_the_types() {
    let there = on_disk();
    for (path, text) in files() {
        assert_eq!(there.get(&path), Some(&text), "{path}: see schemas/README.md");
    }
    let commands = there.keys().filter(|path| path.starts_with("commands/")).count();
    assert_eq!(commands, Command::NAMES.len(), "a schema of no command is left over");
}

#[test]
fn every_released_version_of_an_event_stays_readable() {
    let current: BTreeMap<_, _> = samples().into_iter().map(|event| (event.kind().stored, event)).collect();
    let mut seen = BTreeSet::new();
    for (path, text) in on_disk() {
        let Some((stored, version)) = sample_of(&path) else { continue };
        let read = Event::decode(stored, version, &text).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(read.kind().stored, stored);
        if version == read.kind().version {
            assert_eq!(Some(&read), current.get(stored), "{path}: a sample is frozen");
        }
        seen.insert((stored.to_owned(), version));
    }
    for kind in Event::kinds() {
        for version in 1..=kind.version {
            assert!(seen.contains(&(kind.stored.to_owned(), version)), "no sample of {} v{version}", kind.stored);
        }
    }
}

#[test]
fn there_is_one_sample_of_each_event() {
    let sampled: Vec<_> = samples().iter().map(|event| event.kind().stored).collect();
    assert_eq!(sampled, Event::kinds().map(|kind| kind.stored).collect::<Vec<_>>());
}

#[test]
fn a_sample_has_every_field_of_its_schema() {
    for event in samples() {
        let kind = event.kind();
        let schema: Value = serde_json::from_str(&super::event(kind)).unwrap();
        let sample: Value = serde_json::from_str(&sample(&event)).unwrap();
        let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(fields(&sample), fields(&schema["properties"]), "{}", kind.stored);
    }
}

#[test]
fn every_event_is_a_message_of_its_aggregates_channel() {
    let files: BTreeMap<_, _> = files().into_iter().collect();
    let stream: Value = serde_json::from_str(&files["asyncapi.json"]).unwrap();
    assert_eq!(stream["asyncapi"], "3.0.0");
    let mut carried = 0;
    for (aggregate, kinds) in Event::aggregates() {
        let messages = stream["channels"][aggregate.as_str()]["messages"].as_object().unwrap();
        assert_eq!(stream["channels"][aggregate.as_str()]["address"], format!("{}.{{id}}", aggregate.as_str()));
        for kind in kinds {
            let reference = messages[&format!("{}.v{}", kind.name, kind.version)]["$ref"].as_str().unwrap();
            let payload = &stream.pointer(&reference[1..]).unwrap()["payload"]["allOf"];
            assert!(stream.pointer(&payload[0]["$ref"].as_str().unwrap()[1..]).is_some());
            let data = &payload[1]["properties"]["events"]["contains"]["properties"]["data"]["$ref"];
            assert!(files.contains_key(data.as_str().unwrap()), "{data}");
            carried += 1;
        }
    }
    assert_eq!(carried, Event::kinds().count());
    let commit = &stream["components"]["schemas"]["Commit"]["properties"];
    let fields: Vec<_> = commit.as_object().unwrap().keys().cloned().collect();
    let written: BTreeMap<String, Value> = serde_json::from_str(crate::commit::tests::CLOSED).unwrap();
    assert_eq!(fields, written.into_keys().collect::<Vec<_>>());
}

#[test]
fn what_a_schema_refers_to_is_in_it() {
    for (path, text) in files() {
        for reference in text.split("\"$ref\": \"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            let schema: Value = serde_json::from_str(&text).unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{path}: {name}");
        }
    }
}
