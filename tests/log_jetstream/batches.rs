//! Commits that come at once go as one batch: of different streams, each with its own outcome.

use std::collections::{HashMap, HashSet};

use async_nats::jetstream as raw;
use tokio::task::JoinSet;
use traccia_domain::Position;
use traccia_log::{
    Log as _, LogError,
    contract::{begin, commit, follow, point},
    jetstream::{self, Options},
    verify_chain,
};

use super::in_batches;

/// The batch each message came with, and its subject, in the order of the stream.
async fn stored(options: &Options) -> Vec<(Option<String>, String)> {
    let context = raw::new(async_nats::connect(options.urls.as_slice()).await.unwrap());
    let mut stream = context.get_stream(&options.stream).await.unwrap();
    let last = stream.info().await.unwrap().state.last_sequence;
    let mut stored = Vec::new();
    for sequence in 1..=last {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let batch = message.headers.get("Nats-Batch-Id").map(ToString::to_string);
        stored.push((batch, message.subject.to_string()));
    }
    stored
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_at_once_goes_together_and_no_stream_twice_in_a_batch() {
    let Some(options) = in_batches() else { return };
    let log = jetstream::create(&options, 1).await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 1..=64 {
        let log = log.clone();
        writers.spawn(async move {
            let mut last = begin(&log, &point(writer), "flood").await;
            for round in 0..4 {
                last = follow(&log, &last, &format!("round {round}")).await;
            }
        });
    }
    writers.join_all().await;
    let mut batches: HashMap<String, Vec<(usize, String)>> = HashMap::new();
    let stored = stored(&options).await;
    for (place, (batch, subject)) in stored.iter().enumerate() {
        batches.entry(batch.clone().unwrap_or_default()).or_default().push((place, subject.clone()));
    }
    let alone = batches.remove("").map_or(0, |alone| alone.len());
    assert!(alone < stored.len() / 2, "{alone} of {} went alone", stored.len());
    for (batch, messages) in &batches {
        let subjects: HashSet<_> = messages.iter().map(|(_, subject)| subject).collect();
        assert_eq!(subjects.len(), messages.len(), "each stream once in {batch}");
        assert!(messages.windows(2).all(|two| two[0].0 + 1 == two[1].0), "{batch} is stored in one piece");
    }
}

#[tokio::test]
async fn of_a_batch_that_is_refused_each_finds_out_by_itself() {
    let Some(options) = in_batches() else { return };
    let log = jetstream::create(&options, 1).await.unwrap();
    let there = begin(&log, &point(1), "flood").await;
    let other = begin(&log, &point(2), "flood").await;
    let outcomes = log
        .append_many(&[
            (commit(&point(3), None, "new"), None),
            (commit(&point(2), None, "out of date"), None),
            (commit(&point(4), None, "new"), None),
            // Sent a second time: whoever lost the first answer does that.
            (there.commit.clone(), None),
            (commit(&point(5), None, "expects too much"), Some(other.position)),
            (commit(&point(6), None, "new"), None),
        ])
        .await;
    let [Ok(third), Err(LogError::Conflict), Ok(fourth), again, Err(LogError::Conflict), Ok(sixth)] =
        outcomes.as_slice()
    else {
        panic!("{outcomes:?}")
    };
    assert_eq!([*third, *fourth, *sixth], [Position(3), Position(4), Position(5)]);
    assert!(matches!(again, Ok(Position(1)) | Err(LogError::Conflict)), "{again:?}");
    assert_eq!(verify_chain(&log).await.unwrap(), 5, "nothing twice");
}
