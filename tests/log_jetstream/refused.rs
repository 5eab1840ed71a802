//! Logs that are not opened, each with a sentence that says what to do.

use std::{fs, path::PathBuf};

use async_nats::jetstream as raw;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use traccia_domain::{Position, hash::ShortHash};
use traccia_log::{
    JetStreamLog, Log as _, LogError,
    contract::{begin, follow, point},
    jetstream::{self, Credentials, OpenError, Options},
    verify_chain,
};
use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
};

use super::{options, server};

/// The sentence a log is refused with.
async fn refusal(options: &Options) -> String {
    JetStreamLog::open(options).await.expect_err("it must not be opened").to_string()
}

fn says(sentence: &str, words: &[&str]) {
    for word in words {
        assert!(sentence.contains(word), "{word:?} is not in: {sentence}");
    }
}

#[tokio::test]
async fn a_log_nobody_made_is_refused_with_what_makes_it() {
    let Some(server) = server() else { return };
    let options = options([server.url()]);
    says(&refusal(&options).await, &["there is no stream", &options.stream, "traccia init"]);
    jetstream::create(&options, 1).await.unwrap();
    says(&refusal(&options).await, &["is empty", &options.stream, "traccia init"]);
}

#[tokio::test]
async fn more_replicas_than_servers_are_refused_with_what_makes_them() {
    let Some(server) = server() else { return };
    let refused = jetstream::create(&options([server.url()]), 3).await.unwrap_err().to_string();
    says(&refused, &["on 3 servers", "start more in one cluster"]);
}

#[tokio::test]
async fn a_log_is_made_once_and_keeps_its_epoch() {
    let Some(server) = server() else { return };
    let options = options([server.url()]);
    let epoch = |word: &[u8]| ShortHash::of_parts([word]);
    let first = jetstream::init(&options, 1, epoch(b"first"), Timestamp::UNIX_EPOCH).await.unwrap();
    let again = jetstream::init(&options, 1, epoch(b"second"), Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!((first, again), (epoch(b"first"), epoch(b"first")));
    let log = JetStreamLog::open(&options).await.unwrap();
    assert_eq!(traccia_log::epoch(&log).await.unwrap(), Some(first));
}

#[tokio::test]
async fn a_stream_configured_otherwise_is_refused_and_each_difference_named() {
    let Some(server) = server() else { return };
    let options = options([server.url()]);
    let context = raw::new(async_nats::connect(server.url()).await.unwrap());
    let subjects = vec![format!("{}.>", options.prefix)];
    let limited = raw::stream::Config {
        name: options.stream.clone(),
        subjects,
        max_messages: 1_000,
        compression: Some(raw::stream::Compression::S2),
        ..Default::default()
    };
    context.create_stream(limited).await.unwrap();
    context.publish(format!("{}.point.a", options.prefix), "somebody else's".into()).await.unwrap().await.unwrap();
    let sentence = refusal(&options).await;
    let differences = [
        "max_msgs is 1000 and must be -1",
        "deny_delete is not set and must be true",
        "deny_purge is not set and must be true",
        "allow_direct is not set and must be true",
        "discard is \"old\" and must be \"new\"",
        "compression is \"s2\" and must be \"none\"",
    ];
    says(&sentence, &[&[options.stream.as_str()], differences.as_slice()].concat());
    let made = jetstream::create(&options, 1).await;
    assert!(matches!(made, Err(OpenError::Configured { .. })), "nor is it taken over: {made:?}");
}

#[tokio::test]
async fn a_stream_of_another_origin_is_not_started_as_a_log() {
    let Some(server) = server() else { return };
    let options = options([server.url()]);
    jetstream::create(&options, 1).await.unwrap();
    let context = raw::new(async_nats::connect(server.url()).await.unwrap());
    context.publish(format!("{}.point.a", options.prefix), "hello".into()).await.unwrap().await.unwrap();
    let started = jetstream::init(&options, 1, ShortHash::of_parts([b"e".as_slice()]), Timestamp::UNIX_EPOCH).await;
    says(&started.unwrap_err().to_string(), &["not a log of traccia"]);
}

/// Something that says it is a server of a version, and nothing else.
async fn pretender(version: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let info = format!(
            "INFO {{\"server_id\":\"x\",\"server_name\":\"x\",\"version\":\"{version}\",\"go\":\"\",\"host\":\"127.0.0.1\",\
             \"port\":{},\"headers\":true,\"max_payload\":1048576,\"proto\":1,\"jetstream\":true}}\r\n",
            address.port()
        );
        connection.write_all(info.as_bytes()).await.unwrap();
        let mut said = vec![0; 4_096];
        while connection.read(&mut said).await.is_ok_and(|read| read > 0) {
            connection.write_all(b"PONG\r\n").await.unwrap();
        }
    });
    format!("nats://{address}")
}

#[tokio::test]
async fn a_server_too_old_is_refused_before_it_is_asked_anything() {
    for version in ["2.9.10", "2.12.6"] {
        let options = Options::new([pretender(version).await]);
        let refused = JetStreamLog::open(&options).await.unwrap_err();
        assert!(matches!(&refused, OpenError::TooOld { found } if found == version), "{refused:?}");
        says(&refused.to_string(), &[version, "too old", "2.14.6 or 2.15.1", "2.12.7"]);
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_right_is_refused_and_no_password_in_it_repeated() {
    for (address, words) in [
        ("nats://127.0.0.1:1", ["no NATS server answers", "127.0.0.1:1"]),
        ("http://127.0.0.1:4222", ["is not the address of a NATS server", "nats://host:4222"]),
        ("", ["is not the address of a NATS server", "nats://host:4222"]),
        ("nats://anna:segreto@127.0.0.1", ["holds a name or a password", "name the file"]),
    ] {
        let sentence = refusal(&Options::new([address])).await;
        says(&sentence, &words);
        assert!(!sentence.contains("segreto"), "{sentence}");
    }
    for (monitoring, words) in [
        ("nats://127.0.0.1:8222", "is not the monitoring address"),
        ("https://127.0.0.1:8222", "write it as http://host:8222"),
        ("http://127.0.0.1:8222/varz", "is not the monitoring address"),
        ("", "is not the monitoring address"),
        ("http://anna:segreto@127.0.0.1:8222", "holds a name or a password"),
    ] {
        let options = Options { monitoring: vec![monitoring.to_owned()], ..Options::new(["nats://127.0.0.1:1"]) };
        let sentence = refusal(&options).await;
        says(&sentence, &[words]);
        assert!(!sentence.contains("segreto"), "{sentence}");
    }
    for name in ["two.parts", "", "a b", "x>"] {
        let options = Options { stream: name.to_owned(), ..Options::new(["nats://127.0.0.1:1"]) };
        says(&refusal(&options).await, &["cannot name a stream"]);
    }
}

fn written(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    file
}

/// Accounts as they are deployed: who makes the log may do everything, who writes may only do what writing takes.
const ACCOUNTS: &str = r#"
authorization {
  users: [
    { user: maker, password: martello }
    { user: writer, password: scalpello, permissions: {
        publish: [
          "traccia.>", "$JS.API.STREAM.INFO.traccia", "$JS.API.STREAM.MSG.GET.traccia", "$JS.API.DIRECT.GET.traccia"
          "$JS.API.CONSUMER.CREATE.traccia", "$JS.API.CONSUMER.CREATE.traccia.>", "$JS.API.CONSUMER.INFO.traccia.>"
          "$JS.API.CONSUMER.MSG.NEXT.traccia.>", "$SYS.REQ.USER.INFO"
        ]
        subscribe: ["_INBOX_writer.>"]
    } }
  ]
}
"#;

#[tokio::test]
async fn who_writes_needs_no_right_to_administer_and_is_refused_without_a_name() {
    let settings = Settings { more: ACCOUNTS.to_owned(), ..Settings::default() };
    let Some(node) = had("accounts", Node::start(&settings)) else { return };
    let folder = TempDir::new().unwrap();
    let user = |name: &str, password: &str| Credentials::User {
        name: name.to_owned(),
        password: written(&folder, name, &format!("{password}\n")),
    };
    let options = Options::new([node.url()]);
    let maker = Options { credentials: user("maker", "martello"), ..options.clone() };
    let inbox_prefix = Some("_INBOX_writer".to_owned());
    let writer = Options { credentials: user("writer", "scalpello"), inbox_prefix, ..options.clone() };

    says(&refusal(&options).await, &["refuses these credentials"]);
    let wrong = Options { credentials: user("stranger", "scalpello"), ..options.clone() };
    let refused = JetStreamLog::open(&wrong).await.unwrap_err();
    assert!(matches!(refused, OpenError::Stranger { .. }), "{refused:?}");
    assert!(!format!("{wrong:?} {refused:?} {refused}").contains("scalpello"));
    let nowhere = Options { credentials: Credentials::Key(folder.path().join("none")), ..options.clone() };
    says(&refusal(&nowhere).await, &["none cannot be read"]);

    let epoch = ShortHash::of_parts([b"epoch".as_slice()]);
    let short = Options { answer_within: std::time::Duration::from_millis(500), ..writer.clone() };
    let forbidden = jetstream::init(&short, 1, epoch, Timestamp::UNIX_EPOCH).await;
    says(&forbidden.unwrap_err().to_string(), &["traccia init", "a user who may create streams"]);
    jetstream::init(&maker, 1, epoch, Timestamp::UNIX_EPOCH).await.unwrap();

    let warned = JetStreamLog::open(&maker).await.unwrap().warnings().join("\n");
    says(&warned, &["may administer the stream (UPDATE, DELETE, PURGE, RESTORE)"]);
    let log = JetStreamLog::open(&writer).await.unwrap();
    assert!(!log.warnings().join("\n").contains("administer"), "{:?}", log.warnings());
    let first = begin(&log, &point(1), "flood").await;
    let second = follow(&log, &first, "works").await;
    assert_eq!(log.load(&point(1), Position::START).await.unwrap(), [first, second.clone()]);
    assert_eq!(log.at(second.position).await.unwrap(), Some(second));
    assert_eq!(verify_chain(&log).await.unwrap(), 3);
    let taken = log.append(&traccia_log::contract::commit(&point(1), None, "again"), None).await;
    assert!(matches!(taken, Err(LogError::Conflict)), "{taken:?}");
}
