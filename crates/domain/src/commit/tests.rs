use proptest::prelude::*;

use super::*;
use crate::{Role, StreamKind, hash::Hex, point::PointClosed, schema};

fn commit(events: Vec<Event>) -> Commit {
    Commit {
        stream: StreamId::new(StreamKind::Point, "mi-0042"),
        first: 3,
        command: Hex([1; 16]),
        body: Hex([2; 16]),
        prev: Hex([3; 32]),
        recorded_at: "2024-03-08T09:30:00.123456789Z".parse().unwrap(),
        actor: Actor { subject: "capofila-mi".to_owned(), role: Role::Capofila },
        events,
    }
}

fn closed() -> Event {
    PointClosed { on: "2024-03-08".parse().unwrap(), reason: "Sede \"chiusa\"".to_owned() }.into()
}

/// The hash chain and every audit stand on these very bytes: this text never changes.
pub(crate) const CLOSED: &str = r#"{"stream":"point.mi-0042","first":3,"command":"01010101010101010101010101010101","body":"02020202020202020202020202020202","prev":"0303030303030303030303030303030303030303030303030303030303030303","recorded_at":"2024-03-08T09:30:00.123456789Z","actor":{"subject":"capofila-mi","role":"capofila"},"events":[{"type":"point_closed","version":1,"data":{"on":"2024-03-08","reason":"Sede \"chiusa\""}}]}"#;

#[test]
fn a_commit_is_one_line_envelope_first() {
    assert_eq!(commit(vec![closed()]).encode(), CLOSED);
    let recorded = Recorded::decode(Position(7), CLOSED).unwrap();
    assert_eq!(recorded.commit, commit(vec![closed()]));
    assert_eq!(recorded.hash, Hash::of(CLOSED.as_bytes()));
}

#[test]
fn every_event_comes_back_from_the_log_as_it_went_in() {
    let all = commit(schema::samples());
    let text = all.encode();
    assert!(!text.contains('\n'));
    assert_eq!(Commit::decode(&text).unwrap(), all);
    assert_eq!(all.last(), 2 + schema::samples().len() as u64);
}

#[test]
fn a_commit_with_one_unreadable_event_is_not_read_at_all() {
    let newer = CLOSED.replace("\"version\":1", "\"version\":2");
    let error = Commit::decode(&newer).unwrap_err();
    assert_eq!(error.to_string(), "no event point_closed has a version 2 that this program can read");
    assert!(matches!(Commit::decode(&CLOSED[..CLOSED.len() - 1]), Err(UnreadableCommit::Shape(_))));
}

proptest! {
    #[test]
    fn a_commit_reads_back(
        first in 1..u64::MAX, prev in any::<[u8; 32]>(), seconds in 0..4_000_000_000_i64, nanos in 0..1_000_000_000_i32,
        subject in "\\PC{0,20}", picks in proptest::collection::vec(0..schema::samples().len(), 0..4),
    ) {
        let samples = schema::samples();
        let commit = Commit {
            first,
            prev: Hex(prev),
            recorded_at: Timestamp::new(seconds, nanos).unwrap(),
            actor: Actor { subject, role: Role::Region },
            ..commit(picks.into_iter().map(|i| samples[i].clone()).collect())
        };
        prop_assert_eq!(Commit::decode(&commit.encode()).unwrap(), commit);
    }
}
