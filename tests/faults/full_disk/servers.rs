//! PostgreSQL's folder on a disk that fills.

use fastrand::Rng;
use traccia_tests::servers::{SmallDisk, had};

use super::{CLIENTS, FULL, Tally, goes_on, until};
use crate::{
    faults::{size, tabled::Tabled},
    program::ran,
};

/// A new database takes 40 MB, and its write-ahead log pieces of 16 MB.
const DATABASE: u64 = 256 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_of_postgresql_is_full_commands_go_on_and_the_tables_follow_with_room() {
    let Some(disk) = had("a full disk (PostgreSQL)", SmallDisk::of(DATABASE)) else { return };
    let Some(site) = Tabled::start_on(disk.path()).await else { return };
    let Tabled { database, tables, folder, load, server } = &site;
    let seed = size::or_drawn();
    let mut rng = Rng::with_seed(seed);
    let (rounds, mut ended) = (size::full_disks(), 0);
    for round in 0..rounds {
        for crashes in [false, true] {
            let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
            goes_on(load, 10 * CLIENTS).await;
            disk.fill(rng.u64(..64 << 10)).unwrap();
            if crashes {
                database.crashes_for_want_of_room();
            }
            until("the read models wait", async || {
                let ready = load.ready(&server.url).await.unwrap_or_default();
                ready["ready"] == false && ready["why"].as_str().is_some_and(|why| why.contains("read models"))
            })
            .await;
            // Only while the database is there can it be known whether a key was used before: without it a command is refused,
            // or its client gives up.
            if !crashes {
                goes_on(load, 4 * CLIENTS).await;
            }
            tokio::time::sleep(FULL).await;
            ended += u64::from(!database.answers());
            // Old numbers, or none while the server is down; never others.
            assert!(matches!(load.read(&server.url).await, None | Some(200 | 503)));
            drop(crowd);
            disk.make_room().unwrap();
            if crashes || !database.answers() {
                database.recover();
            }
            let crowd = load.crowd(&server.url, &mut rng, CLIENTS, usize::MAX);
            goes_on(load, 4 * CLIENTS).await;
            drop(crowd);
            site.holds(&format!("seed {seed}, round {round}")).await;
            ran(&["verify", "--data", folder.path().to_str().unwrap(), "--tables", tables]);
        }
    }
    let (Tally { done, failed }, unknown) = (Tally::of(load), load.journal().unknown());
    assert!(site.server.terminate());
    println!(
        "full disks: {} of PostgreSQL, which answered nobody in {ended} of them, {done} commands carried out, {failed} not, \
         {unknown} of them unknown, all resolved",
        2 * rounds
    );
}
