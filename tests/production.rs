//! The same program on its production legs: JetStream for the log, PostgreSQL for the read models, several processes.

use std::{path::Path, time::Duration};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use traccia_log::jetstream::{self, Options};
use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
    postgres,
};

use crate::{
    house::{facilitator, point, programme},
    program::{Server, ran, run},
};

/// How long something may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Real servers with a log on them, and a folder with its keys.
pub struct Site {
    pub nats: Node,
    pub tables: String,
    pub folder: TempDir,
    token: String,
}

impl Site {
    /// `None` where a server cannot be had; why is printed.
    pub fn new() -> Option<Site> {
        let settings = Settings { sync_always: true, ..Settings::default() };
        let nats = had("the production legs", Node::start(&settings))?;
        let (tables, folder) = (postgres::database()?, TempDir::new().unwrap());
        let mut site = Site { nats, tables, folder, token: String::new() };
        ran(&site.arguments(&["init", "--replicas", "1"]));
        let data = site.data().to_owned();
        site.token = ran(&["token", "--data", &data, "--subject", "anna", "--role", "admin"]).trim().to_owned();
        Some(site)
    }

    fn data(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    /// A call with where everything is.
    pub fn arguments<'a>(&'a self, call: &[&'a str]) -> Vec<&'a str> {
        let log: &'static str = self.nats.url().leak();
        [call, &["--data", self.data(), "--log", log]].concat()
    }

    pub fn start(&self, call: &str, more: &[&str]) -> Server {
        let (log, tables) = (self.nats.url(), &self.tables);
        Server::call(call, self.folder.path(), &[&["--log", &log, "--tables", tables], more].concat())
    }

    pub async fn send(&self, server: &Server, name: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/v1/commands/{name}", server.url);
        let answer = Client::new().post(url).bearer_auth(&self.token).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    pub async fn done(&self, server: &Server, name: &str, body: Value) -> Value {
        let (status, answer) = self.send(server, name, body).await;
        assert_eq!(status, StatusCode::OK, "{name}: {answer}");
        answer
    }

    pub async fn read(&self, server: &Server, path: &str) -> (StatusCode, Value) {
        let answer = Client::new().get(format!("{}{path}", server.url)).bearer_auth(&self.token).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// A project with a point and its facilitator.
    pub async fn network(&self, server: &Server) {
        self.done(server, "DefineProgramme", programme("lombardia")).await;
        let application = json!({
            "project": "rete-milano", "programme": "lombardia", "name": "Rete Milano", "lead": {"name": "Comune"},
            "award": "440059.10", "targets": {"points": 10, "citizens": 8055, "services": 12000}, "provinces": ["MI"],
            "starts": "2023-03-01", "ends": "2025-12-31",
        });
        self.done(server, "SubmitApplication", application).await;
        let approval = json!({"project": "rete-milano", "act": "D.d.u.o. 1/2023", "on": "2023-02-15"});
        self.done(server, "ApproveApplication", approval).await;
        self.done(server, "OpenPoint", point("mi-0001")).await;
        self.done(server, "EnrolFacilitator", facilitator("anna", &["mi-0001"])).await;
    }

    /// Registers and serves somebody; the position.
    pub async fn serve_somebody(&self, server: &Server, card: &str) -> u64 {
        let document = json!({"documents": [{"kind": "identity_card", "number": card}]});
        let citizen = self.done(server, "RegisterCitizen", document).await["id"].clone();
        let service = json!({"citizen": citizen, "point": "mi-0001", "facilitator": "anna", "minutes": 30,
            "occurred_on": "2024-03-01", "kind": "individual_facilitation"});
        self.done(server, "RecordService", service).await["position"].as_u64().unwrap()
    }

    /// How many persons count, once the read models have reached a position.
    pub async fn counted(&self, server: &Server, position: u64) -> u64 {
        let path = format!("/v1/counting?programme=lombardia&min_position={position}");
        let since = Instant::now();
        loop {
            let (status, answer) = self.read(server, &path).await;
            if status == StatusCode::OK {
                return answer["counted"].as_u64().unwrap();
            }
            assert!(since.elapsed() < PATIENCE, "{status}: {answer}");
        }
    }
}

/// Asks until it is so.
pub async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    while !holds().await {
        assert!(since.elapsed() < PATIENCE, "it never is so");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn several_servers_share_one_log_and_the_standby_takes_over() {
    let Some(site) = Site::new() else { return };
    let first = site.start("project", &[]);
    let (one, other) = (site.start("serve", &["--no-projector"]), site.start("serve", &["--no-projector"]));
    site.network(&one).await;
    let position = site.serve_somebody(&one, "CA00001AA").await;
    assert_eq!(site.counted(&other, position).await, 1);

    let second = site.start("project", &[]);
    let position = site.serve_somebody(&other, "CA00002AA").await;
    assert_eq!(site.counted(&one, position).await, 2);
    first.kill();
    let position = site.serve_somebody(&one, "CA00003AA").await;
    assert_eq!(site.counted(&other, position).await, 3, "the standby goes on");
    // The same citizen at both servers at once is one record.
    let card = json!({"documents": [{"kind": "identity_card", "number": "CA00004AA"}]});
    let ((_, here), (_, there)) = tokio::join!(
        site.send(&one, "RegisterCitizen", card.clone()),
        site.send(&other, "RegisterCitizen", card.clone())
    );
    assert_eq!(here["id"], there["id"]);
    assert!(one.terminate() && other.terminate() && second.terminate(), "each ends well when told to");
    let verified = ran(&[&site.arguments(&["verify"])[..], &["--tables", &site.tables]].concat());
    assert!(verified.contains("every table is what the log says"), "{verified}");
}

#[tokio::test]
async fn who_follows_the_log_tells_what_would_change_and_the_standby_once_it_does() {
    let Some(site) = Site::new() else { return };
    let (first, server) = (site.start("project", &[]), site.start("serve", &["--no-projector"]));
    site.network(&server).await;
    let position = site.serve_somebody(&server, "CA00001AA").await;
    assert_eq!(site.counted(&server, position).await, 1);
    let second = site.start("project", &[]);
    let asked = async |of: &Server| {
        let close = json!({"point": "mi-0001", "on": "2024-03-01", "reason": "r"});
        let body = json!({"command": "ClosePoint", "data": close});
        let request = Client::new().post(format!("{}/v1/impact", of.url)).bearer_auth(&site.token).json(&body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    for elsewhere in [&server, &second] {
        let (status, answer) = asked(elsewhere).await;
        assert_eq!((status.as_u16(), &answer["code"]), (503, &json!("NotProjecting")), "{answer}");
    }
    let (status, answer) = asked(&first).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["projects"][0]["counted"], json!({"before": 1, "after": 0}));
    first.kill();
    until(async || asked(&second).await.0 == StatusCode::OK).await;
    assert_eq!(site.counted(&server, position).await, 1, "nothing has happened");
}

#[tokio::test]
async fn while_the_log_is_away_reads_go_on_and_writes_wait() {
    let Some(mut site) = Site::new() else { return };
    let server = site.start("serve", &[]);
    site.network(&server).await;
    let position = site.serve_somebody(&server, "CA00001AA").await;
    assert_eq!(site.counted(&server, position).await, 1);
    let instant = jiff::Timestamp::now();
    let last = site.serve_somebody(&server, "CA00002AA").await;
    assert_eq!(site.counted(&server, last).await, 2);

    site.nats.kill().unwrap();
    let body = json!({"documents": [{"kind": "identity_card", "number": "CA00009AA"}]});
    let sent = Client::new().post(format!("{}/v1/commands/RegisterCitizen", server.url)).bearer_auth(&site.token);
    let keyed = || sent.try_clone().unwrap().header("Idempotency-Key", "once").json(&body);
    let away = keyed().send().await.unwrap();
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    let away: Value = away.json().await.unwrap();
    assert_eq!(away["code"], json!("LogUnavailable"), "{away}");
    until(async || {
        let (_, ready) = site.read(&server, "/readyz").await;
        ready["ready"] == json!(false) && ready["why"].as_str().is_some_and(|why| why.contains("log"))
    })
    .await;
    // The past too, by position and by instant: the tables have it.
    let [position, instant] = [position.to_string(), instant.to_string()].map(|known| format!("&known_at={known}"));
    for (known, counted) in [("", 2), (&*position, 1), (&instant, 1)] {
        let path = format!("{}/v1/counting?programme=lombardia{known}", server.url);
        let stale = Client::new().get(path).bearer_auth(&site.token).send().await.unwrap();
        assert_eq!(stale.status(), StatusCode::OK, "reads go on: {known}");
        assert!(stale.headers().contains_key("traccia-log-away-since"), "and say how old they are");
        let answer: Value = stale.json().await.unwrap();
        assert_eq!(answer["counted"], json!(counted), "{known}");
    }
    let beyond = Client::new().get(format!("{}/v1/counting?known_at=1000000", server.url)).bearer_auth(&site.token);
    assert_eq!(beyond.send().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE, "what only the log can tell");
    let page = Client::new().get(format!("{}/?programme=lombardia", server.url)).bearer_auth(&site.token);
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("i più recenti che si conoscano; il registro non risponde dal "), "{page}");

    site.nats.restart().unwrap();
    until(async || keyed().send().await.unwrap().status() == StatusCode::OK).await;
    let again: Value = keyed().send().await.unwrap().json().await.unwrap();
    assert_eq!(again["replayed"], json!(true), "a retry is safe");
}

#[tokio::test]
async fn an_export_moves_between_embedded_and_production_with_the_same_counts() {
    let Some(site) = Site::new() else { return };
    let server = site.start("serve", &[]);
    site.network(&server).await;
    let mut position = 0;
    for number in 1..=5 {
        position = site.serve_somebody(&server, &format!("CA0000{number}AA")).await;
    }
    let before = site.counted(&server, position).await;
    assert_eq!(before, 5);
    assert!(server.terminate());
    let file = site.folder.path().join("log.export");
    ran(&[&site.arguments(&["export"])[..], &["--out", file.to_str().unwrap()]].concat());

    let embedded = TempDir::new().unwrap();
    for keys in ["keys.json", "record-keys.db"] {
        std::fs::copy(site.folder.path().join(keys), embedded.path().join(keys)).unwrap();
    }
    let data = embedded.path().to_str().unwrap();
    ran(&["restore", file.to_str().unwrap(), "--data", data]);
    let server = Server::start(embedded.path());
    assert_eq!(site.counted(&server, position).await, before);
    assert!(server.terminate());

    let back = Site::new().unwrap();
    let log = back.nats.url();
    let other = TempDir::new().unwrap();
    for keys in ["keys.json", "record-keys.db"] {
        std::fs::copy(site.folder.path().join(keys), other.path().join(keys)).unwrap();
    }
    let restored = ["restore", file.to_str().unwrap(), "--data", other.path().to_str().unwrap(), "--log", &log];
    let place = ["--nats-stream", "BACK", "--nats-prefix", "back", "--replicas", "1"];
    ran(&[&restored[..], &place[..]].concat());
    // A restore that broke off is seen from every folder, and ends by being run again.
    let stream = Options { stream: "BACK".to_owned(), prefix: "back".to_owned(), ..Options::new([log.clone()]) };
    jetstream::create_to_restore(&stream, 1).await.unwrap().restoring().await.unwrap();
    let elsewhere = [&["--log", &log][..], &place[..4]].concat();
    for call in [serve(embedded.path(), &elsewhere), [&["doctor", "--data", data], &elsewhere[..]].concat()] {
        let said = refused(&call);
        assert!(said.contains("a restore into the stream BACK was begun") && said.contains("run the same"), "{said}");
    }
    ran(&[&restored[..], &place[..]].concat());
    let server = Server::call(
        "serve",
        other.path(),
        &["--log", &log, "--nats-stream", "BACK", "--nats-prefix", "back", "--tables", &postgres::database().unwrap()],
    );
    let path = format!("{}/v1/counting?programme=lombardia", server.url);
    let answer: Value = Client::new().get(path).bearer_auth(&site.token).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["counted"], json!(before));
}

#[tokio::test]
async fn the_doctor_names_each_server_that_is_away_and_looks_at_the_rest() {
    let Some(site) = Site::new() else { return };
    let server = site.start("serve", &[]);
    site.network(&server).await;
    assert!(server.terminate());
    let asked = |log: &str, tables: &str| {
        let call =
            ["doctor", "--json", "--data", site.folder.path().to_str().unwrap(), "--log", log, "--tables", tables];
        let output = run(&call);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["well"], json!(false));
        answer["findings"].as_array().unwrap().clone()
    };
    let of = |findings: &[Value], what: &str, verdict: &str, says: &str| {
        let said = |one: &Value| one["detail"].as_str().is_some_and(|detail| detail.contains(says));
        let found = findings.iter().any(|one| one["what"] == what && one["verdict"] == verdict && said(one));
        assert!(found, "{what} {verdict} {says}: {findings:?}");
    };
    let (log, nobody) = (site.nats.url(), traccia_tests::servers::free_port().unwrap());
    let no_log = format!("nats://127.0.0.1:{nobody}");
    let no_tables = format!("postgres://nobody@127.0.0.1:{nobody}/traccia");

    let found = asked(&no_log, &site.tables);
    of(&found, "log", "LOOK", &format!("no NATS server answers at {no_log}"));
    of(&found, "read models", "ok", "only the log can tell");
    let found = asked(&log, &no_tables);
    of(&found, "log", "ok", " commits");
    of(&found, "read models", "LOOK", &format!("{no_tables} does not answer"));
    of(&found, "ledger", "ok", "none left");
    let found = asked(&no_log, &no_tables);
    of(&found, "log", "LOOK", "no NATS server answers");
    of(&found, "read models", "LOOK", "does not answer");
    of(&found, "keys", "ok", "readable by its owner only");
    of(&found, "disk", "ok", "MiB are free");
}

#[tokio::test]
async fn the_doctor_says_when_no_projector_runs() {
    let Some(site) = Site::new() else { return };
    let found = || {
        let output = run(&[&site.arguments(&["doctor"])[..], &["--tables", &site.tables]].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let server = site.start("serve", &[]);
    assert!(!found().contains("no projector runs"), "{}", found());
    assert!(server.terminate());
    assert!(found().contains("no projector runs"), "{}", found());
}

/// Runs a call that must not end well; what it says, and what it found.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = [&output.stderr, &output.stdout].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
    assert!(!output.status.success(), "{arguments:?} starts");
    said
}

fn serve<'a>(folder: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    [&["serve", "--listen", "127.0.0.1:0", "--data", folder.to_str().unwrap()], more].concat()
}

#[tokio::test]
async fn a_wrong_configuration_is_refused_with_what_to_do() {
    let Some(site) = Site::new() else { return };
    let log = site.nats.url();
    let folder = site.folder.path();
    let nowhere = "postgres://traccia@127.0.0.1:1/traccia";

    let said = refused(&serve(folder, &["--log", "nats://127.0.0.1:1"]));
    assert!(said.contains("no NATS server answers") && said.contains("check the address"), "{said}");
    let said = refused(&serve(folder, &["--log", &log, "--tables", nowhere]));
    assert!(said.contains("PostgreSQL") || said.contains("read models"), "{said}");
    let said = refused(&serve(folder, &["--log", &log, "--nats-stream", "OTHER"]));
    assert!(said.contains("traccia init"), "{said}");
    let said = refused(&serve(folder, &["--log", &log, "--no-projector"]));
    assert!(said.contains("name the database they share with --tables"), "{said}");
    // Another folder on the same log: keys of its own would make other citizens of the same documents.
    let another = TempDir::new().unwrap();
    let said = refused(&["init", "--replicas", "1", "--data", another.path().to_str().unwrap(), "--log", &log]);
    assert!(
        said.contains("put the keys that belong to it into") && !another.path().join("keys.json").exists(),
        "{said}"
    );
    let said = refused(&serve(another.path(), &["--log", &log, "--tables", &site.tables]));
    assert!(said.contains("keys.json is missing") && !another.path().join("keys.json").exists(), "{said}");
    // A stream of another origin: a folder that belongs to another log.
    let other = Site::new().unwrap();
    let said = refused(&serve(folder, &["--log", &other.nats.url()]));
    assert!(said.contains("belongs to the log"), "{said}");
    // Nor is a log begun where the folder belongs to one: the stream is not made.
    let elsewhere = ["--log", &log, "--nats-stream", "OTHER", "--nats-prefix", "other"];
    let folder_of = |data: &'_ Path| ["--data".to_owned(), data.to_str().unwrap().to_owned()];
    let own = folder_of(folder);
    let said = refused(&[&["init", "--replicas", "1", &own[0], &own[1]], &elsewhere[..]].concat());
    assert!(said.contains("belongs to the log") && said.contains("none is begun in its place"), "{said}");
    let said = refused(&serve(folder, &elsewhere));
    assert!(said.contains("traccia init"), "{said}");
    // The folder's log is on servers: none is opened in a file, and no export becomes a second one.
    let export = site.folder.path().join("log.export");
    ran(&site.arguments(&["export", "--out", export.to_str().unwrap()]));
    for call in [&["serve", "--listen", "127.0.0.1:0"][..], &["restore", export.to_str().unwrap()], &["init"]] {
        let said = refused(&[call, &[&*own[0], &own[1]]].concat());
        assert!(said.contains("which is on servers: name them with --log"), "{said}");
        assert!(!folder.join("log.db").exists(), "{call:?} made a log");
    }
    let said = refused(&["project", "--listen", "127.0.0.1:0", &own[0], &own[1], "--log", &log]);
    assert!(said.contains("name the database of the read models with --tables"), "{said}");
    // A database of another installation: nobody writes it, reads it or builds it anew.
    drop(site.start("serve", &[]));
    let mixed = ["--log", &other.nats.url(), "--tables", &site.tables];
    for more in [&[][..], &["--no-projector"]] {
        let said = refused(&serve(other.folder.path(), &[&mixed[..], more].concat()));
        assert!(said.contains("another installation's log or tables"), "{said}");
    }
    let own = folder_of(other.folder.path());
    for call in [&["targets", "--programme", "p"][..], &["findings", "--programme", "p"], &["rebuild"]] {
        let said = refused(&[call, &[&*own[0], &own[1]], &mixed].concat());
        assert!(said.contains("another installation's log or tables"), "{call:?}: {said}");
    }
    ran(&[&["rebuild", "--other-log", &own[0], &own[1]], &mixed[..]].concat());
}
