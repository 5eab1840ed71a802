//! Room that is kept: before the disk is full, new commands are refused, and everybody who looks is told.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use traccia_tests::servers::{SmallDisk, had};

use super::until;
use crate::program::{Server, ran, run};

/// Of so many bytes 15 % are kept, which is less than the usual 1 GiB.
const SIZE: u64 = 96 << 20;
const KEPT: u64 = SIZE / 100 * 15;

/// An embedded installation on a small disk.
struct Site {
    disk: SmallDisk,
    data: String,
    token: String,
}

impl Site {
    fn new() -> Option<Site> {
        let disk = had("room that is kept", SmallDisk::of(SIZE))?;
        let data = disk.path().join("data").display().to_string();
        ran(&["init", "--data", &data]);
        let token = ran(&["token", "--data", &data, "--subject", "anna", "--role", "admin"]).trim().to_owned();
        Some(Site { disk, data, token })
    }

    fn serve(&self, more: &[&str]) -> Server {
        Server::call("serve", self.data.as_ref(), more)
    }

    /// Leaves so much free.
    fn leave(&self, free: u64) {
        let _ = self.disk.make_room();
        self.disk.fill(free).unwrap();
    }

    /// Registers somebody.
    async fn register(&self, server: &Server, passport: &str) -> (StatusCode, Value) {
        let body = json!({"documents": [{"kind": "passport", "number": passport}]});
        let to = format!("{}/v1/commands/RegisterCitizen", server.url);
        let answer = Client::new().post(to).bearer_auth(&self.token).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn text(&self, server: &Server, path: &str) -> (StatusCode, String) {
        let answer = Client::new().get(format!("{}{path}", server.url)).bearer_auth(&self.token).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// What the doctor says of the disk.
    fn doctor(&self) -> String {
        let said = String::from_utf8(run(&["doctor", "--data", &self.data]).stdout).unwrap();
        said.lines().find(|line| line.trim_start().starts_with("disk")).expect("it looks at the disk").to_owned()
    }
}

#[tokio::test]
async fn before_the_disk_is_full_new_commands_are_refused_and_reads_go_on() {
    let Some(site) = Site::new() else { return };
    let server = site.serve(&[]);
    assert_eq!(site.register(&server, "YA0000001").await.0, StatusCode::OK);
    assert!(site.doctor().contains(" ok "), "{}", site.doctor());

    // It is time to make room, and commands are still taken.
    site.leave(KEPT + KEPT / 2);
    until("the room is seen", async || {
        let (_, metrics) = site.text(&server, "/metrics").await;
        let free = metrics.lines().find_map(|line| line.strip_prefix("traccia_disk_free_bytes "));
        free.and_then(|free| free.parse::<f64>().ok()).is_some_and(|free| free < 2.0 * KEPT as f64)
    })
    .await;
    assert_eq!(site.register(&server, "YA0000002").await.0, StatusCode::OK);
    assert!(site.doctor().contains("LOOK") && site.doctor().contains("make room: below 14 MiB"), "{}", site.doctor());

    site.leave(KEPT / 2);
    until("new commands are refused", async || {
        site.register(&server, "YA0000003").await.0 == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    let (_, refused) = site.register(&server, "YA0000003").await;
    assert_eq!(refused["code"], "LogUnavailable", "{refused}");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("nothing was written") && detail.contains("make room on it"), "{detail}");
    let upload = Client::new().post(format!("{}/v1/imports", server.url)).bearer_auth(&site.token).body("");
    assert_eq!(upload.send().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE, "uploads write as well");
    let (status, ready) = site.text(&server, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.contains("new commands are refused: the disk of the log has"), "{ready}");
    assert_eq!(site.text(&server, "/v1/programmes").await.0, StatusCode::OK, "reads go on");
    assert!(site.doctor().contains("LOOK") && site.doctor().contains("are refused, because"), "{}", site.doctor());
    let (_, metrics) = site.text(&server, "/metrics").await;
    assert!(metrics.contains(r#"traccia_commands_total{command="RegisterCitizen",outcome="no_room"}"#), "{metrics}");

    site.disk.make_room().unwrap();
    until("commands are taken again", async || site.register(&server, "YA0000003").await.0 == StatusCode::OK).await;
    assert_eq!(site.text(&server, "/readyz").await.0, StatusCode::OK);
    assert!(server.terminate());
}

/// The negative control: without what is kept, the same disk is written to its end.
#[tokio::test]
async fn where_nothing_is_kept_commands_are_taken_until_the_disk_is_full() {
    let Some(site) = Site::new() else { return };
    let server = site.serve(&["--keep-free-mib", "0"]);
    site.leave(KEPT / 2);
    until("the room is seen", async || {
        site.text(&server, "/metrics").await.1.lines().any(|line| line == "traccia_disk_kept_bytes 0")
    })
    .await;
    assert_eq!(site.register(&server, "YA0000001").await.0, StatusCode::OK);
    assert_eq!(site.text(&server, "/readyz").await.0, StatusCode::OK);
}
