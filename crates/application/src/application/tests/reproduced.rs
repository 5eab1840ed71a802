//! Whoever folds the log again finds the evidence of every authorisation, and no other passes for it.

use traccia_domain::{
    Cents, Hash, Position, StreamId,
    tranche::{MoneyEvent, TrancheAuthorised},
};
use traccia_log::Log as _;

use super::{
    paying::{approved, authorise, order},
    *,
};
use crate::reproduce;

/// The log with another evidence in it, as who holds the disk could write it: every commit follows the one before.
async fn rewritten(log: &MemoryLog, change: impl Fn(&mut TrancheAuthorised)) -> MemoryLog {
    let other = MemoryLog::default();
    let mut ends: Vec<(StreamId, Position, Hash)> = Vec::new();
    for recorded in all(log).await {
        let mut commit = recorded.commit;
        for event in &mut commit.events {
            if let Event::Money(MoneyEvent::TrancheAuthorised(said)) = event {
                change(said);
            }
        }
        let end = ends.iter().rposition(|(stream, ..)| *stream == commit.stream);
        let expected = end.map(|end| ends[end].1);
        commit.prev = end.map_or(Hash::ZERO, |end| ends[end].2);
        let position = other.append(&commit, expected).await.unwrap();
        ends.push((commit.stream.clone(), position, Hash::of(commit.encode().as_bytes())));
    }
    other
}

#[tokio::test]
async fn every_authorisation_is_decided_again_from_the_log_alone() {
    let log = MemoryLog::default();
    let app = approved(&log).await;
    app.carry_out(&bearer("anna", Role::Treasurer), None, authorise()).await.unwrap();
    let written = log.head().await.unwrap();
    app.carry_out(&bearer("bruno", Role::Treasurer), None, order()).await.unwrap();
    let head = log.head().await.unwrap();
    let found = reproduce(&log, head).await.unwrap();
    assert_eq!((found.authorisations, found.others), (1, vec![]));
    let same = rewritten(&log, |_| {}).await;
    assert_eq!(reproduce(&same, head).await.unwrap().others, []);
    let forgeries: [fn(&mut TrancheAuthorised); 8] = [
        |said| said.amount = Cents(said.amount.0 + 1),
        |said| said.planned = Cents(said.planned.0 + 1),
        |said| said.approved = Cents(said.approved.0 + 1),
        |said| said.withheld = Cents(1),
        |said| said.rules += 1,
        |said| said.position = Position(said.position.0 - 1),
        |said| said.position = Position(said.position.0 + 1),
        |said| said.by = "bruno".to_owned(),
    ];
    for (n, forgery) in forgeries.into_iter().enumerate() {
        let others = reproduce(&rewritten(&log, forgery).await, head).await.unwrap().others;
        let unlike: Vec<_> = others.iter().map(|one| (one.tranche.as_str(), one.position)).collect();
        assert_eq!(unlike, [("T1", written)], "forgery {n}");
    }
    assert_eq!(reproduce(&log, Position(written.0 - 1)).await.unwrap().authorisations, 0);
}
