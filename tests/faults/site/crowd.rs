//! Clients who stay: they go to whichever server there is, and where they were left in doubt they ask again, there or
//! elsewhere.

use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use super::PATIENCE;
use crate::faults::load::Load;

/// The longest thought between two requests, in milliseconds.
const THOUGHT: u64 = 20;

pub struct Crowd {
    load: Arc<Load>,
    clients: JoinSet<()>,
    enough: watch::Sender<bool>,
}

impl Crowd {
    pub fn gather(load: &Arc<Load>, urls: &[String], clients: usize, rng: &mut Rng) -> Crowd {
        let mut crowd = Crowd { load: Arc::clone(load), clients: JoinSet::new(), enough: watch::Sender::default() };
        for _ in 0..clients {
            let client = client(Arc::clone(load), urls.to_vec(), rng.fork(), crowd.enough.subscribe());
            crowd.clients.spawn(client);
        }
        crowd
    }

    /// Waits until the log is known to be so much longer.
    pub async fn goes_on(&self, more: u64) {
        let (since, goal) = (Instant::now(), self.load.journal().known + more);
        while self.load.journal().known < goal {
            assert!(since.elapsed() < PATIENCE, "nothing is written any more");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Tells them that it is enough, and waits until each has the answer it waits for, or none.
    pub async fn goes_home(self) {
        self.enough.send_replace(true);
        self.clients.join_all().await;
    }
}

async fn client(load: Arc<Load>, urls: Vec<String>, mut rng: Rng, enough: watch::Receiver<bool>) {
    while !*enough.borrow() {
        let request = load.wishes(&mut rng);
        // Some give up at the first doubt, some after a few; in the end somebody asks again for all of them.
        let (mut left, mut again) = (rng.u8(1..4), true);
        while again && left > 0 && !*enough.borrow() {
            let url = rng.choice(&urls).expect("there is a server");
            load.ask(url, request).await;
            let settled = load.journal().requests[request].settled();
            // Now and then somebody asks again for what was answered already.
            again = if settled { rng.u8(..8) == 0 } else { true };
            left -= 1;
            // Who was told that something is down gives it a moment.
            let thought = if settled { THOUGHT } else { 10 * THOUGHT };
            sleep(Duration::from_millis(rng.u64(..thought))).await;
        }
    }
}
