//! A fifth of what goes over the wires is late, cut, or loses its answer: nobody's command is lost or happens twice.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    Site,
    wire::{Seen, Weather},
};
use crate::faults::{
    checker::{Broken, Evidence, check, listed},
    journal::{Answer, Journal},
    size,
};

/// How long a round is.
const ROUND: Duration = Duration::from_secs(25);

/// Between the program and its servers. What is lost costs a new connection, and whoever was on it a question more.
const BEHIND: Weather = Weather { late: 18, cut: 1, swallowed: 1 };

/// Between clients and the program.
const BEFORE: Weather = Weather { late: 5, cut: 5, swallowed: 10 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_wire_that_loses_a_fifth_every_promise_holds() {
    let (mut seen, mut attempts, mut unknown, mut commits) = ([Seen::default(); 3], 0, 0, 0);
    for _ in 0..size::rounds() {
        let Some(mut site) = Site::start("a wire that is disturbed", 1, size::or_drawn()).await else { return };
        let crowd = site.crowd(24);
        site.weather(BEHIND, BEFORE);
        sleep(ROUND).await;
        crowd.goes_home().await;
        site.weather(Weather::default(), Weather::default());
        let journal = site.load.journal().clone();
        attempts += journal.requests.iter().map(|request| request.attempts.len()).sum::<usize>();
        unknown += journal.unknown();
        for process in site.servers.iter().chain([&site.projector]) {
            seen.iter_mut().zip(process.seen()).for_each(|(all, one)| *all += one);
        }
        site.ends_well().await;
        commits += site.log().await.len();
        believed(&site, &journal).await;
    }
    let [log, tables, clients] = seen;
    let disturbed = |seen: Seen| format!("{} of {} exchanges disturbed", seen.disturbed, seen.exchanges);
    println!(
        "wire: {} rounds, {attempts} attempts, {commits} commits, {unknown} unknown outcomes, all resolved; with the \
         log {}, {} answers swallowed; with the tables {}, {} answers swallowed; with clients {}",
        size::rounds(),
        disturbed(log),
        log.swallowed,
        disturbed(tables),
        tables.swallowed,
        disturbed(clients),
    );
    assert!(unknown * 20 >= attempts, "too little is lost: {unknown} of {attempts}");
    assert!(log.swallowed > 0 && tables.swallowed > 0, "no answer was swallowed behind the program");
}

/// The negative control: clients who take a lost answer for a failure are contradicted by the log.
async fn believed(site: &Site, journal: &Journal) {
    let mut journal = journal.clone();
    let attempts = journal.requests.iter_mut().flat_map(|request| &mut request.attempts);
    let in_doubt = attempts.filter(|attempt| attempt.answer == Answer::Unknown);
    in_doubt.for_each(|attempt| attempt.answer = Answer::NotWritten);
    let findings = check(&Evidence { log: &site.log().await, journal: &journal, rows: None });
    let found = findings.iter().any(|finding| finding.broken == Broken::RefusedIsAbsent);
    assert!(found, "seed {}: {}", site.seed, listed(&findings));
}
