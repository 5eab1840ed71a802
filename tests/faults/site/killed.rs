//! `kill -9` of each process in turn, at random times under load; the others go on, or wait.

use std::time::Duration;

use tokio::time::sleep;

use super::Site;
use crate::faults::size;

#[derive(Clone, Copy, Debug)]
enum Victim {
    Server,
    Projector,
    Log,
    Tables,
}

/// Turns after which another site is begun: the checker reads the whole log at each rest.
const TURNS: u64 = 10;

impl Site {
    /// Kills one, and starts it again a moment later.
    async fn loses(&mut self, victim: Victim) {
        let one = self.rng.usize(..self.servers.len());
        match victim {
            Victim::Server => self.servers[one].kill(),
            Victim::Projector => self.projector.kill(),
            Victim::Log => self.nats.nodes[0].kill().unwrap(),
            Victim::Tables => self.postgres.kill(),
        }
        sleep(Duration::from_millis(self.rng.u64(..300))).await;
        match victim {
            Victim::Server => self.servers[one].start_again(),
            Victim::Projector => self.projector.start_again(),
            Victim::Log => self.nats.nodes[0].restart().unwrap(),
            Victim::Tables => self.postgres.start_again(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_under_load_every_promise_holds() {
    let (of_each, mut killed, mut requests, mut commits, mut unknown) = (size::kills_of_each(), 0, 0, 0, 0);
    while killed < of_each {
        let Some(mut site) = Site::start("kills of real servers", 1, size::or_drawn()).await else { return };
        for _ in 0..TURNS.min(of_each - killed) {
            let crowd = site.crowd(6);
            let mut victims = [Victim::Server, Victim::Projector, Victim::Log, Victim::Tables];
            site.rng.shuffle(&mut victims);
            for victim in victims {
                // A moment that nobody chose, some time into the load.
                crowd.goes_on(site.rng.u64(1..30)).await;
                sleep(Duration::from_millis(site.rng.u64(..50))).await;
                site.loses(victim).await;
            }
            crowd.goes_on(10).await;
            crowd.goes_home().await;
            site.rest().await;
            site.holds(&format!("after {victims:?}")).await;
            killed += 1;
        }
        site.ends_well().await;
        unknown += site.load.journal().unknown();
        requests += site.load.journal().requests.len();
        commits += site.log().await.len();
    }
    println!(
        "kills: {of_each} each of a server, the projector, nats-server and PostgreSQL, {requests} requests, {commits} \
         commits, {unknown} unknown outcomes, all resolved"
    );
}
