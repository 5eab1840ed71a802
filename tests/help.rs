//! The help of every call: exit codes, examples, and each argument where it belongs.

use crate::program::ran;

/// Every call of the program with its help, calls within calls too, as the help itself lists them.
fn calls(within: &[String]) -> Vec<(Vec<String>, String)> {
    let arguments: Vec<&str> = within.iter().map(String::as_str).chain(["--help"]).collect();
    let help = ran(&arguments);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let below = names.flat_map(|name| calls(&[within, &[name.to_owned()]].concat())).collect::<Vec<_>>();
    [(within.to_vec(), help)].into_iter().chain(below).collect()
}

/// The options that stand under a heading of a help.
fn under<'a>(help: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    lines.filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--"))).collect()
}

#[test]
fn the_help_explains_exit_codes_and_gives_an_example_of_every_call() {
    let help = ran(&["--help"]);
    for text in ["Points, citizens and services of PNRR measure 1.7.2", "Exit codes:", "traccia demo"] {
        assert!(help.contains(text), "{text}: {help}");
    }
    let all = calls(&[]);
    assert!(all.iter().any(|(call, _)| *call == ["ledger", "pack"]), "calls within calls are found: {all:?}");
    for (call, help) in all.iter().filter(|(call, _)| !call.is_empty()) {
        let example = format!("\n  traccia {}", call.join(" "));
        let examples = help.split_once("Examples").map_or("", |(_, examples)| examples);
        assert!(examples.contains(&example), "an example of {call:?}: {help}");
        assert_eq!(help.contains("--known-at <"), help.contains("--known-at 4711"), "{help}");
    }
    assert!(
        ran(&["targets", "--help"]).contains("[possible values: programme, province, project, point, semester, month]")
    );
}

#[test]
fn each_argument_stands_under_the_heading_it_belongs_to() {
    for (call, help) in calls(&[]) {
        let (log, tables) =
            (under(&help, "The log on NATS JetStream:"), under(&help, "The read models on PostgreSQL:"));
        assert!(log.iter().all(|name| *name == "--log" || name.starts_with("--nats-")), "{call:?}: {log:?}");
        assert!(tables.iter().all(|name| name.starts_with("--tables")), "{call:?}: {tables:?}");
        assert_eq!(log.is_empty(), !under(&help, "Options:").contains(&"--data") || call == ["demo"], "{call:?}");
    }
    for (call, options) in
        [("token", &["--subject", "--role"][..]), ("targets", &["--url", "--token"]), ("serve", &["--listen"])]
    {
        let help = ran(&[call, "--help"]);
        assert!(options.iter().all(|option| under(&help, "Options:").contains(option)), "{help}");
    }
}
