//! From an empty installation to one with a point.

use std::process::Command;

use super::{ends, said, text};
use crate::program::{Server, executable, ran, run};

#[test]
fn a_file_that_holds_no_commands_is_told_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let programme = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/programmes/toscana.toml");
    let array = folder.path().join("array.json");
    std::fs::write(&array, "[\n{\"command\": \"ClosePoint\", \"data\": {}}\n]\n").unwrap();
    let data = folder.path().join("data");
    let unnamed = folder.path().join("toscana");
    std::fs::copy(programme, &unnamed).unwrap();
    for (file, says) in [(text(&unnamed), "The file of a programme ends in .toml"), (text(&array), "one JSON array")] {
        ends(&["command", file, "--data", text(&data)], 2, says);
    }
    assert!(!data.exists(), "nothing was begun");
}

#[tokio::test]
async fn an_empty_installation_begins_as_the_readme_says() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let file = |name: &str, what: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, what).unwrap();
        text(&file).to_owned()
    };
    let token = ran(&["token", "--subject", "anna", "--role", "admin", "--data", text(folder.path())]);
    let with = ["--url", &server.url, "--token", &file("admin.token", &token)];
    let programme = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/programmes/lombardia.toml");
    let commands = include_str!("../../README.md").split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    for (of, many) in [(programme, 1), (&*file("begin.ndjson", commands), 4)] {
        let output = run(&[&["command", of], &with[..]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("{many} commands, 0 refused")), "{said}");
    }
    let points = ran(&[&["targets", "--programme", "lombardia", "--by", "project", "--json"], &with[..]].concat());
    assert!(points.contains("rete-como"), "{points}");
}

#[test]
fn options_of_servers_that_nobody_names_begin_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let at = ["--data", text(&data)];
    let export = folder.path().join("no.export");
    let calls: [&[&str]; 8] = [
        &["serve", "--listen", "127.0.0.1:0"],
        &["project", "--listen", "127.0.0.1:0"],
        &["init"],
        &["restore", text(&export)],
        &["rebuild"],
        &["verify"],
        &["export", "--out", "never.export"],
        &["doctor"],
    ];
    let secret = ["--nats-password-file", "password"];
    for call in calls {
        for given in [
            &["--nats-user", "reader", secret[0], secret[1]][..],
            &["--nats-creds", "user.creds"],
            &["--nats-nkey", "user.seed"],
            &["--nats-ca", "ca.pem"],
            &["--nats-cert", "own.pem", "--nats-key", "own.key"],
            &["--nats-monitoring", "http://127.0.0.1:8222"],
            &["--nats-inbox-prefix", "_INBOX_reader"],
            &["--nats-stream", "OTHER"],
            &["--nats-prefix", "other"],
            &secret,
        ] {
            let said = ends(&[call, &at[..], given].concat(), 2, "and --log (TRACCIA_LOG_URL) is not");
            assert!(said.contains(&format!("{} (TRACCIA_NATS_", given[0])), "{said}");
        }
        // Who makes a log does not look at tables.
        for given in
            [["--tables-ca", "ca.pem"], ["--tables-password-file", "password"]].iter().filter(|_| call != ["init"])
        {
            ends(&[call, &at[..], given].concat(), 2, "and --tables (TRACCIA_TABLES_URL) is not");
        }
        assert!(!data.exists(), "{call:?} made {}", data.display());
    }
    // The usual names say nothing of servers.
    let usual = ["--nats-stream", "traccia", "--nats-prefix", "traccia"];
    ends(&[&["doctor"], &at[..], &usual].concat(), 2, "there is no installation in");
}

#[test]
fn a_folder_that_belongs_to_a_log_elsewhere_gets_none() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let at = ["--data", text(&data)];
    let export = folder.path().join("log.export");
    assert!(Server::start(&data).terminate());
    ran(&[&["export", "--out", text(&export)], &at[..]].concat());
    // Whose it is, and no file of a log: that is lost, or on servers.
    for file in ["log.db", "log.db-wal", "log.db-shm", "lock"] {
        let _ = std::fs::remove_file(data.join(file));
    }
    let nothing_begins = |says: &str| {
        for call in [&["serve", "--listen", "127.0.0.1:0"][..], &["init"], &["keys", "rotate"], &["doctor"]] {
            ends(&[call, &at[..]].concat(), 2, says);
            assert!(!data.join("log.db").exists(), "{call:?} made a log");
        }
    };
    let epoch = std::fs::read_to_string(data.join("epoch")).unwrap();
    nothing_begins("which is not in it: name its servers with --log");
    std::fs::remove_file(data.join("epoch")).unwrap();
    nothing_begins("has keys and no log");
    std::fs::write(data.join("epoch"), format!("{epoch}on servers\n")).unwrap();
    nothing_begins("which is on servers: name them with --log");
    let restore = [&["restore", text(&export)], &at[..]].concat();
    ends(&restore, 2, "which is on servers: name them with --log");
    assert!(!data.join("log.db").exists(), "the same history would go on twice");
    std::fs::write(data.join("epoch"), epoch).unwrap();
    ran(&restore);
}

#[test]
fn a_mistyped_variable_of_the_driver_does_not_make_a_connection_less_safe() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Server::start(folder.path()).terminate());
    let with = |mode: &str| {
        let call = ["doctor", "--data", text(folder.path()), "--tables", "postgres://nobody@127.0.0.1:1/nowhere"];
        said(&Command::new(executable()).args(call).env("PGSSLMODE", mode).output().unwrap())
    };
    let (code, error) = with("verify_full");
    assert_eq!(code, Some(2), "{error}");
    assert!(
        error.contains("PGSSLMODE says \"verify_full\", which is none of disable, allow, prefer, require, verify-ca")
    );
    for mode in ["", "Require", "verify-full"] {
        assert_eq!(with(mode), (Some(1), String::new()), "{mode:?}: the doctor looks, and finds that nobody is there");
    }
}

/// A log in a file instead of the one on servers that was meant would begin without a word.
#[test]
fn a_mistyped_variable_of_ours_begins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let with = |name: &str, value: &str| {
        let call = ["init", "--data", text(&data)];
        said(&Command::new(executable()).args(call).env(name, value).output().unwrap())
    };
    for (name, value, says) in [
        ("TRACCIA_LOGURL", "nats://a:4222", "TRACCIA_LOGURL, which nothing reads: TRACCIA_LOG_URL is meant"),
        ("TRACCIA_TABLE_URL", "postgres://db/traccia", "TRACCIA_TABLES_URL is meant"),
        ("TRACCIA_LOG", "nats://127.0.0.1:4222", "where the log is says TRACCIA_LOG_URL"),
    ] {
        let (code, error) = with(name, value);
        assert_eq!((code, error.contains(says)), (Some(2), true), "{name}: {error}");
        assert!(!data.exists(), "{name} made {}", data.display());
    }
}
