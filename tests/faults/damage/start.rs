//! A start that must come to nothing: the process ends and says why; or, where its read models had reached the log's end
//! before, it answers with these, is not ready, and says why.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::program::executable;

/// How long something may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a server with more arguments; everything that it says of why it does not do its work.
pub async fn comes_to_nothing(folder: &Path, more: &[&str]) -> String {
    let traces = tempfile::NamedTempFile::new().unwrap();
    let process = Command::new(executable())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder)
        .args(more)
        .env("TRACCIA_LOG", "error")
        .stdout(Stdio::piped())
        .stderr(File::create(traces.path()).unwrap())
        .spawn()
        .unwrap();
    let mut process = Killed(process);
    let lines = BufReader::new(process.0.stdout.take().unwrap()).lines();
    let ready = lines.map_while(Result::ok).find(|line| line.contains("ready at"));
    if let Some(line) = ready {
        let why = unready(line.split("ready at ").nth(1).unwrap()).await;
        return format!("{why}\n{}", fs::read_to_string(traces.path()).unwrap());
    }
    assert!(!process.0.wait().unwrap().success(), "it ends as if all were well");
    fs::read_to_string(traces.path()).unwrap()
}

/// A process that does not outlive whoever looks at it.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until a server is not ready any more; why.
pub async fn unready(url: &str) -> String {
    let asked = async {
        loop {
            let ready: Value = reqwest::get(format!("{url}/readyz")).await.unwrap().json().await.unwrap();
            if ready["ready"] == false {
                return ready["why"].as_str().unwrap().to_owned();
            }
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.expect("it is not ready any more")
}
