//! The log on JetStream: the contract every backend keeps, on one server and on a cluster of three, alone
//! and in batches; and what only a server can suffer.

mod batches;
mod left_behind;
mod refused;
mod secured;
mod suffered;

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use traccia_log::{
    JetStreamLog,
    jetstream::{self, Options},
};
use traccia_tests::servers::{
    had,
    nats::{Cluster, Node, Settings},
};

const ALWAYS: Settings = Settings { sync_always: true, more: String::new(), within: None };

/// The server that tests share. It is gone with the process: nobody drops it, and its watchdog sees to that.
fn server() -> Option<&'static Node> {
    static SERVER: OnceLock<Option<Node>> = OnceLock::new();
    SERVER.get_or_init(|| had("the log on one nats-server", Node::start(&Settings::default()))).as_ref()
}

/// The cluster that tests share.
fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER.get_or_init(|| had("the log on three nats-servers", Cluster::start(3, &Settings::default()))).as_ref()
}

/// Another log for each test, on servers they share.
fn options(urls: impl IntoIterator<Item = String>) -> Options {
    static LOGS: AtomicU32 = AtomicU32::new(0);
    let number = LOGS.fetch_add(1, Ordering::Relaxed);
    Options { stream: format!("LOG-{number}"), prefix: format!("tests.{number}"), ..Options::new(urls) }
}

async fn on_one_server() -> Option<(JetStreamLog, ())> {
    let options = options([server()?.url()]);
    Some((jetstream::create(&options, 1).await.unwrap(), ()))
}

/// A log on a server that is seen to sync always: what comes at once goes together.
fn in_batches() -> Option<Options> {
    static SERVER: OnceLock<Option<Node>> = OnceLock::new();
    let started = || had("the log on a nats-server that always syncs", Node::start(&ALWAYS));
    let server = SERVER.get_or_init(started).as_ref()?;
    Some(Options { monitoring: vec![server.monitoring()], ..options([server.url()]) })
}

async fn on_one_that_always_syncs() -> Option<(JetStreamLog, ())> {
    Some((jetstream::create(&in_batches()?, 1).await.unwrap(), ()))
}

async fn on_three_that_always_sync() -> Option<(JetStreamLog, ())> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let started = || had("the log on three nats-servers that always sync", Cluster::start(3, &ALWAYS));
    let cluster = CLUSTER.get_or_init(started).as_ref()?;
    let monitoring = cluster.nodes.iter().map(Node::monitoring).collect();
    Some((jetstream::create(&Options { monitoring, ..options(cluster.urls()) }, 3).await.unwrap(), ()))
}

async fn on_three_servers() -> Option<(JetStreamLog, ())> {
    let options = options(cluster()?.urls());
    Some((jetstream::create(&options, 3).await.unwrap(), ()))
}

mod one_server {
    traccia_log::contract_suite!(super::on_one_server());
}

mod one_server_that_always_syncs {
    traccia_log::contract_suite!(super::on_one_that_always_syncs());
}

mod three_servers_that_always_sync {
    traccia_log::contract_suite!(super::on_three_that_always_sync());
}

mod three_servers {
    traccia_log::contract_suite!(super::on_three_servers());
}
