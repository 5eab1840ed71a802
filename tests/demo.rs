//! `traccia demo` as a newcomer runs it: the pages it points to have something to show, and a second run adds nothing.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::program::{Server, executable, ran, run};

struct Demo {
    server: Server,
    token: String,
}

impl Demo {
    fn on(folder: &std::path::Path) -> Demo {
        let server = Server::call("demo", folder, &["--rows", "600", "--seed", "7"]);
        let token = ran(&["token", "--subject", "revisore", "--role", "auditor", "--data", folder.to_str().unwrap()]);
        Demo { server, token: token.trim().to_owned() }
    }

    async fn text(&self, path: &str) -> String {
        let asked = reqwest::Client::new().get(format!("{}{path}", self.server.url)).bearer_auth(&self.token);
        let answer = asked.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path).await).unwrap()
    }

    /// Of each item a field, in order.
    async fn each(&self, path: &str, field: &str) -> Vec<String> {
        let items = self.json(path).await["items"].as_array().unwrap().clone();
        items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn the_demo_tells_a_projects_first_year_once() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::on(folder.path());
    let months = demo.json("/v1/reports?project=lombardia-mi&limit=100").await;
    let states: Vec<_> =
        months["items"].as_array().unwrap().iter().map(|month| month["state"].as_str().unwrap()).collect();
    let with = |state: &str| states.iter().filter(|found| **found == state).count();
    assert_eq!([with("accepted"), with("returned"), with("submitted")], [10, 1, 1], "{states:?}");
    assert!(months["items"].as_array().unwrap().iter().any(|month| month["overdue"] == true), "{months}");

    let tranches = demo.each("/v1/tranches?project=lombardia-mi", "state").await;
    assert_eq!(tranches[..3], ["paid", "authorised", "locked"]);
    let milestones = demo.each("/v1/milestones?project=lombardia-mi", "state").await;
    assert_eq!(milestones[0], "partially_met", "{milestones:?}");
    let exposures = demo.json("/v1/exposures?project=lombardia-mi&state=open").await;
    assert_eq!(exposures["items"][0]["causes"][0]["units"], 1, "{exposures}");
    let expenses = demo.json("/v1/expenses?project=lombardia-mi").await;
    assert_ne!(expenses["received"], "0.00");
    assert_eq!(demo.each("/v1/expenses?project=lombardia-mi", "state").await, ["accepted", "declared", "rejected"]);
    for (page, shows) in [
        ("/rendicontazione?project=lombardia-mi", "lombardia-mi"),
        ("/milestone?project=lombardia-mi", "certificata"),
        ("/milestone?project=lombardia-mi&on=2024-06-30", "A questo passo, raggiunta il"),
        ("/milestone?project=lombardia-mi&on=2024-06-30", "persons=at_risk"),
        ("/erogazioni?project=lombardia-mi", "pagata"),
        ("/spese?project=lombardia-mi", "accettata"),
        ("/rimodulazione?programme=lombardia&on=2024-06-30", "/progetti/lombardia-mi"),
    ] {
        assert!(demo.text(page).await.contains(shows), "{page}");
    }
    let last = demo.json("/v1/milestones?project=lombardia-mi").await["position"].clone();
    assert!(demo.server.terminate());

    let again = Demo::on(folder.path());
    assert_eq!(again.json("/v1/milestones?project=lombardia-mi").await["position"], last, "nothing was added");
}

#[test]
fn a_port_that_is_taken_is_said_before_anything_is_built() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let ended = run(&["demo", "--data", data.to_str().unwrap(), "--listen", &address]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains(&address) && said.contains("take a free one with --listen 127.0.0.1:0"), "{said}");
    assert!(!data.exists(), "nothing was built");
}

#[test]
fn the_demo_speaks_in_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(executable());
    program.args(["demo", "--rows", "600", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path());
    let mut demo = program.env_remove("TRACCIA_LOG").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines().map_while(Result::ok);
    let said: Vec<String> = lines.take(2).collect();
    demo.kill().unwrap();
    let mut traces = String::new();
    demo.stderr.take().unwrap().read_to_string(&mut traces).unwrap();
    demo.wait().unwrap();
    assert!(said[0].ends_with("and stays there. Ctrl-C stops it."), "{said:?}");
    assert!(said[1].ends_with("commands set up the programme and its network"), "{said:?}");
    assert_eq!(traces, "", "the tables were built meanwhile, and nobody had to read a trace");
}
