//! From an empty installation to one with a point.

use super::{ends, text};
use crate::program::{Server, ran, run};

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
