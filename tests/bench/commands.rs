//! Commands through HTTP, many at a time, while the read models follow; and how soon they are seen.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::{sync::oneshot, time};
use traccia_domain::Position;
use traccia_projections::Projections;
use traccia_projector::{Projector, Reading, Tables};

use crate::{
    history::Installation,
    peer::Peer,
    report::{FULL_SYNC, Report},
};

/// Commands that wait for their answer at a time.
pub const IN_FLIGHT: usize = 64;

/// The embedded installation, beside the peer.
pub async fn measure(commands: u64, peer: Option<Peer>, report: &mut Report) {
    let measured = carry_out(&Installation::new().await, commands).await;
    let work = format!("commands through HTTP, {IN_FLIGHT} in flight, embedded");
    match peer {
        Some(peer) => report.times(work, FULL_SYNC, measured.rate, "commands/s", peer.create, 5.0),
        None => report.at_least(work, FULL_SYNC, measured.rate, "commands/s", 0.0),
    }
    let work = "from answer to visible, at half that rate, embedded, p99";
    report.at_most(work, FULL_SYNC, measured.lag.as_secs_f64() * 1_000.0, "ms", 150.0);
}

/// How fast commands are carried out, and how long what is answered stays unseen.
pub struct Measured {
    pub rate: f64,
    pub lag: Duration,
}

/// Records services, each of another citizen: as fast as they go, then at half that rate.
pub async fn carry_out(here: &Installation, commands: u64) -> Measured {
    let records = here.register(2 * commands).await;
    let projector =
        Projector::<Projections, _>::open(here.log.clone(), here.tables.clone()).await.expect("a projector");
    let status = projector.status();
    let (stop, stopped) = oneshot::channel::<()>();
    let following = tokio::spawn(projector.run(async { drop(stopped.await) }));
    let url = format!("http://{}/v1/commands/RecordService", here.serve(status).await);
    let sender = Sender { client: Client::new(), url, token: here.token() };

    let places: Vec<_> = here.network.places().map(|(p, f)| (p.to_owned(), f.to_owned())).collect();
    let body = |(number, record): (usize, &_)| {
        let (point, facilitator) = &places[number % places.len()];
        json!({"citizen": record, "point": point, "facilitator": facilitator, "occurred_on": "2024-10-15",
            "minutes": 30, "kind": "individual_facilitation"})
    };
    let bodies: Vec<Value> = records.iter().enumerate().map(body).collect();
    let (fast, paced) = bodies.split_at(bodies.len() / 2);

    let begun = Instant::now();
    stream::iter(fast).map(|body| sender.send(body)).buffer_unordered(IN_FLIGHT).for_each(async |_| ()).await;
    let rate = fast.len() as f64 / begun.elapsed().as_secs_f64();
    let lag = lag(&sender, &here.tables, paced, rate / 2.0).await;
    drop(stop);
    following.await.expect("it ends").expect("it ends well");
    Measured { rate, lag }
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

struct Sender {
    client: Client,
    url: String,
    token: String,
}

impl Sender {
    /// Sends a command, which must be carried out; where it stands.
    async fn send(&self, body: &Value) -> Position {
        let answer = self.client.post(&self.url).bearer_auth(&self.token).json(body).send().await.expect("an answer");
        let status = answer.status();
        let answer: Value = answer.json().await.expect("it is JSON");
        assert!(status.is_success(), "{status}: {answer}");
        Position(answer["position"].as_u64().expect("a position"))
    }
}
