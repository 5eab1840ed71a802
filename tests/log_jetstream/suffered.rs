//! What only a server can suffer: it stops, dies, loses its leader, its files, its configuration.

mod damaged;
mod killed;
mod replaced;
mod slow;

use std::time::{Duration, Instant};

use traccia_domain::{Position, Recorded};
use traccia_log::{JetStreamLog, Log as _, LogError};

/// Waits until something is so, and says what if it never is.
async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let since = Instant::now();
    while !so().await {
        assert!(since.elapsed() < Duration::from_secs(30), "still not: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A reader's commits up to a position, or what stopped it.
async fn read(log: &JetStreamLog, after: Position, until: Position) -> Result<Vec<Recorded>, LogError> {
    let mut chunks = log.read(after);
    let mut seen = Vec::new();
    while seen.last().map_or(after, |last: &Recorded| last.position) < until {
        let chunk = futures::StreamExt::next(&mut chunks).await.expect("reading never ends by itself")?;
        for commit in chunk.commits() {
            seen.push(commit?);
        }
    }
    Ok(seen)
}
