//! One installation that grows to the size of the whole country: what commands and reads cost on the way, and what it
//! weighs in the end. Of three commits one registers a person and two record services.

use traccia_log::Log as _;
use traccia_projections::Projections;
use traccia_projector::rebuild;

use crate::{
    commands::services,
    history::History,
    installation::Installation,
    national,
    reading::{self, Wanted},
    report::{FULL_SYNC, Figure, READING, Report},
    sender::Sender,
};

/// Commands that are timed at each size: enough for what is copied back now and then to be in each.
const COMMANDS: u64 = 60_000;

/// Services of the sizes at which it is looked at.
const SERVICES: [u64; 3] = [100_000, 1_000_000, 6_000_000];

pub async fn measure(scale: u64, report: &mut Report) {
    let here = Installation::embedded().await;
    let mut history = History::new(&here.network, 1, 3);
    let (mut rates, mut latencies) = (Vec::new(), Vec::new());
    for services in SERVICES.map(|services| services / scale) {
        history.fill(&here.log, services / 2 * 3).await;
        rebuild::<Projections, _>(&here.log, &here.tables, |_| {}).await.expect("a rebuild");
        let rate = commands(&here, COMMANDS / scale).await;
        let work = format!("commands through HTTP at {services} services");
        report.add(Figure::new(work, rate, "commands/s", FULL_SYNC));
        rates.push(rate);
        let head = here.log.head().await.expect("a head");
        let targets = reading::targets(&here, head, Wanted::Now).await;
        for (part, time) in [("median", targets.median), ("p99", targets.p99)] {
            let work = format!("targets by project at {services} services, {part}");
            report.add(Figure::new(work, time, "ms", READING));
        }
        latencies.push(targets.median);
    }
    let work = "cost of growth, 0.1 to 6 million services: ";
    let spread = spread(&rates);
    report.add(Figure::new(format!("{work}commands/s, best to worst"), spread, "times", FULL_SYNC).at_most(1.2));
    let spread = self::spread(&latencies);
    report.add(Figure::new(format!("{work}targets, worst to best"), spread, "times", READING).at_most(1.2));
    national::measure(here, report).await;
}

async fn commands(here: &Installation, commands: u64) -> f64 {
    let bodies = services(here, commands).await;
    let following = here.follow().await;
    let rate = Sender::to(here, here.serve(following.status.clone()).await).rate(&bodies).await;
    here.reached(here.log.head().await.expect("a head")).await;
    following.stop().await;
    rate
}

/// The largest to the smallest.
fn spread(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(0.0, f64::max) / numbers.iter().copied().fold(f64::INFINITY, f64::min)
}
