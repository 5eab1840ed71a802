//! How a stream that holds a log is configured, and how one differs from that.

use async_nats::jetstream::stream::{
    Compression, Config, DiscardPolicy, Info, PersistenceMode, RetentionPolicy, StorageType,
};
use serde_json::{Map, Value};

use super::options::Options;

/// What an operator may choose, and what the server adds for itself.
const FREE: [&str; 7] =
    ["num_replicas", "placement", "description", "metadata", "duplicate_window", "template_owner", "allow_atomic"];

/// The configuration `init` asks for: everything is kept, on disk, for ever, and nothing but us decides.
pub(super) fn wanted(options: &Options, replicas: usize) -> Config {
    Config {
        name: options.stream.clone(),
        description: Some("The event log of traccia. Never purge, never limit: it is the only truth.".to_owned()),
        subjects: vec![format!("{}.>", options.prefix)],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        num_replicas: replicas,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_bytes: -1,
        max_message_size: -1,
        max_consumers: -1,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        // A server that syncs always syncs a batch once. Without it every commit goes alone, and all else is as well.
        allow_atomic_publish: true,
        // After a kill nats-server 2.15.1 may find its own compressed blocks unreadable, and does not start (`s2: corrupt
        // input`): what compression would spare is not worth an acknowledged commit.
        compression: Some(Compression::None),
        ..Config::default()
    }
}

/// How a stream differs from one that holds a log: a sentence each, none when it does not.
pub(super) fn differences(found: &Config, options: &Options) -> Vec<String> {
    let (found, wanted) = (fields(found), fields(&wanted(options, 1)));
    let mut names: Vec<&String> = found.keys().chain(wanted.keys()).collect();
    names.sort();
    names.dedup();
    let differs = |name: &&String| found.get(*name) != wanted.get(*name) && !FREE.contains(&name.as_str());
    let said = |value: Option<&Value>| value.map_or_else(|| "not set".to_owned(), Value::to_string);
    let sentence =
        |name: &String| format!("{name} is {} and must be {}", said(found.get(name)), said(wanted.get(name)));
    names.into_iter().filter(differs).map(sentence).collect()
}

/// What a stream's own notes say while an export is restored into it.
const RESTORING: &str = "traccia.restoring";

/// Whether an export is being restored into the stream: what it has is a part.
pub(super) fn restoring(found: &Config) -> bool {
    found.metadata.contains_key(RESTORING)
}

/// The same stream with or without that note.
pub(super) fn marked(found: &Config, restoring: bool) -> Config {
    let mut marked = found.clone();
    if restoring {
        marked.metadata.insert(RESTORING.to_owned(), "true".to_owned());
    } else {
        marked.metadata.remove(RESTORING);
    }
    marked
}

/// What is set, under the server's own names; a default that is spelt out is as good as one that is not.
fn fields(configuration: &Config) -> Map<String, Value> {
    let mut configuration = configuration.clone();
    configuration.persist_mode = configuration.persist_mode.filter(|mode| *mode != PersistenceMode::Default);
    configuration.first_sequence = configuration.first_sequence.filter(|first| *first > 1);
    configuration.sources = configuration.sources.filter(|sources| !sources.is_empty());
    configuration.subject_delete_marker_ttl = configuration.subject_delete_marker_ttl.filter(|ttl| !ttl.is_zero());
    let mut fields = match serde_json::to_value(configuration) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    };
    fields.retain(|_, value| !value.is_null());
    fields
}

/// How a stream shows that it does not have every commit any more; nothing when it does.
pub(super) fn gap(info: &Info) -> Option<String> {
    let state = &info.state;
    let (first, last) = (state.first_sequence, state.last_sequence);
    // An empty stream may begin anywhere, as long as it has not been anywhere.
    if (last == 0 || first == 1) && state.messages == last {
        return None;
    }
    Some(format!("it holds {} commits from {first} to {last}: some that were stored are missing", state.messages))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn options() -> Options {
        Options::new(["nats://localhost"])
    }

    #[test]
    fn what_was_asked_for_does_not_differ_whatever_the_replicas() {
        let echoed = Config {
            duplicate_window: Duration::from_secs(120),
            persist_mode: Some(PersistenceMode::Default),
            metadata: [("_nats.ver".to_owned(), "2.15.1".to_owned())].into(),
            allow_atomic_publish: false,
            ..wanted(&options(), 3)
        };
        assert_eq!(differences(&echoed, &options()), Vec::<String>::new());
    }

    #[test]
    fn each_difference_is_named_with_what_it_must_be() {
        let base = || wanted(&options(), 1);
        for (config, says) in [
            (Config { max_age: Duration::from_secs(1), ..base() }, "max_age is 1000000000 and must be 0"),
            (Config { deny_delete: false, ..base() }, "deny_delete is not set and must be true"),
            (Config { max_messages: 10, ..base() }, "max_msgs is 10 and must be -1"),
            (Config { storage: StorageType::Memory, ..base() }, "storage is \"memory\" and must be \"file\""),
            (Config { allow_rollup: true, ..base() }, "allow_rollup_hdrs is true and must be not set"),
            (Config { no_ack: true, ..base() }, "no_ack is true and must be not set"),
            (Config { compression: Some(Compression::S2), ..base() }, "compression is \"s2\" and must be \"none\""),
            (
                Config { persist_mode: Some(PersistenceMode::Async), ..base() },
                "persist_mode is \"async\" and must be not set",
            ),
            (Config { subjects: vec![">".to_owned()], ..base() }, "subjects is [\">\"] and must be [\"traccia.>\"]"),
        ] {
            assert_eq!(differences(&config, &options()), [says]);
        }
    }
}
