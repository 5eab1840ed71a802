//! Appending until it is known what became of it, and measuring it.

use std::time::Instant;

use traccia_domain::{Commit, Position};
use traccia_log::{Log, LogError};

/// Appends a commit; a lost answer is found out where it can be.
///
/// A crash between the append and its answer leaves the commit stored or not; whoever repeats the command finds out.
pub(crate) async fn append_resolved(
    log: &impl Log,
    commit: &Commit,
    expected: Option<Position>,
) -> Result<Position, LogError> {
    let started = Instant::now();
    let outcome = traccia_log::append_resolved(log, commit, expected).await;
    measure(started, std::slice::from_ref(&outcome));
    outcome
}

/// Appends independent commits in one durable round trip, and finds out about each lost answer.
pub(crate) async fn append_many_resolved(
    log: &impl Log,
    commits: &[(Commit, Option<Position>)],
) -> Vec<Result<Position, LogError>> {
    if commits.is_empty() {
        return Vec::new();
    }
    let started = Instant::now();
    let outcomes = traccia_log::append_many_resolved(log, commits).await;
    measure(started, &outcomes);
    outcomes
}

fn measure(started: Instant, outcomes: &[Result<Position, LogError>]) {
    metrics::histogram!("traccia_append_seconds").record(started.elapsed());
    let unknown = outcomes.iter().filter(|outcome| matches!(outcome, Err(LogError::Unknown(_)))).count();
    metrics::counter!("traccia_unknown_outcomes_total").increment(unknown as u64);
}
