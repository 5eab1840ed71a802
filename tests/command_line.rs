//! The command line as a newcomer meets it: what it says, where it says it, and with what it ends.

mod beginning;
mod behind;
mod trail;

use std::{path::Path, process::Output};

use serde_json::{Value, json};

use crate::{
    house::{House, facilitator, network, point},
    program::{Server, executable, ran, run},
    uploads::upload,
};

/// An installation with a network and two hundred services, left in a folder.
async fn installation() -> tempfile::TempDir {
    let mut house = House::start().await;
    network(&house).await;
    house.done("OpenPoint", point("mi-0002")).await;
    house.done("EnrolFacilitator", facilitator("bea", &["mi-0002"])).await;
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    house.caught_up().await;
    drop(house);
    let file = folder.path().join("upload.csv");
    std::fs::write(&file, upload(200)).unwrap();
    ran(&["import", text(&file), "--data", text(folder.path())]);
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What it ended with, and what it said of it.
fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// Runs it, expecting that it ends with a code and says something.
fn ends(args: &[&str], code: i32, says: &str) -> String {
    let (ended, error) = said(&run(args));
    assert_eq!(ended, Some(code), "traccia {args:?}: {error}");
    assert!(error.contains(says), "traccia {args:?}: {error}");
    error
}

#[tokio::test]
async fn traces_are_plain_text_in_a_file_and_say_a_thing_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("commands.ndjson");
    std::fs::write(&file, "{\"command\": \"ClosePoint\", \"data\": {}}\n").unwrap();
    let (code, error) = said(&run(&["command", text(&file), "--data", text(&folder.path().join("new"))]));
    assert_eq!(code, Some(1), "{error}");
    assert!(!error.contains('\u{1b}'), "{error:?}");
    assert_eq!(error.matches("tables").count(), 1, "{error}");
    assert!(error.contains("line 1: ") && error.contains("1 commands, 1 refused"), "{error}");
}

#[tokio::test]
async fn traces_that_cannot_be_written_hold_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // A file on a full disk; and something to say of each request.
    let line = "exec 2>/dev/full; export TRACCIA_LOG=debug";
    let server = Server::call_after(line, "serve", folder.path(), &[]);
    let answer = reqwest::get(format!("{}/healthz", server.url)).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "ok\n");
    assert!(server.terminate());
}

#[tokio::test]
async fn a_token_is_made_in_an_installation_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let mistyped = folder.path().join("mistyped");
    let token = ["token", "--subject", "anna", "--role", "auditor", "--data", text(&mistyped)];
    ends(&token, 2, "there is no installation in");
    assert!(!mistyped.exists());
    ends(&[&token[..], &["--days", "0"]].concat(), 2, "0 is not in 1..=3650");

    drop(Server::start(&mistyped));
    assert_eq!(ran(&token).trim().split('.').count(), 3);
    std::fs::remove_file(mistyped.join("keys.json")).unwrap();
    ends(&token, 2, "keys.json is missing in");
    assert!(!mistyped.join("keys.json").exists());
}

#[tokio::test]
async fn a_server_and_a_token_that_are_none_are_said_in_plain_words() {
    let targets = ["targets", "--programme", "lombardia"];
    let with = |more: &[&str], code, says: &str| ends(&[&targets[..], more].concat(), code, says);
    with(&["--url", "127.0.0.1:8172"], 2, "for example http://127.0.0.1:8172");
    with(&["--url", "http://127.0.0.1:9", "--token", "no/such/file"], 2, "there is no file \"no/such/file\"");
    with(&["--url", "http://127.0.0.1:9"], 2, "the server at http://127.0.0.1:9 cannot be reached");

    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    with(&["--url", &server.url], 1, "(Unauthorized)");
    let token = ran(&["token", "--subject", "a", "--role", "auditor", "--data", text(folder.path())]);
    let file = folder.path().join("auditor.token");
    std::fs::write(&file, token).unwrap();
    with(&["--url", &server.url, "--token", text(&file), "--known-at", "99"], 1, "known_at is beyond the log");
    with(&["--data", text(folder.path()), "--known-at", "mai"], 1, "known_at is a position, for example 4711");
    with(&["--by", "regione"], 2, "[possible values: programme, province,");
}

#[tokio::test]
async fn a_number_is_explained_down_to_the_person_and_the_commit() {
    let folder = installation().await;
    let asked = |args: &[&str]| ran(&[args, &["--data", text(folder.path())]].concat());
    let told = |args: &[&str]| -> Value { serde_json::from_str(&asked(&[args, &["--json"]].concat())).unwrap() };
    let counting = ["counting", "--programme", "lombardia", "--province", "MI"];
    let waterfall = told(&counting);
    assert_eq!(waterfall["counted"], 100);
    for (line, rows) in
        [("recorded", "recorded"), ("qualifying", "qualifying"), ("persons", "persons"), ("counted", "counted")]
    {
        let list = told(&[&counting[..], &["--behind", line]].concat());
        assert_eq!(json!(list["items"].as_array().unwrap().len()), waterfall[rows], "{line}");
    }
    assert_eq!(told(&[&counting[..], &["--behind", "voided"]].concat())["items"], json!([]));
    // As the API: a project or a point says enough.
    for place in [["--project", "rete-milano"], ["--point", "mi-0001"]] {
        let (alone, within) = (
            told(&[&["counting"], &place[..]].concat()),
            told(&[&["counting", "--programme", "lombardia"], &place[..]].concat()),
        );
        assert!(alone["recorded"].as_u64() > Some(0) && alone == within, "{alone}");
        assert!(
            !told(&[&["counting", "--behind", "recorded"], &place[..]].concat())["items"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
    ends(&["counting", "--province", "MI"], 2, "--programme");
    ends(&[&counting[..], &["--behind", "wrong"]].concat(), 2, "a line is recorded, qualifying, persons");

    let difference = ["difference", "--project", "rete-milano", "--from", "0"];
    let table = asked(&difference);
    assert!(table.starts_with("0 counted at position 0, 100 at position"), "{table}");
    assert!(table.contains(": 100 gained, 0 lost"), "{table}");
    let gained = told(&difference);
    let item = &gained["items"][0];
    assert_eq!((&item["change"], &item["cause"]["events"]), (&json!("gained"), &json!(["ServiceRecorded"])));
    let (person, cause) = (item["person"].as_str().unwrap(), item["cause"]["position"].as_u64().unwrap());
    let [before, after] = [cause - 1, cause].map(|position| position.to_string());
    let one = told(&["difference", "--programme", "lombardia", "--from", &before, "--to", &after]);
    assert_eq!((&one["gained"], one["items"][0]["person"].as_str()), (&json!(1), Some(person)));

    let person = asked(&["citizen", person]);
    for text in ["counted in lombardia (rfd) by service", "were it voided"] {
        assert!(person.contains(text), "{text}: {person}");
    }
    assert!(told(&["findings", "--programme", "lombardia"])["items"].is_array());
    ends(&["findings", "--kind", "guilty"], 2, "[possible values: consecutive_documents, early_act, minutes_of_a_day");
}

#[tokio::test]
async fn columns_stand_in_the_order_of_the_answer_with_gates_beside_each_other() {
    let folder = installation().await;
    let targets = ["targets", "--data", text(folder.path()), "--programme", "lombardia"];
    let csv = ran(&[&targets[..], &["--csv"]].concat());
    let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert_eq!(head[..4], ["programme", "scope", "id", "name"]);
    let place = |name: &str| head.iter().position(|column| *column == name).unwrap_or_else(|| panic!("{name}: {csv}"));
    assert!(place("points.target") < place("points.active") && place("points.active") < place("citizens.counted"));
    assert_eq!(place("gates.M1.deadline") + 1, place("gates.M1.points_needed"));
    assert!(!csv.contains('{'), "{csv}");
    let table = ran(&targets);
    let columns: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(columns, head);
    let json: Value = serde_json::from_str(&ran(&[&targets[..], &["--json"]].concat())).unwrap();
    assert_eq!(json["items"][0]["citizens"]["counted"], 100);
}

#[tokio::test]
async fn the_months_of_a_project_are_listed_and_each_opens_into_what_it_says() {
    let folder = installation().await;
    let reports = ["reports", "--data", text(folder.path()), "--project", "rete-milano"];
    let csv = ran(&[&reports[..], &["--on", "2023-05-16", "--csv"]].concat());
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("project,programme,month,state,due_on,window,overdue,"), "{csv}");
    assert!(lines[1].starts_with("rete-milano,lombardia,2023-03,open,2023-04-15,false,true,"), "{csv}");
    assert_eq!(lines.len(), 4, "up to May: {csv}");
    let overdue = ran(&[&reports[..], &["--on", "2023-05-16", "--overdue"]].concat());
    assert!(overdue.contains("2023-04") && !overdue.contains("2023-05 "), "{overdue}");
    let one = [&reports[..], &["--month", "2023-03"]].concat();
    let json: Value = serde_json::from_str(&ran(&[&one[..], &["--json"]].concat())).unwrap();
    assert_eq!((json["state"].as_str(), json["content"]["month"].as_str()), (Some("open"), Some("2023-03")));
    assert!(ran(&one).contains("content.bridge.citizens"));
    ends(
        &["reports", "--data", text(folder.path()), "--project", "rete-milano", "--month", "2019-01"],
        1,
        "reports on this month",
    );
    ends(&["reports", "--project", "rete-milano", "--month", "2024-13"], 2, "a month is written YYYY-MM");
}

#[tokio::test]
async fn what_would_change_is_said_alike_by_the_folder_and_by_a_server() {
    let folder = installation().await;
    let data = text(folder.path());
    let close = r#"{"point": "mi-0001", "on": "2024-01-01", "reason": "r"}"#;
    let asked = ["impact", "--command", "ClosePoint", "--fields", close];
    let here = ran(&[&asked[..], &["--data", data, "--json"]].concat());
    let here: Value = serde_json::from_str(&here).unwrap();
    let project = &here["projects"][0];
    assert_eq!(project["services"]["qualifying"], serde_json::json!({"before": 200, "after": 100}));
    assert_eq!(
        project["counted"],
        serde_json::json!({"before": 100, "after": 100}),
        "each has another visit elsewhere"
    );
    assert!(here["lost"].as_u64() > Some(0) && here["lost"] == here["gained"]);
    let table = ran(&[&asked[..], &["--data", data]].concat());
    let head: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head[..4], ["project", "programme", "counted.before", "counted.after"]);
    assert!(table.contains("nothing was written"), "{table}");

    let rules = folder.path().join("rules.json");
    std::fs::write(&rules, r#"{"counting": {"qualifying_services": ["reception"]}}"#).unwrap();
    let whatif = ["whatif", "--rules", text(&rules), "--programme", "lombardia", "--data", data];
    let foretold: Value = serde_json::from_str(&ran(&[&whatif[..], &["--json"]].concat())).unwrap();
    assert_eq!(foretold["projects"][0]["counted"], serde_json::json!({"before": 100, "after": 0}));
    assert_eq!(ran(&[&whatif[..], &["--csv"]].concat()).lines().count(), 2, "a head and a project");
    let dated = folder.path().join("dated.json");
    std::fs::write(&dated, r#"{"counting": {"minimum_age": 99}, "effective_on": "2024-01-01"}"#).unwrap();
    let again = ["whatif", "--rules", text(&dated), "--programme", "lombardia", "--data", data];
    ends(&again, 2, "leave it out and say --effective-on");
    ends(&["whatif", "--rules", text(&rules), "--programme", "none", "--data", data], 1, "UnknownProgramme");
    ends(&["impact", "--command", "Nonsense", "--fields", "{}", "--data", data], 1, "UnknownCommand");

    let token = ran(&["token", "--subject", "a", "--role", "auditor", "--data", data]);
    let server = Server::start(folder.path());
    let there = ran(&[&asked[..], &["--url", &server.url, "--token", token.trim(), "--json"]].concat());
    let there: Value = serde_json::from_str(&there).unwrap();
    for part in ["position", "events", "projects", "lost", "gained", "units"] {
        assert_eq!(there[part], here[part], "{part}");
    }
}

#[tokio::test]
async fn an_upload_that_is_refused_says_why_and_where_its_rows_are() {
    let folder = installation().await;
    let data = text(folder.path());
    let file = folder.path().join("wrong.csv");
    let good = upload(4);
    std::fs::write(&file, good.replace("MI-0002", "zz-0009")).unwrap();
    let error = ends(&["import", text(&file), "--data", data], 1, "2 of 4 rows are wrong, more than 20 % of them");
    let rejected = error.lines().find_map(|line| line.strip_prefix("the rejected rows and why: ")).unwrap();
    assert_eq!(std::fs::read_to_string(rejected).unwrap().lines().count(), 3, "a head and two rows");

    let token = ran(&["token", "--subject", "a", "--role", "admin", "--data", data]);
    let server = Server::start(folder.path());
    let kept = folder.path().join("capofila's.token");
    std::fs::write(&kept, &token).unwrap();
    for given in [token.trim(), text(&kept)] {
        let there = ["import", text(&file), "--url", &server.url, "--token", given];
        let error = ends(&there, 1, "2 of 4 rows are wrong");
        assert!(!error.contains(token.trim()), "a token is no text for a screen: {error}");
        let pasted = error.lines().find_map(|line| line.strip_prefix("the rejected rows and why: ")).unwrap();
        let mut shell = std::process::Command::new("sh");
        let answer = shell.args(["-c", pasted]).env("TRACCIA_TOKEN", token.trim()).output().unwrap();
        let rows = String::from_utf8(answer.stdout).unwrap();
        assert_eq!(rows.lines().count(), 3, "{pasted}: a head and two rows: {rows}");
    }
    drop(server);

    std::fs::write(&file, good.lines().next().unwrap()).unwrap();
    ends(&["import", text(&file), "--data", data], 1, "the file has no rows");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    ends(&["import", text(&file), "--data", data], 1, "column 1 of the header");
}

#[tokio::test]
async fn after_a_restore_it_says_to_rebuild_by_the_names_that_verify_prints() {
    let folder = installation().await;
    let (data, file) = (text(folder.path()), folder.path().join("whole.ndjson"));
    ran(&["export", "--data", data, "--out", text(&file)]);
    let elsewhere = tempfile::tempdir().unwrap();
    let other = text(elsewhere.path());
    let next = format!("traccia rebuild --data {other}");
    assert!(ran(&["restore", text(&file), "--data", other]).contains(&next));
    for keys in ["keys.json", "record-keys.db"] {
        std::fs::copy(folder.path().join(keys), elsewhere.path().join(keys)).unwrap();
    }
    ends(&["targets", "--programme", "lombardia", "--data", other], 2, &next);

    let verified: Value = serde_json::from_str(&ran(&["verify", "--data", data, "--json"])).unwrap();
    let tables: Vec<&str> =
        verified["tables"].as_array().unwrap().iter().map(|table| table["table"].as_str().unwrap()).collect();
    ran(&[&["rebuild", "--data", other, "counting"][..], &tables].concat());
    ends(&["rebuild", "--data", other, "conto"], 2, "there is no projection or table conto");
    let targets = |data| ran(&["targets", "--programme", "lombardia", "--data", data, "--by", "point"]);
    assert_eq!(targets(other), targets(data));
}

#[tokio::test]
async fn verify_takes_an_instant_for_the_position_that_the_answers_of_that_instant_have() {
    let folder = installation().await;
    let data = text(folder.path());
    let export = folder.path().join("log.ndjson");
    ran(&["export", "--data", data, "--out", text(&export)]);
    let log = std::fs::read_to_string(&export).unwrap();
    let (_, recorded) = log.lines().nth(3).unwrap().split_once(r#""recorded_at":""#).unwrap();
    let (instant, _) = recorded.split_once('"').unwrap();
    let at = |call: &[&str], known_at: &str| -> Value {
        let asked = [call, &["--data", data, "--known-at", known_at, "--json"]].concat();
        serde_json::from_str(&ran(&asked)).unwrap()
    };
    let verified = at(&["verify"], instant);
    assert_eq!(verified["position"], at(&["targets", "--programme", "lombardia"], instant)["position"]);
    let position = verified["position"].as_u64().unwrap();
    assert!(2 < position && position < 10, "the third commit, or one of the same instant: {position}");
    assert_eq!(verified, at(&["verify"], &position.to_string()));
    ends(
        &["verify", "--data", data, "--known-at", "mai"],
        2,
        "known_at is a position, for example 4711, or an RFC 3339",
    );
    ends(&["verify", "--data", data, "--known-at", "2999-01-01T00:00:00Z"], 1, "an instant that has not come yet");
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_no_bug() {
    let folder = installation().await;
    let mut program = std::process::Command::new(executable())
        .args(["counting", "--programme", "lombardia", "--behind", "recorded", "--data", text(folder.path())])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    let ended = program.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.code() == Some(141) && !said.contains("panicked"), "{}: {said}", ended.status);
}

#[tokio::test]
async fn expenses_and_the_registers_file_are_printed_as_the_api_answers_them() {
    let folder = installation().await;
    let data = text(folder.path());
    let commands = folder.path().join("spese.ndjson");
    let expense = json!({"project": "rete-milano", "expense": "spesa-1", "item": "training", "invoice": "7",
        "supplier_tax_id": "12345678903", "date": "2024-03-01", "amount": "100.00"});
    std::fs::write(&commands, format!("{}\n", json!({"command": "DeclareExpense", "data": expense}))).unwrap();
    ran(&["command", text(&commands), "--data", data]);
    let lines = ran(&["expenses", "--data", data, "--project", "rete-milano", "--csv"]);
    assert!(lines.contains("spesa-1,training,12345678903,7,2024-03-01,100.00,1.00,100.00,declared"), "{lines}");
    let caps = ran(&["expenses", "--data", data, "--project", "rete-milano", "--caps"]);
    assert!(caps.lines().nth(1).unwrap().starts_with("training"), "{caps}");
    let programme = ran(&["expenses", "--data", data, "--programme", "lombardia"]);
    assert!(programme.lines().any(|line| line.starts_with("rete-milano") && line.contains("training")), "{programme}");
    let measure = ran(&["expenses", "--data", data, "--programme", "lombardia", "--caps"]);
    assert!(measure.lines().nth(1).unwrap().starts_with("equipment"), "{measure}");

    let ours = ran(&["regis", "--data", data, "--programme", "lombardia", "--on", "2024-12-31"]);
    assert!(ours.lines().nth(2).unwrap().contains(";E81D23000080006;T0298;"), "{ours}");
    let file = folder.path().join("regis.csv");
    std::fs::write(&file, &ours).unwrap();
    let compare = ["regis", "--data", data, "--programme", "lombardia", "--on", "2024-12-31", "--compare", text(&file)];
    assert!(ran(&compare).contains("2 equal, 0 different, 0 missing here, 0 missing there"));
    // Another Region's CUP in place of ours: both are missing on one side.
    std::fs::write(&file, ours.replacen("E81D23000080006;E81D23000080006;T0107", "D16G23000030006;;T0107", 1)).unwrap();
    let differs = run(&compare);
    let printed = String::from_utf8(differs.stdout).unwrap();
    assert_eq!(differs.status.code(), Some(1), "{printed}");
    assert!(printed.contains("1 equal, 0 different, 1 missing here, 1 missing there"), "{printed}");
    let controls = ran(&["controls", "--data", data, "--programme", "lombardia", "--csv"]);
    assert!(controls.contains("application,project.rete-milano,approved"), "{controls}");
    let grants: Value = serde_json::from_str(&ran(&["ocds", "--data", data, "--programme", "lombardia"])).unwrap();
    assert_eq!(grants["releases"][0]["ocid"], "unregistered-it-03-rete-milano");
}
