//! Replaying a long log: into tables, into memory, and without reading at all; and what the fold weighs.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use traccia_domain::{Position, Recorded};
use traccia_log::Log as _;
use traccia_projections::Projections;
use traccia_projector::{At, Changes, Projection as _, fold_only, rebuild};

use crate::{
    history::Installation,
    report::{READING, REBUILT, Report},
};

pub async fn measure(commits: u64, report: &mut Report) {
    let here = Installation::new().await;
    here.fill(commits).await;
    let head = here.log.head().await.expect("a head");
    eprintln!("a history of {head} commits is there");

    let begun = Instant::now();
    rebuild::<Projections, _>(&here.log, &here.tables, |_| {}).await.expect("a rebuild");
    report.at_least(
        format!("rebuild of {commits} commits, log to tables"),
        REBUILT,
        rate(head, begun),
        "commits/s",
        100_000.0,
    );

    let begun = Instant::now();
    let (state, _) = fold_only::<Projections, _>(&here.log, None).await.expect("a fold");
    report.at_least("fold from the log, no tables", READING, rate(head, begun), "commits/s", 250_000.0);
    weigh(&state, commits, report);
    drop(state);

    report.at_least(
        "fold of decoded commits, in memory",
        READING,
        fold_alone(&here, head).await,
        "commits/s",
        1_000_000.0,
    );
}

/// Folds each chunk as it is decoded, as the projector does, and times the folding alone.
async fn fold_alone(here: &Installation, head: Position) -> f64 {
    let mut state = Projections::default();
    let mut changes = Changes::ignored();
    let mut chunks = here.log.read(Position::START);
    let (mut folded, mut time) = (0_u64, Duration::ZERO);
    while folded < head.0 {
        let chunk = chunks.next().await.expect("more").expect("a chunk");
        let decoded: Vec<Recorded> = chunk.commits().map(|commit| commit.expect("a commit")).collect();
        let begun = Instant::now();
        for recorded in &decoded {
            let at =
                At { position: recorded.position, recorded_at: recorded.commit.recorded_at, commit: &recorded.commit };
            changes.at(recorded.position);
            state.commit(&at, &mut changes);
        }
        time += begun.elapsed();
        folded += decoded.len() as u64;
    }
    folded as f64 / time.as_secs_f64()
}

fn rate(head: Position, begun: Instant) -> f64 {
    head.0 as f64 / begun.elapsed().as_secs_f64()
}

/// Of five commits of the history, two register a person and three record a service.
fn weigh(state: &Projections, commits: u64, report: &mut Report) {
    let memory = state.counting().memory();
    let (persons, services) = (commits as f64 * 0.4, commits as f64 * 0.6);
    report.at_most("memory of the fold, per person", READING, memory.persons_bytes as f64 / persons, "bytes", 300.0);
    report.at_most("memory of the fold, per service", READING, memory.services_bytes as f64 / services, "bytes", 120.0);
}
