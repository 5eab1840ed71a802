//! A log on three nats-servers whose leader is killed, stands still, or is cut off together with one of our servers.

use std::time::Duration;

use async_nats::jetstream;
use tokio::time::timeout;

use super::{Site, crowd::Crowd, moments::until};
use crate::faults::size;

/// How much longer the log has to get before something is said to go on.
const MORE: u64 = 5;

impl Site {
    /// The nats-server that leads the stream, as others than one know it; none while they do not know.
    async fn leader(&self, but: Option<usize>) -> Option<usize> {
        let urls: Vec<String> =
            self.nats.urls().into_iter().enumerate().filter(|(one, _)| Some(*one) != but).map(|(_, url)| url).collect();
        let told = timeout(Duration::from_secs(5), async {
            let context = jetstream::new(async_nats::connect(urls).await.ok()?);
            context.get_stream(super::STREAM).await.ok()?.cached_info().cluster.clone()?.leader
        });
        let name = told.await.ok()??;
        self.nats.nodes.iter().position(|node| node.name() == name)
    }

    /// The one that leads now.
    async fn led(&self) -> usize {
        let mut led = None;
        until("somebody leads", async || {
            led = self.leader(None).await;
            led.is_some()
        })
        .await;
        led.unwrap()
    }

    /// Waits until another one leads, and work goes on.
    async fn goes_on_without(&self, led: usize, crowd: &Crowd) {
        until("another one leads", async || self.leader(Some(led)).await.is_some_and(|now| now != led)).await;
        crowd.goes_on(MORE).await;
    }

    async fn killed(&mut self, crowd: &Crowd) {
        let led = self.led().await;
        self.nats.nodes[led].kill().unwrap();
        self.goes_on_without(led, crowd).await;
        self.nats.nodes[led].restart().unwrap();
        crowd.goes_on(MORE).await;
    }

    async fn paused(&mut self, crowd: &Crowd) {
        let led = self.led().await;
        self.nats.nodes[led].pause().unwrap();
        self.goes_on_without(led, crowd).await;
        self.nats.nodes[led].go_on().unwrap();
        crowd.goes_on(MORE).await;
    }

    /// The leader and the first server see nobody but each other; the rest see nothing of them.
    async fn cut_off(&mut self, crowd: &Crowd) {
        let led = self.led().await;
        let between = self.roads.iter().filter(|((from, to), _)| *from == led || *to == led).map(|(_, road)| road);
        let theirs = self.servers[0].log.iter().enumerate().filter(|(one, _)| *one != led).map(|(_, wire)| wire);
        let ours = [&self.servers[1].log[led], &self.projector.log[led]];
        let border: Vec<_> = between.chain(theirs).chain(ours).collect();
        border.iter().for_each(|wire| wire.cut());
        self.goes_on_without(led, crowd).await;
        border.iter().for_each(|wire| wire.mend());
        crowd.goes_on(MORE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_becomes_of_the_leader_every_promise_holds() {
    let (mut requests, mut commits, mut unknown) = (0, 0, 0);
    for _ in 0..size::leaders() {
        let Some(mut site) = Site::start("a cluster's leader", 3, size::or_drawn()).await else { return };
        let crowd = site.crowd(16);
        crowd.goes_on(MORE).await;
        site.killed(&crowd).await;
        site.paused(&crowd).await;
        site.cut_off(&crowd).await;
        site.killed(&crowd).await;
        crowd.goes_home().await;
        site.ends_well().await;
        let journal = site.load.journal();
        (requests, unknown) = (requests + journal.requests.len(), unknown + journal.unknown());
        commits += journal.known;
    }
    let leaders = size::leaders();
    println!(
        "leaders: {} killed, {leaders} paused, {leaders} cut off, {requests} requests, {commits} commits, {unknown} \
         unknown outcomes, all resolved",
        2 * leaders
    );
}
