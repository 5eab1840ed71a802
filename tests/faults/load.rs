//! Clients over HTTP, who write down what they ask for before they ask, and what they are told.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinSet};

use super::{
    journal::{Answer, Journal},
    world::{World, beginnings},
};
use crate::program::ran;

/// How long a client waits: a cluster that chooses a new leader takes 5 to 10 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// Who they are: two, for what takes two persons. The journal tells their requests apart by their keys.
pub const SUBJECTS: [&str; 2] = ["load", "other"];

/// Who asks for what one may do alone.
pub const SUBJECT: &str = SUBJECTS[0];

/// What all clients share.
pub struct Load {
    http: reqwest::Client,
    journal: Mutex<Journal>,
    world: Mutex<World>,
    /// One for each subject.
    tokens: [String; 2],
}

impl Load {
    /// Clients of a world of so many documents, who may do everything in the installation of a folder.
    pub fn of(data: &str, documents: u32) -> Arc<Load> {
        let token =
            |subject| ran(&["token", "--data", data, "--subject", subject, "--role", "admin"]).trim().to_owned();
        let tokens = SUBJECTS.map(token);
        let world = World::of(documents);
        let journal = Journal { canaries: world.canaries(), ..Journal::default() };
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        Arc::new(Load { http, journal: Mutex::new(journal), world: Mutex::new(world), tokens })
    }

    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn token(&self, subject: &str) -> &str {
        &self.tokens[SUBJECTS.iter().position(|known| *known == subject).expect("it is one of the two")]
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the programme up.
    pub async fn begin(&self, url: &str) {
        for (index, command) in beginnings().into_iter().enumerate() {
            let request = self.journal().asks(SUBJECT, &format!("begin-{index}"), command);
            assert!(self.ask(url, request).await, "a server that runs answers");
        }
        let journal = self.journal();
        assert!(journal.open().is_empty(), "the programme is set up: {:?}", journal.requests);
    }

    /// Lets clients go on until the server is gone, or they have had so many wishes.
    pub fn crowd(self: &Arc<Self>, url: &str, rng: &mut Rng, clients: usize, wishes: usize) -> JoinSet<()> {
        let mut crowd = JoinSet::new();
        for _ in 0..clients {
            crowd.spawn(Arc::clone(self).client(url.to_owned(), rng.fork(), wishes));
        }
        crowd
    }

    async fn client(self: Arc<Self>, url: String, mut rng: Rng, wishes: usize) {
        for _ in 0..wishes {
            let request = self.wishes(&mut rng);
            if !self.ask(&url, request).await {
                return;
            }
            // Now and then somebody asks again for what was answered already.
            if rng.u8(..8) == 0 {
                self.ask(&url, request).await;
            }
        }
    }

    /// Somebody wants something; it is written down, and not asked yet.
    pub fn wishes(&self, rng: &mut Rng) -> usize {
        let command = self.world().wish(rng);
        let key = format!("{:016x}", rng.u64(..));
        let subject = *rng.choice(&SUBJECTS).expect("there are two");
        self.journal().asks(subject, &key, command)
    }

    /// Somebody nobody has registered yet comes, under a key; it is written down, and not asked yet.
    pub fn newcomer(&self, key: &str) -> usize {
        let body = json!({"documents": [{"kind": "passport", "number": format!("YB{}", key.replace('-', ""))}]});
        self.journal().asks(SUBJECT, key, ("RegisterCitizen", body))
    }

    /// Asks once; whether anything was answered.
    pub async fn ask(&self, url: &str, request: usize) -> bool {
        let (sent, attempt) = {
            let mut journal = self.journal();
            let known = journal.known;
            let attempt = journal.tries(request, known);
            let Some(asked) = journal.requests.get(request) else { return false };
            let (name, body) = &asked.command;
            let to = format!("{url}/v1/commands/{name}");
            let sent = self
                .http
                .post(to)
                .bearer_auth(self.token(&asked.subject))
                .header("idempotency-key", &asked.key)
                .json(body);
            (sent, attempt)
        };
        let Ok(response) = sent.send().await else { return false };
        let status = response.status().as_u16();
        let Ok(body) = response.json::<Value>().await else { return false };
        let answer = answer(status, &body);
        if let Answer::Done { stream, .. } = &answer {
            self.world().hears(stream);
        }
        self.journal().answered(request, attempt, answer);
        true
    }

    /// Sends a request and does not wait for its answer; the connection, to be held open and never read.
    pub async fn shout(&self, url: &str, request: usize) -> TcpStream {
        let text = {
            let mut journal = self.journal();
            let known = journal.known;
            journal.tries(request, known);
            let asked = &journal.requests[request];
            let (name, body) = (asked.command.0, asked.command.1.to_string());
            format!(
                "POST /v1/commands/{name} HTTP/1.1\r\nhost: traccia\r\nauthorization: Bearer {}\r\nidempotency-key: {}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                self.token(&asked.subject),
                asked.key,
                body.len(),
            )
        };
        let mut connection = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        connection.write_all(text.as_bytes()).await.unwrap();
        connection
    }

    /// Asks again for everything that nobody knows the outcome of, until everybody does.
    pub async fn resolve(&self, url: &str) {
        for _ in 0..10 {
            let open = self.journal().open();
            for request in &open {
                self.ask(url, *request).await;
            }
            if open.is_empty() {
                return;
            }
        }
        let open = self.journal().open();
        panic!("no answer to these: {open:?}");
    }

    /// Asks for a number; the status.
    pub async fn read(&self, url: &str) -> Option<u16> {
        let asked = self.http.get(format!("{url}/v1/counting?programme=prog")).bearer_auth(self.token(SUBJECT));
        asked.send().await.ok().map(|response| response.status().as_u16())
    }

    /// What the server says of itself.
    pub async fn ready(&self, url: &str) -> Option<Value> {
        self.http.get(format!("{url}/readyz")).send().await.ok()?.json().await.ok()
    }

    /// Waits until the read models have reached the log's end.
    pub async fn caught_up(&self, url: &str) {
        let reached = async {
            loop {
                let ready: Value = self.http.get(format!("{url}/readyz")).send().await.unwrap().json().await.unwrap();
                if ready["lag"] == 0 {
                    return;
                }
            }
        };
        tokio::time::timeout(4 * PATIENCE, reached).await.expect("the read models catch up");
    }
}

/// An answer as the published description says it.
fn answer(status: u16, body: &Value) -> Answer {
    let code = body["code"].as_str().unwrap_or_default().to_owned();
    match (status, code.as_str()) {
        (200, _) => Answer::Done {
            position: body["position"].as_u64().unwrap_or(0),
            stream: body["stream"].as_str().unwrap_or_default().to_owned(),
            events: body["events"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            replayed: body["replayed"] == true,
        },
        (503, _) | (409, "Conflict") => Answer::NotWritten,
        (504, _) => Answer::Unknown,
        (400..500, _) => Answer::Refused(code),
        _ => Answer::Alarm(format!("{status}: {body}")),
    }
}
