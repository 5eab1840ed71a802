//! Options, calls and variables that are named under `deploy/`, against the executable's own help.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{documents, files, within, words};
use crate::program::ran;

/// What each call takes, and all variables.
struct Help {
    options: BTreeMap<String, BTreeSet<String>>,
    variables: BTreeSet<String>,
}

fn help() -> Help {
    let mut help = Help { options: BTreeMap::new(), variables: BTreeSet::new() };
    for call in listed(&ran(&["--help"])) {
        let own = ran(&[&call, "--help"]);
        let parts: Vec<String> = listed(&own).iter().map(|part| ran(&[&call, part, "--help"])).collect();
        let said = own + &parts.concat();
        help.variables.extend(words(&said, "TRACCIA_").into_iter().map(str::to_owned));
        help.options.insert(call, options(&said).into_iter().map(str::to_owned).collect());
    }
    help
}

/// The calls that a help lists.
fn listed(help: &str) -> Vec<String> {
    let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let names = commands.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The long options of a text.
fn options(text: &str) -> BTreeSet<&str> {
    let of_option = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let at = text.match_indices("--").filter(|(at, _)| !text[..*at].chars().next_back().is_some_and(of_option));
    at.map(|(at, _)| &text[at..at + text[at..].find(|c| !of_option(c)).unwrap_or(text.len() - at)])
        .filter(|option| option.len() > 2)
        .collect()
}

/// Calls of the executable in a text, each with what follows it up to the end of the command.
fn calls(text: &str) -> Vec<(String, String)> {
    let joined = text.replace("\\\n", " ");
    let commands = joined.split(['\n', '`', '|', ';', '&', '#', '$', '(', ')', '"']);
    let calls = commands.filter_map(|command| {
        let words: Vec<&str> = command.split_whitespace().collect();
        let at = words.iter().position(|word| *word == "traccia" || *word == "/usr/local/bin/traccia")?;
        // `kubectl --namespace traccia apply`
        if at > 0 && words[at - 1].starts_with("--") {
            return None;
        }
        let call = words.get(at + 1).filter(|call| call.chars().all(|c| c.is_ascii_lowercase()))?;
        Some(((*call).to_owned(), words[at + 2..].join(" ")))
    });
    calls.collect()
}

/// The calls of containers: their words are lists.
fn containers(documents: &[Value]) -> Vec<(String, String)> {
    let values = documents.iter().flat_map(within);
    let ours = values.filter(|value| {
        value["image"].as_str().is_some_and(|image| image.contains("traccia") && !image.contains("upkeep"))
    });
    let lists = ours.flat_map(|container| [&container["args"], &container["command"]]).filter_map(Value::as_array);
    let calls = lists.map(|list| {
        let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        (words[0].to_owned(), words[1..].join(" "))
    });
    calls.collect()
}

#[test]
fn every_call_and_option_that_is_named_exists() {
    let help = help();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (name, text) in files() {
        let listed = if name.ends_with(".yaml") { containers(&documents(&name, &text)) } else { Vec::new() };
        for (call, rest) in calls(&text).into_iter().chain(listed) {
            let Some(known) = help.options.get(&call) else {
                // Prose: "traccia knows nothing of this".
                if options(&rest).is_empty() {
                    continue;
                } else {
                    panic!("deploy/{name}: there is no traccia {call}")
                };
            };
            seen += 1;
            let unknown = options(&rest).into_iter().filter(|option| !known.contains(*option));
            wrong.extend(unknown.map(|option| format!("deploy/{name}: traccia {call} has no {option}")));
        }
        let all: BTreeSet<&str> = help.options.values().flatten().map(String::as_str).collect();
        let places = options(&text).into_iter().filter(|o| o.starts_with("--nats-") || o.starts_with("--tables"));
        wrong.extend(places.filter(|o| !all.contains(o)).map(|option| format!("deploy/{name}: there is no {option}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 40, "only {seen} calls were found: they are written otherwise now");
}

#[test]
fn every_variable_that_is_named_is_read() {
    let help = help();
    for (name, text) in files() {
        for variable in words(&text, "TRACCIA_") {
            assert!(help.variables.contains(variable), "deploy/{name}: nobody reads {variable}");
        }
    }
    assert!(help.variables.len() > 15, "{:?}", help.variables);
}
