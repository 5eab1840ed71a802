//! A log whose answers take their time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use traccia_log::{
    append_resolved,
    contract::{begin, commit, point},
    jetstream,
};
use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
};

use super::until;
use crate::log_jetstream::options;

/// A way to a server on which whatever comes back is late, by so many milliseconds.
async fn long_way(url: &str, late: Arc<AtomicU64>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (here, there) = (listener.local_addr().unwrap(), url.trim_start_matches("nats://").to_owned());
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let Ok(far) = TcpStream::connect(&there).await else { continue };
            let ((mut asks, mut hears), (mut says, mut takes), late) =
                (near.into_split(), far.into_split(), Arc::clone(&late));
            tokio::spawn(async move { copy(&mut asks, &mut takes).await });
            tokio::spawn(async move {
                let mut said = vec![0; 64 << 10];
                while let Ok(length @ 1..) = says.read(&mut said).await {
                    sleep(Duration::from_millis(late.load(Ordering::SeqCst))).await;
                    if hears.write_all(&said[..length]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("nats://{here}")
}

#[tokio::test]
async fn a_log_that_answers_late_is_looked_at_all_the_same_and_written_to() {
    let Some(mut node) = had("late answers", Node::start(&Settings::default())) else { return };
    let late = Arc::new(AtomicU64::new(0));
    let log = jetstream::create(&options([long_way(&node.url(), Arc::clone(&late)).await]), 1).await.unwrap();
    begin(&log, &point(1), "flood").await;
    // A look has several questions, one after another.
    late.store(400, Ordering::SeqCst);
    node.kill().unwrap();
    node.restart().unwrap();
    until("it is written to", async || append_resolved(&log, &commit(&point(2), None, "works"), None).await.is_ok())
        .await;
}
