//! The log on JetStream: the contract every backend keeps, on one server, on a cluster of three, and on a stream that
//! takes no batches; and what only a server can suffer.

mod batches;
mod left_behind;
mod refused;
mod secured;
mod suffered;

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use async_nats::jetstream as raw;
use traccia_log::{
    JetStreamLog,
    jetstream::{self, Options},
};
use traccia_tests::servers::{
    had,
    nats::{Cluster, Node, Settings},
};

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

/// A stream from before there were batches: every commit goes alone.
async fn without_batches() -> Option<(JetStreamLog, ())> {
    let options = options([server()?.url()]);
    jetstream::create(&options, 1).await.unwrap();
    let context = raw::new(async_nats::connect(server()?.url()).await.unwrap());
    let made = context.get_stream(&options.stream).await.unwrap().cached_info().config.clone();
    assert!(made.allow_atomic_publish, "a new stream takes batches");
    context.update_stream(raw::stream::Config { allow_atomic_publish: false, ..made }).await.unwrap();
    Some((jetstream::create(&options, 1).await.unwrap(), ()))
}

async fn on_three_servers() -> Option<(JetStreamLog, ())> {
    let options = options(cluster()?.urls());
    Some((jetstream::create(&options, 3).await.unwrap(), ()))
}

mod one_server {
    traccia_log::contract_suite!(super::on_one_server());
}

mod one_server_without_batches {
    traccia_log::contract_suite!(super::without_batches());
}

mod three_servers {
    traccia_log::contract_suite!(super::on_three_servers());
}
