//! `kill -9` at chosen moments, which a wire or a lock holds still.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{PATIENCE, Site, wire::Trap};
use crate::faults::{journal::Answer, load::SUBJECT, raw::command_of, size};

/// Waits until something is so.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("still not: {what}"));
}

impl Site {
    /// Somebody asks the first server for something, and waits.
    fn asks(&self, request: usize) -> JoinHandle<bool> {
        let (load, url) = (self.load.clone(), self.servers[0].url());
        tokio::spawn(async move { load.ask(&url, request).await })
    }

    async fn logged(&self, key: &str) -> bool {
        let command = command_of(SUBJECT, key);
        self.log().await.iter().any(|(_, text)| text.contains(&command))
    }

    /// The first server is killed while the wire keeps a request of it, or the answer.
    async fn server_killed(&mut self, key: &str, stored: bool) {
        let request = self.load.newcomer(key);
        let text = command_of(SUBJECT, key).into_bytes();
        let wire = &self.servers[0].log[0];
        wire.set(if stored { Trap::Answer(text) } else { Trap::Request(text) });
        let asked = self.asks(request);
        timeout(PATIENCE, wire.met()).await.expect("it is sent to the log");
        if stored {
            until("the log has it", async || self.logged(key).await).await;
        }
        self.servers[0].kill();
        assert!(!asked.await.unwrap(), "nobody could answer");
        assert_eq!(self.logged(key).await, stored);
        self.holds(key).await;
        self.servers[0].log[0].mend();
        self.servers[0].start_again();
        self.load.resolve(&self.servers[0].url()).await;
        let answer = self.load.journal().requests[request].attempts.last().unwrap().answer.clone();
        assert!(matches!(answer, Answer::Done { replayed, .. } if replayed == stored), "{key}: {answer:?}");
    }

    /// Keeps others from writing a table while the connection lives.
    pub(super) async fn lock(&self, table: &str) -> PgConnection {
        let mut holder = PgConnection::connect(&self.tables).await.unwrap();
        let generation: i64 =
            sqlx::query_scalar("select generation from traccia.installation").fetch_one(&mut holder).await.unwrap();
        let lock = format!("begin; lock table traccia_g{generation}.{table} in share mode");
        sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut holder).await.unwrap();
        holder
    }

    /// Waits until the projector waits for a lock: its transaction has moved the checkpoint, and not written all rows.
    pub(super) async fn inside(&self) {
        const WAITING: &str = "select count(*) from pg_stat_activity
            where application_name = 'traccia projector' and wait_event_type = 'Lock'";
        let mut database = PgConnection::connect(&self.tables).await.unwrap();
        until("the projector waits inside its transaction", async || {
            sqlx::query_scalar::<_, i64>(WAITING).fetch_one(&mut database).await.unwrap() > 0
        })
        .await;
    }

    /// Projector or database is killed in the middle of a transaction: it has not happened.
    async fn killed_inside(&mut self, key: &str, database: bool) {
        self.caught_up().await;
        let before = self.position().await.unwrap();
        let lock = self.lock("record").await;
        let request = self.load.newcomer(key);
        assert!(self.asks(request).await.unwrap(), "the log does not wait for the tables");
        self.inside().await;
        if database {
            self.postgres.kill();
            drop(lock);
            self.postgres.start_again();
            return self.caught_up().await;
        }
        self.projector.kill();
        assert_eq!(self.position().await.unwrap(), before);
        lock.close().await.unwrap();
        self.holds(key).await;
        self.projector.start_again();
        self.caught_up().await;
    }

    /// The answer to a commit of rows is lost, with the projector or without it: it has happened once.
    async fn commit_unanswered(&mut self, key: &str, killed: bool) {
        self.caught_up().await;
        let before = self.position().await.unwrap();
        self.projector.tables.set(Trap::Answer(b"COMMIT\0".to_vec()));
        let request = self.load.newcomer(key);
        assert!(self.asks(request).await.unwrap(), "the log does not wait for the tables");
        timeout(PATIENCE, self.projector.tables.met()).await.expect("it commits");
        until("the rows are there", async || self.position().await.unwrap() > before).await;
        if killed {
            self.projector.kill();
        }
        self.projector.tables.mend();
        if killed {
            self.projector.start_again();
        }
        self.caught_up().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_at_a_chosen_moment_every_promise_holds() {
    let Some(mut site) = Site::start("kills at chosen moments", 1, size::or_drawn()).await else { return };
    for turn in 0..size::moments() {
        site.server_killed(&format!("sent-{turn}"), false).await;
        site.server_killed(&format!("stored-{turn}"), true).await;
        site.killed_inside(&format!("projector-{turn}"), false).await;
        site.killed_inside(&format!("database-{turn}"), true).await;
        site.commit_unanswered(&format!("unheard-{turn}"), false).await;
        site.commit_unanswered(&format!("committed-{turn}"), true).await;
        site.holds(&format!("turn {turn}")).await;
    }
    site.ends_well().await;
    println!("moments: {} at each of six places", size::moments());
}
