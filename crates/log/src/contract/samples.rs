//! Commits to try a log with. They are about points nobody ever opened.

use jiff::{Timestamp, civil::date};
use traccia_domain::{
    Actor, Commit, Hash, Position, Recorded, Role, StreamId, StreamKind, hash::ShortHash, point::PointSuspended,
};

use crate::Log;

/// The stream of a point.
#[must_use]
pub fn point(number: usize) -> StreamId {
    StreamId::new(StreamKind::Point, number)
}

/// A commit of one event that builds on another, or begins its stream. `why` makes it different from others.
#[must_use]
pub fn commit(stream: &StreamId, before: Option<&Recorded>, why: &str) -> Commit {
    Commit {
        stream: stream.clone(),
        first: before.map_or(1, |before| before.commit.last() + 1),
        command: ShortHash::of_parts([stream.as_str().as_bytes(), why.as_bytes()]),
        body: ShortHash::of_parts([why.as_bytes()]),
        prev: before.map_or(Hash::ZERO, |before| before.hash),
        recorded_at: Timestamp::UNIX_EPOCH,
        actor: Actor { subject: "anna".into(), role: Role::Facilitator },
        events: vec![PointSuspended { on: date(2025, 6, 30), reason: why.to_owned() }.into()],
    }
}

/// Stores the first commit of a stream.
pub async fn begin(log: &impl Log, stream: &StreamId, why: &str) -> Recorded {
    let first = commit(stream, None, why);
    let position = log.append(&first, None).await.expect("a new stream takes its first commit");
    placed(first, position)
}

/// Stores the next commit of a stream.
pub async fn follow(log: &impl Log, before: &Recorded, why: &str) -> Recorded {
    let next = commit(&before.commit.stream, Some(before), why);
    let position = log.append(&next, Some(before.position)).await.expect("a stream takes a commit at its end");
    placed(next, position)
}

pub(super) fn placed(commit: Commit, position: Position) -> Recorded {
    let hash = Hash::of(commit.encode().as_bytes());
    Recorded { position, commit, hash }
}
