//! Logs with something missing or changed under them: readers stop, writers are told, nobody goes on in silence.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use async_nats::jetstream::{self as raw, stream::DiscardPolicy};
use futures::StreamExt as _;
use tokio::time::timeout;
use traccia_domain::Position;
use traccia_log::{
    JetStreamLog, Log as _, LogError,
    contract::{begin, commit, follow, point},
    jetstream::{self, Options},
};
use traccia_tests::servers::{
    had,
    nats::{Node, Settings, VERSION},
};

use super::{read, until};
use crate::log_jetstream::{options, server};

/// Changes a stream as somebody with the rights to do so might.
async fn reconfigure(options: &Options, change: impl Fn(&mut raw::stream::Config)) {
    let context = raw::new(async_nats::connect(options.urls.as_slice()).await.unwrap());
    let mut config = context.get_stream(&options.stream).await.unwrap().cached_info().config.clone();
    change(&mut config);
    context.update_stream(&config).await.unwrap();
}

/// How long it may take to find that something is wrong.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How often a watchful log looks.
pub(super) const REST: Duration = Duration::from_millis(50);

/// A log that looks at its stream all the time.
pub(super) fn watchful(url: String) -> Options {
    Options { look_every: REST, ..options([url]) }
}

pub(super) fn damaged_at<T: std::fmt::Debug>(result: Result<T, LogError>) -> u64 {
    match result {
        Err(LogError::Corrupt { at: Position(at), .. }) => at,
        other => panic!("it is damaged: {other:?}"),
    }
}

#[tokio::test]
async fn a_missing_commit_stops_whoever_comes_to_it() {
    let Some(server) = server() else { return };
    let options = watchful(server.url());
    let log = jetstream::create(&options, 1).await.unwrap();
    let first = begin(&log, &point(1), "flood").await;
    begin(&log, &point(2), "flood").await;
    let second = follow(&log, &first, "works").await;
    let third = follow(&log, &second, "strike").await;
    assert_eq!(read(&log, Position::START, third.position).await.unwrap().len(), 4);

    // Only the last commit of each stream is kept now: positions 1 and 3 are gone.
    reconfigure(&options, |config| (config.max_messages_per_subject, config.discard) = (1, DiscardPolicy::Old)).await;
    assert_eq!(damaged_at(read(&log, Position::START, third.position).await), 1);
    assert_eq!(damaged_at(read(&log, first.position, third.position).await), 3, "it may be between two that are there");
    assert_eq!(damaged_at(log.at(second.position).await), 3);
    assert_eq!(damaged_at(log.load(&point(1), Position::START).await), 4, "what is left of a stream is not the stream");
    let checked = log.check().await.unwrap_err().to_string();
    assert!(checked.contains("max_msgs_per_subject is 1") && checked.contains("2 commits from 2 to 4"), "{checked}");
}

#[tokio::test]
async fn a_commit_filed_under_another_stream_stops_whoever_comes_to_it() {
    let Some(server) = server() else { return };
    let options = options([server.url()]);
    let log = jetstream::create(&options, 1).await.unwrap();
    begin(&log, &point(1), "flood").await;
    let chunk = log.read(Position::START).next().await.unwrap().unwrap();
    let text = chunk.texts().next().unwrap().1.to_owned();
    let context = raw::new(async_nats::connect(server.url()).await.unwrap());
    context.publish(format!("{}.{}", options.prefix, point(2)), text.into()).await.unwrap().await.unwrap();
    assert_eq!(damaged_at(read(&log, Position::START, Position(2)).await), 2);
}

#[tokio::test]
async fn a_configuration_changed_for_the_worse_ends_writing_until_it_is_put_right() {
    let Some(server) = server() else { return };
    let options = watchful(server.url());
    let log = jetstream::create(&options, 1).await.unwrap();
    let first = begin(&log, &point(1), "flood").await;
    reconfigure(&options, |config| config.max_age = Duration::from_secs(3_600)).await;
    until("the change is seen", async || log.trouble().is_some()).await;
    let refused = log.append(&commit(&point(2), None, "works"), None).await;
    let Err(LogError::Unavailable(why)) = refused else { panic!("{refused:?}") };
    assert!(why.to_string().contains("max_age is 3600000000000 and must be 0"), "{why}");
    let many = log.append_many(&[(commit(&point(2), None, "works"), None)]).await;
    assert!(matches!(many.as_slice(), [Err(LogError::Unavailable(_))]), "{many:?}");
    assert_eq!(log.load(&point(1), Position::START).await.unwrap(), std::slice::from_ref(&first), "it is still read");

    reconfigure(&options, |config| config.max_age = Duration::ZERO).await;
    until("it is put right", async || log.trouble().is_none()).await;
    follow(&log, &first, "works").await;
}

#[tokio::test]
async fn a_stream_that_is_gone_ends_writing_and_reading() {
    let Some(server) = server() else { return };
    let options = watchful(server.url());
    let log = jetstream::create(&options, 1).await.unwrap();
    let first = begin(&log, &point(1), "flood").await;
    let mut chunks = log.read(Position::START);
    chunks.next().await.unwrap().unwrap();
    let context = raw::new(async_nats::connect(server.url()).await.unwrap());
    context.delete_stream(&options.stream).await.unwrap();
    assert_eq!(damaged_at(chunks.next().await.unwrap()), 2);
    until("it is seen", async || log.trouble().is_some()).await;
    let refused = log.append(&commit(&point(2), None, "works"), None).await;
    assert!(matches!(refused, Err(LogError::Unavailable(_))), "{refused:?}");

    // Another stream of the same name is another log.
    let other = jetstream::create(&options, 1).await.unwrap();
    begin(&other, &point(1), "flood").await;
    until("it is seen", async || log.trouble().is_some_and(|trouble| trouble.contains("took the place"))).await;
    let mixed = log.append(&commit(&point(1), Some(&first), "works"), Some(first.position)).await;
    assert!(matches!(mixed, Err(LogError::Unavailable(_))), "{mixed:?}");
}

/// The file that holds a text, and where.
fn holding(folder: &Path, text: &str) -> Option<(PathBuf, usize)> {
    for entry in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        if entry.is_dir() {
            if let Some(found) = holding(&entry, text) {
                return Some(found);
            }
        } else if let Some(at) = fs::read(&entry).unwrap().windows(text.len()).position(|part| part == text.as_bytes())
        {
            return Some((entry, at));
        }
    }
    None
}

#[tokio::test]
async fn a_flipped_bit_is_found_though_the_server_says_nothing() {
    // Of the last commit nothing that comes behind it tells.
    for flipped in [5, 9] {
        let Some(mut node) = had("a flipped bit", Node::start(&Settings::default())) else { return };
        let options = options([node.url()]);
        let log = jetstream::create(&options, 1).await.unwrap();
        for n in 1..=9 {
            begin(&log, &point(n), &format!("flood number {n}")).await;
        }
        node.shut_down().unwrap();
        let (file, at) = holding(&node.folder().join("jetstream"), &format!("flood number {flipped}")).unwrap();
        let mut bytes = fs::read(&file).unwrap();
        bytes[at] ^= 1;
        fs::write(&file, bytes).unwrap();
        node.restart().unwrap();

        let log = JetStreamLog::open(&options).await.unwrap();
        assert_eq!((log.head().await.unwrap(), log.trouble()), (Position(9), None), "the server has nothing to say");
        let all = timeout(PATIENCE, read(&log, Position::START, Position(9))).await.expect("somebody looks");
        assert_eq!(damaged_at(all), flipped);
        let one = timeout(PATIENCE, log.at(Position(flipped))).await.expect("somebody looks");
        assert_eq!(damaged_at(one), flipped);
        let behind = read(&log, Position(flipped), Position(9)).await.unwrap();
        assert_eq!(behind.len() as u64, 9 - flipped, "what is behind it is whole");
    }
}

#[tokio::test]
async fn unsafe_settings_are_named_with_the_reason() {
    let Some(server) = server() else { return };
    let context = raw::new(async_nats::connect(server.url()).await.unwrap());
    let told = options([server.url()]);
    jetstream::create(&told, 1).await.unwrap();
    let echoed = context.get_stream(&told.stream).await.unwrap().cached_info().config.clone();
    assert_eq!(echoed.metadata.get("_nats.ver").map(String::as_str), Some(VERSION), "whoever leads tells its version");
    let said = async |options: Options| jetstream::create(&options, 1).await.unwrap().warnings().join("\n");
    let unseen = said(options([server.url()])).await;
    assert!(unseen.contains("cannot be seen from here") && unseen.contains("1 replica:"), "{unseen}");
    let lazy = said(Options { monitoring: vec![server.monitoring()], ..options([server.url()]) }).await;
    assert!(lazy.contains("n1 does not sync before it acknowledges"), "{lazy}");
    let always = Settings { sync_always: true, ..Settings::default() };
    let Some(node) = had("a server that syncs always", Node::start(&always)) else { return };
    let safe = said(Options { monitoring: vec![node.monitoring()], ..options([node.url()]) }).await;
    assert!(!safe.contains("sync") && safe.contains("replica"), "{safe}");
    let others = Settings { sync_always: true, more: "server_name: other\n".into(), ..Settings::default() };
    let Some(other) = had("another server that syncs always", Node::start(&others)) else { return };
    let strange = said(Options { monitoring: vec![other.monitoring()], ..options([server.url()]) }).await;
    assert!(strange.contains("n1 holds the log, and no monitoring address is its own"), "{strange}");
}
