//! A projector that is cut off from everything while another one takes its place comes back as the one that stands by.

use std::time::Duration;

use tokio::time::sleep;

use super::{Site, process::Process};
use crate::faults::size;

/// Longer than a connection to the log is waited for.
const LONG: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projector_that_was_cut_off_from_everything_stands_by_and_takes_over_again() {
    let Some(mut site) = Site::start("a projector that is cut off", 1, size::or_drawn()).await else { return };
    let folder = site.folder.path().to_owned();
    let mut second = Process::start(&["project"], &folder, &site.nats, &site.tables, &mut site.rng);
    // It holds rows that it cannot write; the other one writes them.
    site.projector.tables.cut();
    site.comes("cut-off").await;
    site.caught_up().await;
    site.projector.log[0].cut();

    // The tables are there again, and led by the other one; the log is not there yet.
    site.projector.tables.mend();
    sleep(LONG).await;
    site.projector.log[0].mend();
    site.comes("back").await;
    site.caught_up().await;

    second.kill();
    site.comes("alone").await;
    site.caught_up().await;
    site.ends_well().await;
}

impl Site {
    /// Somebody new comes to the first server, and is told that it is done.
    async fn comes(&self, key: &str) {
        let request = self.load.newcomer(key);
        assert!(self.load.ask(&self.servers[0].url(), request).await);
        assert!(self.load.journal().requests[request].settled());
    }
}
