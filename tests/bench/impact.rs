//! What would be, and what changes when it is: impact while half a million persons are counted, links and voids in a fold of
//! three million.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use traccia_domain::{
    Commit, Event, Position, RecordId, StreamId,
    hash::ShortHash,
    link::{self, LinkConfirmed},
    service::ServiceVoided,
};
use traccia_log::Log as _;
use traccia_projections::{Projections, impact::Impact};
use traccia_projector::{At, Changes, Fork, Projection as _, fold_only, rebuild};

use crate::{
    commands::milliseconds,
    history::{self, History},
    installation::{Installation, admin},
    report::{Figure, READING, Report},
};

/// Requests that are timed, each over HTTP.
const REQUESTS: usize = 20;

/// Links, and voids, that are timed.
const FACTS: usize = 300;

pub async fn measure(scale: u64, report: &mut Report) {
    foretold(500_000 / scale, report).await;
    applied(3_000_000 / scale, report).await;
}

/// What commands would change, asked of a server whose projector follows.
async fn foretold(persons: u64, report: &mut Report) {
    let here = Installation::embedded().await;
    let mut history = History::new(&here.network, 2, 5);
    history.fill(&here.log, persons * 5 / 2).await;
    rebuild::<Projections, _>(&here.log, &here.tables, |_| {}).await.expect("a rebuild");
    let following = here.follow().await;
    let address = here.serve_with(following.status.clone(), following.forks.clone()).await;
    let server = Asked { url: format!("http://{address}"), bearer: here.token(), client: reqwest::Client::new() };
    let records = history.records();
    let pair = |n: usize| json!({"citizens": [records[n * 7], records[records.len() - 1 - n * 11]], "reason": "bench"});
    let units = server.get("/v1/counting/units?limit=1000").await;
    let void = |n: usize| json!({"service": units["items"][n * 3]["service"], "reason": "bench"});
    let points: Vec<&str> = here.network.places().map(|(point, _)| point).collect();
    let close = |n: usize| json!({"point": points[n * 5], "on": "2024-06-30", "reason": "bench"});
    let rules = |n: usize| {
        let counting = json!({"minimum_age": 18 + n});
        json!({"programme": "lombardia", "act": "bench", "effective_on": "2023-01-01", "counting": counting})
    };
    // Once it follows: whoever has just started folds the log first.
    server.ready("ProposeLink", pair(REQUESTS)).await;
    let mut times = vec![
        ("a link", server.ask("ProposeLink", (0..REQUESTS).map(pair)).await),
        ("a void", server.ask("VoidService", (0..REQUESTS).map(void)).await),
        ("a closure", server.ask("ClosePoint", (0..REQUESTS).map(close)).await),
        ("new rules", server.ask("AdoptRules", (0..REQUESTS).map(rules)).await),
    ];
    for pair in (0..REQUESTS).map(pair) {
        let said = |name: &str| traccia_web::read_command(name, pair.to_string().as_bytes()).expect("a command");
        let mut another = admin();
        another.actor.subject.push_str(" and another");
        here.application.carry_out(&admin(), None, said("ProposeLink")).await.expect("it is proposed");
        here.application.carry_out(&another, None, said("ConfirmLink")).await.expect("it is confirmed");
    }
    times.push(("a break", server.ask("BreakLink", (0..REQUESTS).map(pair)).await));
    for (what, times) in times {
        let work = format!("impact of {what} over HTTP, {persons} persons, worst of {REQUESTS}");
        report.add(Figure::new(work, worst(&times), "ms", READING).at_most(1_000.0));
    }
    following.stop().await;
}

/// A server that is asked.
struct Asked {
    url: String,
    bearer: String,
    client: reqwest::Client,
}

impl Asked {
    /// Asks for impacts, one after the other; how long each took.
    async fn ask(&self, command: &str, data: impl Iterator<Item = Value>) -> Vec<Duration> {
        let mut times = Vec::new();
        for data in data {
            let body = json!({"command": command, "data": data}).to_string();
            let begun = Instant::now();
            let said = self.answer(self.client.post(format!("{}/v1/impact", self.url)).body(body)).await;
            times.push(begun.elapsed());
            assert!(!said["events"].as_array().is_none_or(Vec::is_empty), "{command}: {said}");
        }
        times
    }

    /// Asks until there is an answer.
    async fn ready(&self, command: &str, data: Value) {
        let body = json!({"command": command, "data": data}).to_string();
        let ask = || self.client.post(format!("{}/v1/impact", self.url)).bearer_auth(&self.bearer).body(body.clone());
        while !ask().send().await.expect("an answer").status().is_success() {}
    }

    async fn get(&self, path: &str) -> Value {
        self.answer(self.client.get(format!("{}{path}", self.url))).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.bearer_auth(&self.bearer).send().await.expect("an answer");
        let status = answer.status();
        let said = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("it is JSON");
        assert!(status.is_success(), "{said}");
        said
    }
}

/// Links and voids taken into a fold, with the rows that they change.
async fn applied(persons: u64, report: &mut Report) {
    let here = Installation::embedded().await;
    let (mut fold, _) = fold_only::<Projections, _>(&here.log, None).await.expect("a fold");
    let mut at = here.log.head().await.expect("a head");
    let mut history = History::new(&here.network, 2, 5);
    let mut services = Vec::new();
    for n in 0..persons * 5 / 2 {
        let commit = history.next();
        // Here and there one to be voided later.
        if n % 5 == 2 && services.len() < FACTS && n % 5_000 == 2 {
            services.push(commit.stream.clone());
        }
        take(&mut fold, &mut at, &commit, &mut Changes::ignored());
    }
    eprintln!("a fold of {persons} persons is there");
    let records = history.records();
    let pairs: Vec<Commit> =
        (0..FACTS).map(|n| linked([records[n * 13], records[records.len() - 1 - n * 17]])).collect();
    let voids: Vec<Commit> = services.into_iter().map(voided).collect();
    forked(&fold, at, &pairs[..20], persons, report);
    for (work, commits) in [("link", pairs), ("void", voids)] {
        let mut times = Vec::new();
        for commit in &commits {
            let mut changes = Changes::collected();
            let begun = Instant::now();
            take(&mut fold, &mut at, commit, &mut changes);
            times.push(begun.elapsed());
            assert!(changes.waiting() > 0, "it changes something");
        }
        let work = format!("a {work} taken into a fold of {persons} persons, worst of {}", times.len());
        report.add(Figure::new(work, worst(&times), "ms", READING).at_most(50.0));
    }
}

/// What copying the fold costs, and a link on the copy: the projector waits as long as the copying takes.
fn forked(fold: &Projections, at: Position, links: &[Commit], persons: u64, report: &mut Report) {
    let (mut copying, mut whole) = (Vec::new(), Vec::new());
    for link in links {
        let begun = Instant::now();
        let mut fork = Fork::of_state(fold.clone(), at);
        copying.push(begun.elapsed());
        let impact = Impact::of(&mut fork, std::slice::from_ref(link));
        drop(fork);
        whole.push(begun.elapsed());
        assert!(impact.units().len() < 10, "two persons have few units");
    }
    let memory = fold.counting().memory();
    let bytes = (memory.persons_bytes + memory.services_bytes) as f64;
    let of = format!("of a fold of {persons} persons");
    report.add(Figure::new(format!("a copy {of}, worst of {}", copying.len()), worst(&copying), "ms", READING));
    report.add(Figure::new(format!("a copy {of}"), bytes / 1e6, "MB", READING));
    report.add(Figure::new(format!("impact of a link on a copy {of}, worst"), worst(&whole), "ms", READING));
}

fn take(fold: &mut Projections, at: &mut Position, commit: &Commit, changes: &mut Changes) {
    *at = at.next();
    fold.commit(&At { position: *at, recorded_at: commit.recorded_at, commit }, changes);
}

fn linked(pair: [ShortHash; 2]) -> Commit {
    let records = pair.map(RecordId);
    history::commit(link::stream(records), LinkConfirmed { records, reason: "bench".into() }.into())
}

fn voided(stream: StreamId) -> Commit {
    history::commit(stream, Event::from(ServiceVoided { reason: "bench".into() }))
}

fn worst(times: &[Duration]) -> f64 {
    times.iter().copied().max().map_or(0.0, milliseconds)
}
