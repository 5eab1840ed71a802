//! Servers that stop or die: what was answered stays, what was not is found out, and work goes on.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_nats::jetstream::{self as raw, message::PublishMessage};
use futures::future::join_all;
use tokio::task::JoinSet;
use traccia_domain::{Position, Recorded, StreamId};
use traccia_log::{
    JetStreamLog, Log as _, LogError, append_resolved,
    contract::{self, begin, commit, point},
    jetstream::{self, Options},
    verify_chain,
};
use traccia_tests::servers::{
    had,
    nats::{Cluster, Node, Settings},
};

use super::{read, until};
use crate::log_jetstream::{ALWAYS, cluster, options};

/// Writers that append one commit after another, each to new streams, and keep what they were answered.
struct Writers {
    tasks: JoinSet<Vec<(usize, Result<Position, LogError>)>>,
    answered: Arc<AtomicU64>,
    enough: Arc<AtomicU64>,
}

impl Writers {
    fn start(log: &JetStreamLog) -> Writers {
        let (answered, enough) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(u64::MAX)));
        let mut tasks = JoinSet::new();
        for writer in 0..8 {
            let (log, answered, enough) = (log.clone(), answered.clone(), enough.clone());
            tasks.spawn(async move {
                let mut outcomes = Vec::new();
                for n in writer * 1_000_000.. {
                    if answered.load(Ordering::Relaxed) >= enough.load(Ordering::Relaxed) {
                        break;
                    }
                    let outcome = append_resolved(&log, &commit(&point(n), None, "flood"), None).await;
                    if outcome.is_ok() {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    outcomes.push((n, outcome));
                }
                outcomes
            });
        }
        Writers { tasks, answered, enough }
    }

    /// Waits until so many more were answered.
    async fn answered(&self, more: u64) {
        let goal = self.answered.load(Ordering::Relaxed) + more;
        until("writers go on", async || self.answered.load(Ordering::Relaxed) >= goal).await;
    }

    /// Lets them end, and compares what they were told with what is in the log.
    async fn compare(self, log: &JetStreamLog) {
        self.enough.store(0, Ordering::Relaxed);
        let outcomes: Vec<_> = self.tasks.join_all().await.into_iter().flatten().collect();
        let commits = verify_chain(log).await.unwrap();
        let stored = read(log, Position::START, Position(commits)).await.unwrap();
        let mut positions: HashMap<StreamId, Vec<Position>> = HashMap::new();
        for stored in stored {
            positions.entry(stored.commit.stream).or_default().push(stored.position);
        }
        let at = |n: usize| positions.get(&point(n)).cloned().unwrap_or_default();
        for (n, outcome) in outcomes {
            match outcome {
                Ok(position) => assert_eq!(at(n), [position], "it was answered, so it is there once"),
                // New streams of one writer each: only its own sending could have been in the way.
                Err(LogError::Conflict) => panic!("{n} conflicts with nobody"),
                Err(LogError::Unavailable(_)) => assert_eq!(at(n), [], "it was said that nothing was written"),
                Err(LogError::Unknown(_)) => assert!(at(n).len() <= 1),
                Err(error @ LogError::Corrupt { .. }) => panic!("{error}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_under_load_loses_nothing_it_answered_and_the_rest_is_found_out() {
    let Some(mut node) = had("a server killed under load", Node::start(&ALWAYS)) else { return };
    let options = Options { monitoring: vec![node.monitoring()], ..options([node.url()]) };
    let log = jetstream::create(&options, 1).await.unwrap();
    let reader = tokio::spawn({
        let log = log.clone();
        async move { read(&log, Position::START, Position(400)).await }
    });
    let writers = Writers::start(&log);
    for _ in 0..3 {
        writers.answered(100).await;
        node.kill().unwrap();
        node.restart().unwrap();
    }
    writers.answered(100).await;
    writers.compare(&log).await;
    // A reader that was there from the beginning has seen each commit once, through all of it.
    let seen: Vec<Recorded> = reader.await.unwrap().unwrap();
    assert!(seen.iter().zip(1..).all(|(recorded, n)| recorded.position == Position(n)), "each once, in order");
}

#[tokio::test]
async fn what_is_sent_to_a_server_that_stops_is_unknown_and_found_out_when_it_goes_on() {
    let Some(node) = had("a server that stops", Node::start(&ALWAYS)) else { return };
    let short = Options {
        answer_within: Duration::from_millis(300),
        monitoring: vec![node.monitoring()],
        ..options([node.url()])
    };
    let log = jetstream::create(&short, 1).await.unwrap();
    let first = begin(&log, &point(1), "flood").await;
    let works = commit(&point(1), Some(&first), "works");

    node.pause().unwrap();
    let sent = log.append(&works, Some(first.position)).await;
    assert!(matches!(sent, Err(LogError::Unknown(_))), "{sent:?}");
    let many: Vec<_> = (2..5).map(|n| (commit(&point(n), None, "flood"), None)).collect();
    let outcomes = log.append_many(&many).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(LogError::Unknown(_)))), "{outcomes:?}");
    node.go_on().unwrap();

    let found = append_resolved(&log, &works, Some(first.position)).await;
    // Its first sending may have been stored before this one: then the expectation is gone, and reading tells whose it
    // is.
    assert!(matches!(found, Ok(Position(2)) | Err(LogError::Conflict)), "{found:?}");
    until("all are stored", async || log.head().await.unwrap() == Position(5)).await;
    let stored = log.load(&point(1), first.position).await.unwrap();
    assert_eq!(stored.iter().map(|stored| &stored.commit).collect::<Vec<_>>(), [&works]);
    assert_eq!(verify_chain(&log).await.unwrap(), 5);
}

#[tokio::test]
async fn a_connection_lost_before_the_answer_is_told_at_once_and_without_one_nothing_is_sent() {
    let Some(mut node) = had("a connection lost", Node::start(&ALWAYS)) else { return };
    let patient = Options { connect_within: Duration::from_millis(200), ..options([node.url()]) };
    let log = jetstream::create(&patient, 1).await.unwrap();
    begin(&log, &point(1), "flood").await;
    node.pause().unwrap();
    let since = Instant::now();
    let (sent, killed) = tokio::join!(biased; async { log.append(&commit(&point(2), None, "lost"), None).await }, async {
        tokio::task::yield_now().await;
        node.kill()
    });
    killed.unwrap();
    assert!(matches!(sent, Err(LogError::Unknown(_))), "{sent:?}");
    assert!(since.elapsed() < patient.answer_within / 2, "nobody waits for an answer that cannot come");
    let late = log.append(&commit(&point(3), None, "late"), None).await;
    assert!(matches!(late, Err(LogError::Unavailable(_))), "{late:?}");
    let many = [(commit(&point(4), None, "late"), None), (commit(&point(5), None, "late"), None)];
    let outcomes = log.append_many(&many).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(LogError::Unavailable(_)))), "{outcomes:?}");
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let Some(mut node) = had("a restart", Node::start(&ALWAYS)) else { return };
    let options = options([node.url()]);
    let log = jetstream::create(&options, 1).await.unwrap();
    let connected = log.clone();
    let restart = async |_| {
        node.kill().unwrap();
        node.restart().unwrap();
        JetStreamLog::open(&options).await.unwrap()
    };
    contract::a_restart_keeps_everything(log, restart).await;
    assert!(connected.at(Position(5)).await.unwrap().is_some(), "the old connection is made again");
}

/// The server that leads a stream.
async fn leader(context: &raw::Context, stream: &str) -> Option<String> {
    let info = context.get_stream(stream).await.ok()?.get_info().await.ok()?;
    info.cluster?.leader
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_loses_its_leader_goes_on_within_the_deadline() {
    let Some(mut cluster) = had("a lost leader", Cluster::start(3, &Settings::default())) else { return };
    let options = options(cluster.urls());
    let log = jetstream::create(&options, 3).await.unwrap();
    let context = raw::new(async_nats::connect(cluster.urls().as_slice()).await.unwrap());
    let writers = Writers::start(&log);
    writers.answered(100).await;

    let led = leader(&context, &options.stream).await.unwrap();
    let since = Instant::now();
    cluster.node(&led).unwrap().kill().unwrap();
    writers.answered(100).await;
    assert!(since.elapsed() < options.answer_within, "it took {:?}", since.elapsed());
    until("another leads", async || leader(&context, &options.stream).await.is_some_and(|now| now != led)).await;
    cluster.node(&led).unwrap().restart().unwrap();
    writers.answered(100).await;
    writers.compare(&log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_words_of_a_cluster_for_a_conflict_are_understood() {
    let Some(cluster) = cluster() else { return };
    let options = options(cluster.urls());
    let log = jetstream::create(&options, 3).await.unwrap();
    let context = raw::new(async_nats::connect(cluster.urls().as_slice()).await.unwrap());
    let mut codes = std::collections::BTreeSet::new();
    for round in 0..200 {
        // Sent together, so that most arrive while the first is on its way to the other servers.
        let subject = format!("{}.point.{}", options.prefix, 1_000 + round);
        let publish = || PublishMessage::build().payload("x".into()).expected_last_subject_sequence(0);
        let sent = join_all((0..16).map(|_| context.send_publish(subject.clone(), publish()))).await;
        for answer in join_all(sent.into_iter().map(|sent| sent.unwrap().into_future())).await {
            if let Err(error) = answer {
                let refusal = std::error::Error::source(&error).unwrap().downcast_ref::<raw::Error>().unwrap();
                codes.insert(refusal.error_code().0);
            }
        }
        let commits: Vec<_> = (0..16).map(|n| (commit(&point(round), None, &format!("writer {n}")), None)).collect();
        let outcomes = log.append_many(&commits).await;
        let (first, others) = outcomes.split_first().unwrap();
        assert!(first.is_ok(), "{first:?}");
        assert!(others.iter().all(|outcome| matches!(outcome, Err(LogError::Conflict))), "{others:?}");
        if codes.contains(&10_071) && codes.contains(&10_164) {
            return;
        }
    }
    panic!("this server says conflicts with other numbers: {codes:?}");
}
