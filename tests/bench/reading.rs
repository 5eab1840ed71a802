//! Reading targets while half a million persons are counted: now, and at any position of the past.

use std::time::Instant;

use tokio::sync::watch;
use traccia_domain::Position;
use traccia_log::Log as _;
use traccia_projections::Projections;
use traccia_projector::{State, Status, rebuild};

use crate::{
    commands::milliseconds,
    history::History,
    installation::Installation,
    report::{Figure, READING, Report},
};

/// Requests that are timed, each over HTTP.
const REQUESTS: usize = 500;

pub async fn measure(persons: u64, report: &mut Report) {
    let here = Installation::embedded().await;
    History::new(&here.network, 2, 5).fill(&here.log, persons * 5 / 2).await;
    rebuild::<Projections, _>(&here.log, &here.tables, |_| {}).await.expect("a rebuild");
    let head = here.log.head().await.expect("a head");
    for (work, wanted) in [("now", Wanted::Now), ("known_at any position", Wanted::Past)] {
        let p99 = targets(&here, head, wanted).await.p99;
        let work = format!("targets by project, {persons} persons, {work}, p99");
        report.add(Figure::new(work, p99, "ms", READING).at_most(20.0));
    }
}

/// Which position is asked for.
#[derive(Clone, Copy)]
pub enum Wanted {
    Now,
    Past,
}

/// How long answers took, in milliseconds.
pub struct Times {
    pub median: f64,
    pub p99: f64,
}

/// Asks for the targets by project, one request after the other.
pub async fn targets(here: &Installation, head: Position, wanted: Wanted) -> Times {
    let standing = Status {
        position: head,
        recorded_at: None,
        log_head: head,
        even_at: None,
        log_away_since: None,
        state: State::Following,
    };
    let bearer = here.token();
    let address = here.serve(watch::channel(standing).1).await;
    let client = reqwest::Client::new();
    let mut random = fastrand::Rng::with_seed(3);
    let mut times = Vec::new();
    for _ in 0..REQUESTS {
        let known_at = match wanted {
            Wanted::Now => String::new(),
            Wanted::Past => format!("&known_at={}", random.u64(2_000..head.0)),
        };
        let url = format!("http://{address}/v1/targets?programme=lombardia&by=project{known_at}");
        let begun = Instant::now();
        let answer = client.get(url).bearer_auth(&bearer).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.bytes().await.expect("a body");
        times.push(begun.elapsed());
    }
    times.sort();
    Times { median: milliseconds(times[REQUESTS / 2]), p99: milliseconds(times[REQUESTS * 99 / 100]) }
}
