//! Reading targets while half a million persons are counted: now, and at any position of the past.

use std::time::{Duration, Instant};

use tokio::sync::watch;
use traccia_log::Log as _;
use traccia_projections::Projections;
use traccia_projector::{State, Status, rebuild};

use crate::{
    history::Installation,
    report::{READING, Report},
};

/// Requests that are timed, each over HTTP.
const REQUESTS: u64 = 500;

pub async fn measure(persons: u64, report: &mut Report) {
    let here = Installation::new().await;
    // Two of five commits register a person.
    here.fill(persons * 5 / 2).await;
    rebuild::<Projections, _>(&here.log, &here.tables, |_| {}).await.expect("a rebuild");
    let head = here.log.head().await.expect("a head");
    let standing =
        Status { position: head, recorded_at: None, log_head: head, log_away_since: None, state: State::Following };
    let bearer = here.token();
    let address = here.serve(watch::channel(standing).1).await;

    let client = reqwest::Client::new();
    let mut random = fastrand::Rng::with_seed(3);
    for (work, past) in [("now", false), ("known_at any position", true)] {
        let mut times = Vec::new();
        for _ in 0..REQUESTS {
            let known_at = if past { format!("&known_at={}", random.u64(2_000..head.0)) } else { String::new() };
            let url = format!("http://{address}/v1/targets?programme=lombardia&by=project{known_at}");
            let begun = Instant::now();
            let answer = client.get(url).bearer_auth(&bearer).send().await.expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.status());
            answer.bytes().await.expect("a body");
            times.push(begun.elapsed());
        }
        times.sort();
        let slowest = times[times.len() * 99 / 100];
        report.at_most(
            format!("targets by project, {persons} persons, {work}, p99"),
            READING,
            milliseconds(slowest),
            "ms",
            20.0,
        );
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
