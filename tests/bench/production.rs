//! Rebuilding every read model from JetStream into PostgreSQL, beside the peer's replay into its one view, and beside what
//! the server gives to a consumer that does nothing with it.

use std::time::Instant;

use async_nats::jetstream::{self, consumer::pull};
use futures::StreamExt as _;
use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_projections::Projections;
use traccia_projector::rebuild;

use crate::{
    history::History,
    installation::{Installation, Sync},
    peer::Peer,
    report::{Figure, READING, REBUILT, Report},
};

pub async fn measure(commits: u64, peer: Option<Peer>, report: &mut Report) {
    // How the log was synced when it was written is nothing to those who read it.
    let Some(here) = Installation::production(Sync::ByDefault).await else { return };
    History::new(&here.network, 2, 5).fill(&here.log, commits).await;
    let head = here.log.head().await.expect("a head");
    eprintln!("a history of {head} commits is there");

    let raw = consumed(&here, head).await;
    report.add(Figure::new("ordered consumer of the client's library, texts left unread", raw, "commits/s", READING));
    let begun = Instant::now();
    rebuild::<Projections, _>(&here.log, &here.tables, |_| {}).await.expect("a rebuild");
    let rate = head.0 as f64 / begun.elapsed().as_secs_f64();
    let work = format!("rebuild of {commits} commits, JetStream to PostgreSQL, beside the peer's replay");
    report.add(Figure::new(work, rate, "commits/s", REBUILT).times_if(60.0, peer.map(|peer| peer.replay)));
    report.add(Figure::new("the same, beside the ordered consumer", rate, "commits/s", REBUILT).times(0.3, raw));
}

/// Messages a second that the client's own ordered consumer gets.
async fn consumed(here: &Installation, head: Position) -> f64 {
    let url = here.nats.as_ref().expect("the log is on a server").url();
    let client = async_nats::connect(url).await.expect("a connection");
    let stream = jetstream::new(client).get_stream("traccia").await.expect("the stream");
    let begun = Instant::now();
    let consumer = stream.create_consumer(pull::OrderedConfig::default()).await.expect("a consumer");
    let mut messages = consumer.messages().await.expect("messages").take(usize::try_from(head.0).expect("few enough"));
    while let Some(message) = messages.next().await {
        message.expect("a message");
    }
    head.0 as f64 / begun.elapsed().as_secs_f64()
}
