//! Replaying a long log: into tables, into memory, and without reading at all; and what the fold weighs.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use traccia_domain::{Position, Recorded};
use traccia_log::Log as _;
use traccia_projections::Projections;
use traccia_projector::{At, Changes, Projection as _, fold_only, rebuild};

use crate::{
    history::History,
    installation::Installation,
    memory,
    report::{Figure, READING, REBUILT, Report},
};

pub async fn measure(commits: u64, report: &mut Report) {
    let here = Installation::embedded().await;
    History::new(&here.network, 2, 5).fill(&here.log, commits).await;
    let head = here.log.head().await.expect("a head");
    eprintln!("a history of {head} commits is there");

    let begun = Instant::now();
    rebuild::<Projections, _>(&here.log, &here.tables, |_| {}).await.expect("a rebuild");
    let work = format!("rebuild of {commits} commits, SQLite to SQLite");
    report.add(Figure::new(work, rate(head, begun), "commits/s", REBUILT).at_least(100_000.0));

    let begun = Instant::now();
    let (state, _) = fold_only::<Projections, _>(&here.log, None).await.expect("a fold");
    let work = "fold from the log, no tables";
    report.add(Figure::new(work, rate(head, begun), "commits/s", READING).at_least(250_000.0));
    weigh(&state, commits, report);
    drop(state);

    let folded = fold_alone(&here, head).await;
    let work = "fold of decoded commits, in memory";
    report.add(Figure::new(work, folded, "commits/s", READING).at_least(1_000_000.0));
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

/// What counting says that it holds, from the sizes of its own tables; and what the system gives the process that holds
/// it, with the other folds, the program and what an allocator keeps: an upper bound.
///
/// Of five commits of the history, two register a person and three record a service.
fn weigh(state: &Projections, commits: u64, report: &mut Report) {
    let (persons, services) = (commits as f64 * 0.4, commits as f64 * 0.6);
    let account = state.counting().memory();
    let figure = |work: &str, bytes: f64| Figure::new(work, bytes, "bytes", READING);
    let person = figure("memory of counting, by its own account, per person", account.persons_bytes as f64 / persons);
    let service =
        figure("memory of counting, by its own account, per service", account.services_bytes as f64 / services);
    report.add(person.at_most(300.0));
    report.add(service.at_most(120.0));
    if let Some(process) = memory::here() {
        let work = "memory of the whole process that holds every fold, per person";
        report.add(Figure::new(work, process / persons, "bytes", READING));
    }
}
