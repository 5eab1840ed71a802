//! A disk that fills up under load. What is not written is not answered as done, reads go on, and when there is room again
//! the work does.

mod controls;
mod embedded;
mod kept;
mod log_server;
mod servers;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fastrand::Rng;
use serde_json::json;

use super::{
    journal::Answer,
    load::{Load, SUBJECT},
};

/// How long something may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a disk stays full: longer than a database that refuses a batch for another reason is asked again.
const FULL: Duration = Duration::from_secs(5);

/// Clients who ask all the time.
const CLIENTS: usize = 6;

/// Waits until something is so, and says what if it never is.
async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let since = Instant::now();
    while !so().await {
        assert!(since.elapsed() < PATIENCE, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What clients were answered.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    done: usize,
    /// Not written, or nobody knows.
    failed: usize,
}

impl Tally {
    fn of(load: &Load) -> Tally {
        let journal = load.journal();
        let answers = journal.requests.iter().flat_map(|request| &request.attempts).map(|attempt| &attempt.answer);
        answers.fold(Tally::default(), |tally, answer| match answer {
            Answer::Done { .. } => Tally { done: tally.done + 1, ..tally },
            Answer::NotWritten | Answer::Unknown => Tally { failed: tally.failed + 1, ..tally },
            Answer::Refused(_) | Answer::Alarm(_) => tally,
        })
    }
}

/// Waits until so many more commands were carried out.
async fn goes_on(load: &Arc<Load>, more: usize) {
    let goal = Tally::of(load).done + more;
    until("commands are carried out", async || Tally::of(load).done >= goal).await;
}

/// Waits until so many more commands were not: clients that still wait for an answer count among them.
async fn stands_still(load: &Arc<Load>, more: usize) {
    let goal = Tally::of(load).failed + more;
    until("commands fail", async || Tally::of(load).failed >= goal).await;
}

/// Somebody nobody has registered yet, with a profile, so that a key is needed to seal it.
fn newcomer(load: &Load, rng: &mut Rng) -> usize {
    let document = json!({"kind": "passport", "number": format!("YC{}", rng.u32(..))});
    let somebody = json!({"documents": [document], "profile": {"birth_year": 1950}});
    load.journal().asks(SUBJECT, &format!("newcomer-{:016x}", rng.u64(..)), ("RegisterCitizen", somebody))
}
