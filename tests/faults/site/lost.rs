//! Negative controls on real servers: what is lost or changed there on purpose is found.

use std::{path::Path, process::Command};

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::Site;
use crate::faults::{
    checker::{Broken, listed},
    journal::Answer,
    load::SUBJECT,
    raw, size,
};

impl Site {
    /// The checker finds the one, and the program that does not know what clients were told finds the other.
    async fn finds(&self, checked: Broken, verified: Broken) {
        for (broken, findings) in [(checked, self.checked().await), (verified, self.verified().await)] {
            let found = findings.iter().any(|finding| finding.broken == broken);
            assert!(found, "seed {}, no {broken:?}: {}", self.seed, listed(&findings));
        }
    }

    /// Does something to the tables by hand, in the schema that is in place.
    async fn by_hand(&self, sql: &str) {
        let mut database = PgConnection::connect(&self.tables).await.unwrap();
        let generation: i64 =
            sqlx::query_scalar("select generation from traccia.installation").fetch_one(&mut database).await.unwrap();
        let sql = format!("set search_path = traccia_g{generation}; {sql}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut database).await.unwrap();
    }

    /// Asks the first server, which answers that it is done; what it named.
    async fn done(&self, request: usize) -> String {
        assert!(self.load.ask(&self.servers[0].url(), request).await);
        let answer = self.load.journal().requests[request].attempts[0].answer.clone();
        let Answer::Done { stream, .. } = answer else { panic!("it is done: {answer:?}") };
        stream
    }

    /// Somebody new is served where services count.
    async fn serves(&self, citizen: &str) {
        let service = json!({"citizen": citizen.trim_start_matches("record."), "point": "p-0", "facilitator": "anna",
            "occurred_on": "2024-01-10", "minutes": 30, "kind": "individual_facilitation"});
        let request = self.load.journal().asks(SUBJECT, citizen, ("RecordService", service));
        self.done(request).await;
    }

    /// Load for a while, and then rest.
    async fn works(&mut self, more: u64) {
        let crowd = self.crowd(6);
        crowd.goes_on(more).await;
        crowd.goes_home().await;
        self.rest().await;
    }
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("--archive").args([from, to]).status().unwrap().success());
}

/// Every nats-server's files are put back as they were a moment ago: what disks without sync do in a power cut.
async fn put_back(servers: usize) {
    let Some(mut site) = Site::start("a log that is put back", servers, size::or_drawn()).await else { return };
    site.works(20).await;
    site.holds("before").await;
    let each = |site: &mut Site, what: fn(&Path)| {
        site.nats.nodes.iter_mut().for_each(|node| node.kill().unwrap());
        site.nats.nodes.iter().for_each(|node| what(node.folder()));
        site.nats.restart().unwrap();
    };
    each(&mut site, |folder| copy(&folder.join("jetstream"), &folder.join("earlier")));
    site.works(20).await;
    site.holds("with more").await;
    each(&mut site, |folder| {
        std::fs::remove_dir_all(folder.join("jetstream")).unwrap();
        copy(&folder.join("earlier"), &folder.join("jetstream"));
    });
    // The program's tables know more than its log.
    site.finds(Broken::AnsweredIsThere, Broken::Whole).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_commits_gone_from_a_server_are_missed() {
    put_back(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_commits_gone_from_a_cluster_are_missed() {
    put_back(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_the_log_does_not_give_are_found() {
    let Some(mut site) = Site::start("rows changed by hand", 1, size::or_drawn()).await else { return };
    let [one, other] = ["one", "other"].map(|citizen| site.load.newcomer(citizen));
    let (one, other) = (site.done(one).await, site.done(other).await);
    site.serves(&one).await;
    site.caught_up().await;
    site.holds("before").await;
    site.by_hand("create table kept as table unit; update unit set counted_on = null where until is null").await;
    site.finds(Broken::Counted, Broken::Counted).await;
    site.by_hand("truncate unit; insert into unit table kept").await;
    site.holds("put right").await;

    // Killed inside a transaction by a program that moves its checkpoint outside: the rows never come.
    let lock = site.lock("unit").await;
    site.serves(&other).await;
    site.inside().await;
    site.projector.kill();
    lock.close().await.unwrap();
    let last = raw::commit(site.log().await.last().unwrap()).unwrap();
    let moved = format!("update traccia.installation set position = {}, hash = '{}'", last.position, last.hash);
    site.by_hand(&moved).await;
    site.projector.start_again();
    site.caught_up().await;
    site.finds(Broken::Counted, Broken::Counted).await;
}
