//! `SimLog`: a log whose server, network and disk fail as a seed says. With nothing going wrong it passes the contract
//! suite that the real logs pass, which is what pins it to them.

use std::sync::Arc;

use futures::{StreamExt as _, stream, stream::BoxStream};
use traccia_domain::{Commit, Position, Recorded, StreamId};
use traccia_log::{Chunk, Log, LogError};

use super::{
    chaos::{Chaos, Spot},
    disk::{Disk, Sabotage},
};

/// A log over a disk, in some weather. Clones share both.
#[derive(Clone, Debug)]
pub struct SimLog {
    pub disk: Disk,
    pub chaos: Arc<Chaos>,
}

mod contract {
    use super::{Arc, Chaos, Disk, Sabotage, SimLog};

    fn calm() -> SimLog {
        SimLog { disk: Disk::new(Sabotage::Honest), chaos: Arc::new(Chaos::calm()) }
    }

    traccia_log::contract_suite!(async { Some((calm(), ())) });

    #[tokio::test]
    async fn a_restart_keeps_everything() {
        let restart = async |log: SimLog| {
            log.disk.crash(&mut fastrand::Rng::with_seed(1));
            log
        };
        traccia_log::contract::a_restart_keeps_everything(calm(), restart).await;
    }
}

fn lost(what: &str) -> LogError {
    LogError::Unknown(format!("the {what} was lost").into())
}

impl SimLog {
    /// A commit travels to the log, is written, synced, and answered; at each step something may happen.
    async fn store(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        let (chaos, rates) = (&self.chaos, self.chaos.rates);
        chaos.pass(Spot::Sending).await;
        self.disk.operation();
        if chaos.strikes(rates.away) {
            return Err(LogError::Unavailable("the log is away".into()));
        }
        if chaos.strikes(rates.question_lost) {
            return Err(lost("question"));
        }
        if chaos.strikes(rates.question_late) {
            self.disk.send_late(commit, expected, chaos.draw(|rng| rng.u64(1..40)).unwrap_or(1));
            return Err(lost("patience"));
        }
        let written = self.disk.write(commit, expected);
        if let Ok(position) = written {
            chaos.pass(Spot::Written).await;
            self.disk.sync(position);
        }
        chaos.pass(Spot::Stored).await;
        if chaos.strikes(rates.answer_lost) { Err(lost("answer")) } else { written }
    }

    /// What whoever believes a lost answer to be a failure does: the same command again, behind what is there.
    async fn store_again(&self, commit: &Commit) -> Result<Position, LogError> {
        let end = Position(u64::MAX);
        let last = self.disk.stream(&commit.stream, Position::START, end).pop();
        let behind = last.as_ref().map_or_else(
            || commit.clone(),
            |last| Commit { first: last.commit.last() + 1, prev: last.hash, ..commit.clone() },
        );
        let position = self.disk.write(&behind, last.map(|last| last.position))?;
        self.disk.sync(position);
        Ok(position)
    }

    /// The end of the log as a replica knows it, which may be behind.
    fn replica(&self) -> Position {
        let head = self.disk.head();
        let behind =
            if self.chaos.strikes(self.chaos.rates.stale) { self.chaos.draw(|rng| rng.u64(..8)) } else { None };
        Position(head.0.saturating_sub(behind.unwrap_or(0)))
    }

    async fn stream(&self, stream: &StreamId, after: Position, up_to: Position) -> Result<Vec<Recorded>, LogError> {
        if self.chaos.strikes(self.chaos.rates.away) {
            return Err(LogError::Unavailable("the log is away".into()));
        }
        Ok(self.disk.stream(stream, after, up_to))
    }

    /// The next run of commits, as long as chance has it.
    fn chunk(&self, after: Position, head: Position) -> (Result<Chunk, LogError>, Position) {
        let (chaos, rates) = (&self.chaos, self.chaos.rates);
        if chaos.strikes(rates.away) {
            return (Err(LogError::Unavailable("the reader was cut off".into())), after);
        }
        if chaos.strikes(rates.unreadable) {
            let why = "a checksum does not hold".to_owned();
            return (Err(LogError::Corrupt { at: after.next(), why }), after);
        }
        let first = match chaos.strikes(rates.gap) && after.next() < head {
            true => after.next().next(),
            false => after.next(),
        };
        let all = head.0 - first.0 + 1;
        let number = chaos.draw(|rng| rng.u64(1..=all.min(20))).unwrap_or(all.min(1_000));
        let last = Position(first.0 + number - 1);
        let texts: Vec<String> = (first.0..=last.0).filter_map(|at| self.disk.text(Position(at))).collect();
        (Ok(Chunk::new(first, texts.join("\n"))), last)
    }
}

impl Log for SimLog {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        let answer = self.store(commit, expected).await;
        match (self.disk.sabotage, answer) {
            (Sabotage::BlindRetry, Err(LogError::Unknown(_))) => self.store_again(commit).await,
            (Sabotage::SaysItDidNot, Err(LogError::Unknown(_))) => {
                Err(LogError::Unavailable("nothing was written".into()))
            }
            (_, answer) => answer,
        }
    }

    async fn append_many(&self, commits: &[(Commit, Option<Position>)]) -> Vec<Result<Position, LogError>> {
        let mut outcomes = Vec::new();
        for (commit, expected) in commits {
            outcomes.push(self.append(commit, *expected).await);
        }
        outcomes
    }

    async fn load(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        self.chaos.pass(Spot::Loading).await;
        self.stream(stream, after, self.replica()).await
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        self.chaos.pass(Spot::Loading).await;
        self.disk.operation();
        self.stream(stream, after, Position(u64::MAX)).await
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        let head = self.disk.head();
        if head < after {
            let why = format!("the log ends at {head} and had reached {after}");
            return stream::iter([Err(LogError::Corrupt { at: after, why })]).boxed();
        }
        stream::unfold((self.clone(), after), |(log, after)| async move {
            log.chaos.pass(Spot::Reading).await;
            let head = log.disk.beyond(after).await;
            let (chunk, last) = log.chunk(after, head);
            Some((chunk, (log, last)))
        })
        .boxed()
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.chaos.pass(Spot::Reading).await;
        self.disk.operation();
        if self.chaos.strikes(self.chaos.rates.away) {
            return Err(LogError::Unavailable("the log is away".into()));
        }
        Ok(self.disk.head())
    }

    async fn at(&self, position: Position) -> Result<Option<Recorded>, LogError> {
        self.chaos.pass(Spot::Loading).await;
        Ok(self.disk.at(position))
    }
}
