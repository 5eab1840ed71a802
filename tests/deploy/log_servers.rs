//! The log's servers as deployed: a real one takes the configuration, and refuses what it must.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use async_nats::{Client, ConnectOptions};
use futures::{StreamExt as _, future::join_all};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use traccia_domain::{Position, hash::ShortHash};
use traccia_log::{
    JetStreamLog, Log as _, LogError,
    contract::{begin, commit, follow, point},
    jetstream::{self, Credentials, Options},
};
use traccia_tests::servers::{
    NoServer, had,
    nats::{Node, Settings, program},
};

use super::{folder, text, words};

const UPDATE: &str = "$JS.API.STREAM.UPDATE.traccia";

/// A server with accounts, and passwords that are the users' names.
struct Site {
    node: Node,
    secrets: TempDir,
}

impl Site {
    fn start(accounts: &str) -> Option<Site> {
        let mut more = accounts.to_owned();
        for variable in words(accounts, "NATS_") {
            more = more.replace(&format!("${variable}"), &variable.trim_start_matches("NATS_").to_lowercase());
        }
        let node = had("the deployed accounts", Node::start(&Settings { more, ..Settings::default() }))?;
        Some(Site { node, secrets: TempDir::new().unwrap() })
    }

    fn options(&self, user: &str) -> Options {
        let password = self.secrets.path().join(user);
        fs::write(&password, user).unwrap();
        Options {
            stream: "traccia".to_owned(),
            credentials: Credentials::User { name: user.to_owned(), password },
            inbox_prefix: Some(format!("_INBOX_{user}")),
            answer_within: Duration::from_secs(2),
            ..Options::new([self.node.url()])
        }
    }

    async fn log(&self, user: &str) -> JetStreamLog {
        JetStreamLog::open(&self.options(user)).await.unwrap()
    }

    /// Makes the log, as the person who may.
    async fn init(&self) {
        let epoch = ShortHash::of_parts([b"deployed".as_slice()]);
        jetstream::init(&self.options("administrator"), 1, epoch, Timestamp::UNIX_EPOCH).await.unwrap();
    }

    /// Anybody's own client, who knows what traccia does not do.
    async fn client(&self, user: &str) -> Client {
        let options = ConnectOptions::with_user_and_password(user.to_owned(), user.to_owned());
        let options = options.custom_inbox_prefix(format!("_INBOX_{user}")).event_callback(|_| async {});
        options.request_timeout(Some(Duration::from_secs(2))).connect(self.node.url()).await.unwrap()
    }

    /// Configuration and commits, as the administrator sees them.
    async fn stream(&self) -> (Value, Value) {
        let info = ask(&self.client("administrator").await, "$JS.API.STREAM.INFO.traccia", json!({})).await.unwrap();
        (info["config"].clone(), info["state"]["messages"].clone())
    }
}

/// What the server answers, if it does.
async fn ask(client: &Client, subject: &str, question: Value) -> Option<Value> {
    let answer = client.request(subject.to_owned(), question.to_string().into()).await.ok()?;
    serde_json::from_slice(&answer.payload).ok()
}

#[tokio::test]
async fn each_user_can_do_its_work() {
    let Some(site) = Site::start(&text("nats/accounts.conf")) else { return };
    assert!(JetStreamLog::open(&site.options("application")).await.is_err(), "there is no log yet");
    let epoch = ShortHash::of_parts([b"stolen".as_slice()]);
    let made = jetstream::init(&site.options("application"), 1, epoch, Timestamp::UNIX_EPOCH).await;
    made.expect_err("only the administrator makes the log");
    site.init().await;

    let log = site.log("application").await;
    let first = begin(&log, &point(1), "flood").await;
    let second = follow(&log, &first, "over").await;
    let again = log.append(&commit(&point(1), None, "late"), None).await;
    assert!(matches!(again, Err(LogError::Conflict)), "{again:?}");
    let many: Vec<_> = (2..300).map(|number| (commit(&point(number), None, "many"), None)).collect();
    assert!(log.append_many(&many).await.iter().all(Result::is_ok));
    let both = [first, second.clone()];
    assert_eq!(log.load(&point(1), Position::START).await.unwrap(), both);
    assert_eq!(log.load_from_leader(&point(1), Position::START).await.unwrap(), both);
    assert_eq!(log.at(second.position).await.unwrap(), Some(second));

    let reader = site.log("reader").await;
    let (head, mut read, mut chunks) = (log.head().await.unwrap(), 0, reader.read(Position::START));
    while read < head.0 {
        read += chunks.next().await.unwrap().unwrap().commits().count() as u64;
    }
    assert_eq!((read, reader.head().await.unwrap()), (301, head));
    reader.append(&commit(&point(900), None, "mine"), None).await.expect_err("a reader writes nothing");
    assert_eq!(log.head().await.unwrap(), head);

    let auditor = site.client("auditor").await;
    let by_subject = format!("$JS.API.DIRECT.GET.traccia.traccia.{}", point(1));
    for (subject, question, expected) in
        [("$JS.API.DIRECT.GET.traccia", r#"{"seq": 2}"#, &both[0]), (&*by_subject, "", &both[1])]
    {
        let found = auditor.request(subject.to_owned(), question.into()).await.unwrap();
        assert_eq!(found.payload, expected.commit.encode(), "{subject}");
    }
}

#[tokio::test]
async fn nobody_but_the_administrator_changes_the_log() {
    let Some(site) = Site::start(&text("nats/accounts.conf")) else { return };
    site.init().await;
    let log = site.log("application").await;
    begin(&log, &point(1), "flood").await;
    let before = site.stream().await;
    let mut emptied = before.0.clone();
    emptied["max_age"] = json!(1_000_000_000);
    for user in ["application", "reader", "auditor"] {
        let client = site.client(user).await;
        assert!(ask(&client, "$JS.API.STREAM.INFO.traccia", json!({})).await.is_some(), "{user} cannot even look");
        let (copy, durable) = (json!({"name": "other", "subjects": ["o.>"]}), json!({"durable_name": "d"}));
        let tried = [
            ("STREAM.CREATE.other", copy),
            ("STREAM.UPDATE.traccia", emptied.clone()),
            ("STREAM.PURGE.traccia", json!({})),
            ("STREAM.DELETE.traccia", json!({})),
            ("STREAM.MSG.DELETE.traccia", json!({"seq": 1})),
            ("STREAM.SNAPSHOT.traccia", json!({"deliver_subject": "here"})),
            ("STREAM.RESTORE.traccia", json!({"config": emptied})),
            ("STREAM.LEADER.STEPDOWN.traccia", json!({})),
            ("STREAM.NAMES", json!({})),
            ("CONSUMER.CREATE.traccia.d", json!({"stream_name": "traccia", "config": durable})),
            ("CONSUMER.DURABLE.CREATE.traccia.d", json!({"stream_name": "traccia", "config": durable})),
        ];
        let answers = tried.iter().map(|(request, question)| {
            let (client, subject) = (client.clone(), format!("$JS.API.{request}"));
            async move { (*request, ask(&client, &subject, question.clone()).await) }
        });
        for (request, answer) in join_all(answers).await {
            assert_eq!(answer, None, "{user} is answered to {request}");
        }
    }
    let auditor = site.client("auditor").await;
    let consumer = json!({"stream_name": "traccia", "config": {"ack_policy": "none"}});
    assert_eq!(ask(&auditor, "$JS.API.CONSUMER.CREATE.traccia", consumer).await, None, "an auditor has no consumers");
    assert_eq!(site.stream().await, before);
}

/// Stores an administrator's request as if it were a commit, and asks for it with the administration as the place to
/// answer to.
async fn answers_to_the_administration(site: &Site, user: &str) -> bool {
    let before = site.stream().await.0;
    let mut changed = before.clone();
    changed["description"] = json!("taken over");
    let client = site.client(user).await;
    ask(&client, "traccia.point.forged", changed).await.expect("the application may store what it likes");
    let question = json!({"last_by_subj": "traccia.point.forged"}).to_string();
    client.publish_with_reply("$JS.API.DIRECT.GET.traccia", UPDATE, question.into()).await.unwrap();
    let consumer = json!({"stream_name": "traccia", "config": {
        "deliver_policy": "last", "ack_policy": "none", "mem_storage": true, "num_replicas": 1
    }});
    let consumer = ask(&client, "$JS.API.CONSUMER.CREATE.traccia", consumer).await.unwrap();
    let next = format!("$JS.API.CONSUMER.MSG.NEXT.traccia.{}", consumer["name"].as_str().unwrap());
    client.publish_with_reply(next, UPDATE, "{}".into()).await.unwrap();
    // Answered after both were carried out: the server takes a client's requests in order.
    ask(&client, "$JS.API.STREAM.INFO.traccia", json!({})).await.unwrap();
    let mut looks = 0;
    while looks < 20 && site.stream().await.0 == before {
        looks += 1;
    }
    site.stream().await.0 != before
}

#[tokio::test]
async fn an_answer_cannot_be_sent_to_the_administration() {
    let Some(site) = Site::start(&text("nats/accounts.conf")) else { return };
    site.init().await;
    assert!(!answers_to_the_administration(&site, "application").await, "the application has changed the stream");
}

/// The same in one account, with permissions alone: it must succeed, or the test above tests nothing.
#[tokio::test]
async fn permissions_alone_would_not_keep_the_application_from_administration() {
    let permissions = r#"accounts { traccia { jetstream: enabled, users: [
        { user: administrator, password: $NATS_ADMINISTRATOR }
        { user: application, password: $NATS_APPLICATION, permissions {
            publish { allow: ["traccia.>", "$JS.API.STREAM.INFO.traccia", "$JS.API.DIRECT.GET.traccia",
                "$JS.API.CONSUMER.CREATE.traccia", "$JS.API.CONSUMER.MSG.NEXT.traccia.*"] }
            subscribe { allow: "_INBOX_application.>" } } }
    ] } }"#;
    let Some(site) = Site::start(permissions) else { return };
    site.init().await;
    let client = site.client("application").await;
    assert_eq!(ask(&client, UPDATE, json!({})).await, None, "asked directly it is refused");
    assert!(answers_to_the_administration(&site, "application").await, "nats-server has closed this way: simplify");
}

/// What `node.env` sets, with certificates that are there.
fn environment(certificates: &TempDir) -> Vec<(String, String)> {
    let signed = rcgen::generate_simple_self_signed(vec!["nats-1".to_owned()]).unwrap();
    let file = |name: &str, text: String| -> PathBuf {
        let path = certificates.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (certificate, key) =
        (file("server.pem", signed.cert.pem()), file("server.key", signed.signing_key.serialize_pem()));
    let text = text("nats/node.env");
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    let value = |name: &str, value: &str| match name {
        "NATS_CERT" | "NATS_CA" => certificate.display().to_string(),
        "NATS_KEY" => key.display().to_string(),
        _ => value.trim_matches(['\'', '"']).to_owned(),
    };
    lines.map(|(name, text)| (name.to_owned(), value(name, text))).collect()
}

#[test]
fn a_real_server_takes_the_configuration_with_every_variable_and_not_without_one() {
    let found = program().map_err(NoServer::Missing);
    let Some(program) = had("the deployed configuration", found) else { return };
    let certificates = TempDir::new().unwrap();
    let environment = environment(&certificates);
    let checked = |leave_out: &str| {
        let mut check = Command::new(program);
        check.arg("-t").arg("--config").arg(folder().join("nats/nats-server.conf")).env_clear();
        check.envs(environment.iter().filter(|(name, _)| name != leave_out).map(|(name, value)| (name, value)));
        check.output().unwrap()
    };
    let taken = checked("");
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    for (name, _) in &environment {
        assert!(!checked(name).status.success(), "{name} is set and not used");
    }
}
