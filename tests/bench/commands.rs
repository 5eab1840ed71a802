//! Commands through HTTP, many at a time, while the read models follow; and how soon they are seen.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time;
use traccia_projector::{Reading, Tables};

use crate::{
    history::register,
    installation::{Installation, Sync},
    peer::Peer,
    report::{FULL_SYNC, Figure, READING, Report, SYNC_ALWAYS, SYNC_DEFAULT, UNSTORED},
    sender::{IN_FLIGHT, Sender},
};

/// Each way to keep the log, beside the peer; and what is left where a request costs nothing but itself.
pub async fn measure(commands: u64, peer: Option<Peer>, report: &mut Report) {
    bounds(commands, report).await;
    one("SQLite and SQLite", FULL_SYNC, 5.0, Some(Installation::embedded().await), commands, peer, report).await;
    let unseen = Installation::production(Sync::Unseen).await;
    one("JetStream one by one and PostgreSQL", SYNC_ALWAYS, 1.5, unseen, commands, peer, report).await;
    let always = Installation::production(Sync::Always).await;
    one("JetStream and PostgreSQL", SYNC_ALWAYS, 1.5, always, commands, peer, report).await;
    let default = Installation::production(Sync::ByDefault).await;
    one("JetStream and PostgreSQL", SYNC_DEFAULT, 8.0, default, commands, peer, report).await;
}

/// What no way to keep the log can surpass here: requests that do nothing, and commands whose log is memory.
async fn bounds(commands: u64, report: &mut Report) {
    let here = Installation::in_memory().await;
    let bodies = services(&here, commands).await;
    let following = here.follow().await;
    let sender = Sender::to(&here, here.serve(following.status.clone()).await);
    let work = format!("requests that do nothing, {IN_FLIGHT} in flight");
    report.add(Figure::new(work, sender.idle_rate(4 * commands).await, "requests/s", READING));
    let work = format!("commands through HTTP, {IN_FLIGHT} in flight, memory and SQLite");
    report.add(Figure::new(work, sender.rate(&bodies).await, "commands/s", UNSTORED));
    following.stop().await;
}

async fn one(
    legs: &str,
    durability: &'static str,
    times: f64,
    here: Option<Installation>,
    commands: u64,
    peer: Option<Peer>,
    report: &mut Report,
) {
    let Some(here) = here else { return };
    let measured = carry_out(&here, commands).await;
    let work = format!("commands through HTTP, {IN_FLIGHT} in flight, {legs}");
    let rate = Figure::new(work, measured.rate, "commands/s", durability);
    report.add(rate.times_if(times, peer.map(|peer| peer.create)));
    let work = format!("from answer to visible, at half that rate, {legs}, p99");
    report.add(Figure::new(work, milliseconds(measured.lag), "ms", durability).at_most(150.0));
}

/// How fast commands are carried out, and how long what is answered stays unseen.
struct Measured {
    rate: f64,
    lag: Duration,
}

/// Records services, each of another citizen: as fast as they go, then at half that rate.
async fn carry_out(here: &Installation, commands: u64) -> Measured {
    let bodies = services(here, 2 * commands).await;
    let (fast, paced) = bodies.split_at(bodies.len() / 2);
    let following = here.follow().await;
    let sender = Sender::to(here, here.serve(following.status.clone()).await);
    let rate = sender.rate(fast).await;
    let lag = lag(&sender, &here.tables, paced, rate / 2.0).await;
    following.stop().await;
    Measured { rate, lag }
}

/// Services to record, each of another citizen, whom the log knows already.
pub async fn services(here: &Installation, commands: u64) -> Vec<Value> {
    let records = register(&here.log, commands).await;
    let places: Vec<_> = here.network.places().map(|(p, f)| (p.to_owned(), f.to_owned())).collect();
    let body = |(number, record): (usize, &_)| {
        let (point, facilitator) = &places[number % places.len()];
        json!({"citizen": record, "point": point, "facilitator": facilitator, "occurred_on": "2024-10-15",
            "minutes": 30, "kind": "individual_facilitation"})
    };
    records.iter().enumerate().map(body).collect()
}

/// The 99th percentile of the time from an answer to a read that shows it, commands coming at a steady rate.
async fn lag(sender: &Sender, tables: &Tables, bodies: &[Value], rate: f64) -> Duration {
    let begun = time::Instant::now();
    let sent = bodies.iter().enumerate().map(|(number, body)| async move {
        time::sleep_until(begun + Duration::from_secs_f64(number as f64 / rate)).await;
        let position = sender.send(body).await;
        let answered = Instant::now();
        let reading = Reading { min_position: Some(position), wait: Duration::from_secs(60), ..Reading::default() };
        tables.view_at(reading).await.expect("the read models follow");
        answered.elapsed()
    });
    let mut times: Vec<Duration> = stream::iter(sent).buffer_unordered(4 * IN_FLIGHT).collect().await;
    times.sort();
    times[times.len() * 99 / 100]
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
