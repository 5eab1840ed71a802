//! A killed process loses nothing that was answered, and a repeated import counts once.

use std::{path::Path, process::Stdio};

use futures::StreamExt as _;
use serde_json::{Value, json};
use traccia_domain::{Position, Role};
use traccia_log::{Log as _, SqliteLog};

use crate::{
    house::{House, facilitator, network, point},
    program::{Server, executable, ran, run},
    uploads::upload,
};

/// An installation with a network, left behind in a folder.
async fn installation() -> tempfile::TempDir {
    let house = House::start().await;
    network(&house).await;
    house.done("OpenPoint", point("mi-0002")).await;
    house.done("EnrolFacilitator", facilitator("bea", &["mi-0002"])).await;
    house.caught_up().await;
    let mut house = house;
    std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap())
}

fn counted(data: &Path) -> (Value, Value) {
    let data = data.to_str().unwrap();
    let text = ran(&["counting", "--data", data, "--programme", "lombardia", "--json"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    (answer["recorded"].clone(), answer["counted"].clone())
}

/// The services that a log holds that nobody has open. A copy is read, for who opens the log itself mends it.
async fn services_in(folder: &Path) -> u64 {
    let copy = tempfile::tempdir().unwrap();
    for file in ["log.db", "log.db-wal"].into_iter().filter(|file| folder.join(file).exists()) {
        std::fs::copy(folder.join(file), copy.path().join(file)).unwrap();
    }
    let log = SqliteLog::open(&copy.path().join("log.db")).await.unwrap();
    let (head, mut chunks) = (log.head().await.unwrap(), log.read(Position::START));
    let (mut last, mut services) = (Position::START, 0);
    while last < head {
        for recorded in chunks.next().await.unwrap().unwrap().commits().map(Result::unwrap) {
            services += u64::from(recorded.commit.stream.as_str().starts_with("service."));
            last = recorded.position;
        }
    }
    services
}

#[tokio::test]
async fn after_a_kill_in_the_middle_of_an_import_the_counts_are_those_of_one_import() {
    let folder = installation().await;
    let data = folder.path().to_str().unwrap();
    let file = folder.path().join("upload.csv");
    std::fs::write(&file, upload(6_000)).unwrap();

    // Killed at seven places that no one chose: some while rows are judged, some between two batches of them.
    let mut left = Vec::new();
    for after in [2_u64, 400, 1_000, 1_500, 2_000, 2_500, 4_000] {
        let mut import = std::process::Command::new(executable())
            .args(["import", file.to_str().unwrap(), "--data", data])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let log = folder.path().join("log.db-wal");
        let grown = |bytes: u64| std::fs::metadata(&log).is_ok_and(|file| file.len() > bytes * 1_000);
        while import.try_wait().unwrap().is_none() && !grown(after) {
            std::thread::yield_now();
        }
        let _ = import.kill();
        if !import.wait().unwrap().success() {
            left.push(services_in(folder.path()).await);
        }
    }
    assert!(left.iter().any(|recorded| (1..6_000).contains(recorded)), "none was in the middle: {left:?}");
    let last = run(&["import", file.to_str().unwrap(), "--data", data, "--json"]);
    assert!(last.status.success(), "{}", String::from_utf8_lossy(&last.stderr));
    let again: Value =
        serde_json::from_slice(&run(&["import", file.to_str().unwrap(), "--data", data, "--json"]).stdout).unwrap();
    assert_eq!((&again["recorded"], &again["duplicates"]), (&json!(0), &json!(6_000)), "{again}");

    let once = installation().await;
    let once_data = once.path().to_str().unwrap();
    ran(&["import", file.to_str().unwrap(), "--data", once_data]);
    assert_eq!(counted(folder.path()), counted(once.path()));
    assert_eq!(counted(folder.path()).0, json!(6_000));
    ran(&["verify", "--data", data]);
}

#[tokio::test]
async fn what_a_killed_server_answered_is_there_when_it_starts_again() {
    let folder = installation().await;
    let data = folder.path().to_str().unwrap();
    let token = ran(&["token", "--data", data, "--subject", "anna", "--role", "facilitator", "--point", "mi-0001"]);
    let token = token.trim().to_owned();
    let mut answered = Vec::new();
    for round in 0..3 {
        let server = Server::start(folder.path());
        let client = reqwest::Client::new();
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..4 {
            let (client, url, token) = (client.clone(), server.url.clone(), token.clone());
            tasks.spawn(async move {
                let mut answered = Vec::new();
                for number in 0..1_000 {
                    let body =
                        json!({"documents": [{"kind": "passport", "number": format!("K{round}T{task}N{number:04}")}]});
                    let sent =
                        client.post(format!("{url}/v1/commands/RegisterCitizen")).bearer_auth(&token).json(&body);
                    match sent.send().await {
                        Ok(answer) if answer.status().is_success() => match answer.json::<Value>().await {
                            Ok(answer) => answered.push((body, answer["position"].clone())),
                            Err(_) => break,
                        },
                        Ok(_) | Err(_) => break,
                    }
                }
                answered
            });
        }
        // Killed under load, once some were answered.
        let client = reqwest::Client::new();
        loop {
            let ready: Value = client.get(format!("{}/readyz", server.url)).send().await.unwrap().json().await.unwrap();
            if ready["head"].as_u64() > Some(40 * (round + 1)) {
                break;
            }
        }
        server.kill();
        while let Some(task) = tasks.join_next().await {
            answered.extend(task.unwrap());
        }
    }
    assert!(answered.len() >= 60, "{} were answered", answered.len());
    let house = House::open(folder).await;
    let facilitator = house.token(Role::Facilitator, &["point:mi-0001"]);
    for (body, position) in answered {
        let again = house.command(&facilitator, "RegisterCitizen", body).await;
        assert_eq!(again.body["events"], json!([]), "it was answered at {position} and is not there: {}", again.text);
    }
}
