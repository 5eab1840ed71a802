//! Many seeds, on every processor; and single ones again.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use traccia_projector::memory::Place;

use super::{
    chaos::Spot,
    disk::Sabotage,
    history::{Ending, History},
};
use crate::faults::{checker::listed, size};

/// What so many seeds came to.
#[derive(Debug, Default)]
struct Figures {
    seeds: AtomicU64,
    commits: AtomicU64,
    done: AtomicU64,
    unknown: AtomicU64,
    crashes: AtomicU64,
    stops: AtomicU64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [seeds, commits, done, unknown, crashes, stops] =
            [&self.seeds, &self.commits, &self.done, &self.unknown, &self.crashes, &self.stops]
                .map(|figure| figure.load(Ordering::Relaxed));
        write!(
            f,
            "{seeds} seeds, {commits} commits, {done} commands answered, {unknown} unknown outcomes, all resolved, \
             {crashes} crashes, {stops} stops of the projector"
        )
    }
}

/// Runs a seed and lets the checker look; what is wrong says how to run it again.
fn holds(seed: u64, ending: Ending, figures: &Figures) -> Result<(), String> {
    let history = History::of(seed, Sabotage::Honest, ending);
    let findings = history.findings();
    if !findings.is_empty() {
        let story = if size::seed().is_some() { history.told().join("\n") } else { String::new() };
        return Err(format!("{story}\n{}", listed(&findings)));
    }
    let counts = [
        (&figures.seeds, 1),
        (&figures.commits, history.head().0),
        (&figures.done, history.done() as u64),
        (&figures.unknown, history.unknown() as u64),
        (&figures.crashes, history.crashes),
        (&figures.stops, history.stops.fair.lock().unwrap().len() as u64),
    ];
    for (figure, count) in counts {
        figure.fetch_add(count, Ordering::Relaxed);
    }
    Ok(())
}

/// Runs seeds on every processor; the one that was asked for, if one was.
fn all_hold(seeds: u64, ending: Ending) -> Figures {
    let (figures, failed) = (Figures::default(), Mutex::new(Vec::new()));
    let (first, last) = size::seed().map_or((0, seeds), |seed| (seed, seed + 1));
    let next = AtomicU64::new(first);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= last {
                return;
            }
            // A panic is a failure like any other: it has a seed, and the other seeds go on.
            let outcome = catch_unwind(AssertUnwindSafe(|| holds(seed, ending, &figures)));
            if let Err(what) = outcome.unwrap_or_else(|_| Err("it panicked, see above".to_owned())) {
                failed.lock().unwrap().push((seed, what));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap();
    if let Some((seed, what)) = failed.first() {
        let all: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
        let again = format!("TRACCIA_SEED={seed} cargo test -p traccia-tests faults::sim::seeds");
        panic!("seeds {all:?} failed ({ending:?}); {seed}: {what}\nagain: {again}");
    }
    figures
}

#[test]
fn whatever_a_seed_brings_every_promise_holds() {
    let figures = all_hold(size::seeds(), Ending::Anywhere);
    println!("simulation: {figures}");
    let unknown = figures.unknown.into_inner();
    assert!(size::seed().is_some() || unknown * 20 > figures.done.into_inner(), "too little goes wrong: {unknown}");
}

#[test]
fn killed_at_any_named_point_every_promise_holds() {
    let spots = [Spot::Sending, Spot::Written, Spot::Stored, Spot::Loading, Spot::Reading, Spot::Keys];
    let places = [Place::Before, Place::Inside, Place::After].map(Spot::Tables);
    for spot in spots.into_iter().chain(places) {
        let figures = all_hold(size::seeds() / 50, Ending::At(spot));
        println!("simulation, killed at {spot:?}: {figures}");
        assert!(size::seed().is_some() || figures.crashes.into_inner() > 0, "nobody was killed at {spot:?}");
    }
}

#[test]
fn a_seed_gives_the_same_history_again() {
    for seed in 0..20 {
        let told = || History::of(seed, Sabotage::Honest, Ending::Anywhere).told();
        let (one, other) = (told(), told());
        let differs = one.iter().zip(&other).find(|(one, other)| one != other);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(one.len(), other.len(), "seed {seed}");
    }
}
