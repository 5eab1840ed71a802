//! Starting and stopping as services do: a stop is bounded whatever clients do, a start refuses what would harm.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::{
    house::{House, citizen, network},
    program::{Server, ran, run},
};

/// How many requests of a path the server has begun to answer.
async fn begun(client: &reqwest::Client, url: &str, path: &str) -> u64 {
    let text = client.get(format!("{url}/metrics")).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find(|line| line.starts_with("traccia_http_requests_total") && line.contains(path));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_stop_is_bounded_although_a_client_does_not_read_and_another_does_not_send() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let address = server.url.strip_prefix("http://").unwrap().to_owned();

    // Asks for more than any buffer on the way holds, reads the first answer's beginning and no more.
    let asked = 400;
    let mut reader = TcpStream::connect(&address).unwrap();
    let request = format!("GET /openapi.json HTTP/1.1\r\nHost: {address}\r\n\r\n");
    reader.write_all(request.repeat(asked).as_bytes()).unwrap();
    let mut status = [0; 15];
    reader.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200 OK");
    // The server stands still in front of it once no further answer is begun.
    let client = reqwest::Client::new();
    let (mut seen, mut still) = (0, 0);
    while still < 50 {
        let now = begun(&client, &server.url, "/openapi.json").await;
        still = if now == seen && now > 0 { still + 1 } else { 0 };
        seen = now;
    }
    assert!(seen < asked as u64, "all {seen} answers fit into buffers: the client is not slow");

    // Announces a body that never comes.
    let mut sender = TcpStream::connect(&address).unwrap();
    let head = format!("POST /v1/imports HTTP/1.1\r\nHost: {address}\r\nContent-Length: 1000\r\n\r\nI");
    sender.write_all(head.as_bytes()).unwrap();

    let stopped = tokio::task::spawn_blocking(move || server.told_to_stop(Duration::from_secs(30)));
    let (status, took) = stopped.await.unwrap();
    assert!(status.success(), "it ended with {status}");
    assert!(took < Duration::from_secs(10), "it took {took:?}");
    drop((reader, sender));
}

/// Whoever starts it stops it at once: a service manager that was told to, a person who changed their mind.
#[test]
fn a_stop_as_soon_as_it_is_ready_is_a_stop_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..10 {
        let server = Server::start(folder.path());
        let (status, _) = server.told_to_stop(Duration::from_secs(30));
        assert!(status.success(), "it ended with {status}");
    }
}

#[tokio::test]
async fn a_log_with_history_is_not_served_without_the_keys_of_its_records() {
    let mut house = House::start().await;
    network(&house).await;
    citizen(&house, "CA1234567").await;
    let folder = std::mem::replace(&mut house.folder, tempfile::tempdir().unwrap());
    house.caught_up().await;
    drop(house);
    let data = folder.path().to_str().unwrap();
    std::fs::rename(folder.path().join("record-keys.db"), folder.path().join("elsewhere.db")).unwrap();
    let file = folder.path().join("commands.ndjson");
    std::fs::write(&file, "{\"command\": \"ClosePoint\", \"data\": {}}\n").unwrap();
    let file = file.to_str().unwrap();
    for call in [&["serve", "--listen", "127.0.0.1:0"][..], &["import", file], &["command", file], &["init"]] {
        let mut args = call.to_vec();
        args.extend(["--data", data]);
        let refused = run(&args);
        let error = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{call:?}: {error}");
        assert!(error.contains("record-keys.db is missing"), "{call:?}: {error}");
        assert!(!folder.path().join("record-keys.db").exists(), "no new one is made in its place");
    }
    // Who only looks makes none either, and the doctor says what to do.
    let reading = run(&["targets", "--programme", "lombardia", "--data", data]);
    assert!(String::from_utf8_lossy(&reading.stderr).contains("record-keys.db is missing"), "{reading:?}");
    let doctor = run(&["doctor", "--data", data]);
    let found = String::from_utf8_lossy(&doctor.stdout);
    assert_eq!(doctor.status.code(), Some(1), "{found}");
    assert!(found.contains("Put back the copy that belongs to keys.json"), "{found}");
    assert!(!folder.path().join("record-keys.db").exists(), "no new one is made in its place");
    std::fs::rename(folder.path().join("elsewhere.db"), folder.path().join("record-keys.db")).unwrap();
    drop(Server::start(folder.path()));
    ran(&["verify", "--data", data]);
}
