//! Lost answers.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::stream::BoxStream;
use traccia_domain::{Commit, Position, Recorded, StreamId};

use super::samples::{begin, commit, point};
use crate::{Chunk, Log, LogError, append_many_resolved, append_resolved, verify_chain};

/// Where an answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The commit never reaches the log.
    BeforeStoring,
    /// The log stores it, and nobody hears of it.
    AfterStoring,
}

/// A log that loses the answer to every `n`th commit.
#[derive(Clone, Debug)]
pub struct LosesAnswers<L> {
    log: L,
    every: usize,
    when: When,
    sent: Arc<AtomicUsize>,
}

impl<L: Log> LosesAnswers<L> {
    /// Around another log; `every` is at least 1.
    pub fn around(log: L, every: usize, when: When) -> Self {
        LosesAnswers { log, every, when, sent: Arc::default() }
    }

    fn loses_this(&self) -> bool {
        (self.sent.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(self.every)
    }
}

impl<L: Log> Log for LosesAnswers<L> {
    async fn append(&self, commit: &Commit, expected: Option<Position>) -> Result<Position, LogError> {
        match (self.loses_this(), self.when) {
            (false, _) => self.log.append(commit, expected).await,
            (true, When::BeforeStoring) => Err(LogError::Unknown("lost before".into())),
            (true, When::AfterStoring) => {
                // Whatever the answer was, a refusal too.
                let _ = self.log.append(commit, expected).await;
                Err(LogError::Unknown("lost after".into()))
            }
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
        self.log.load(stream, after).await
    }

    async fn load_from_leader(&self, stream: &StreamId, after: Position) -> Result<Vec<Recorded>, LogError> {
        self.log.load_from_leader(stream, after).await
    }

    fn read(&self, after: Position) -> BoxStream<'static, Result<Chunk, LogError>> {
        self.log.read(after)
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.log.head().await
    }
}

/// Stored, unheard of, found: once each.
pub async fn answers_lost_after_storing_are_found_out<L: Log + Clone>(log: L) {
    stores_each_once(LosesAnswers::around(log, 2, When::AfterStoring)).await;
}

/// Never arrived, sent again: once each.
pub async fn answers_lost_before_storing_are_found_out<L: Log + Clone>(log: L) {
    stores_each_once(LosesAnswers::around(log, 2, When::BeforeStoring)).await;
}

async fn stores_each_once(log: LosesAnswers<impl Log>) {
    for n in 1..=10 {
        let first = commit(&point(n), None, "flood");
        let position = append_resolved(&log, &first, None).await.expect("a lost answer is found out");
        let found = log.load(&point(n), Position::START).await.expect("the log is there");
        assert_eq!((found.len(), found[0].position), (1, position));
        let next = commit(&point(n), found.last(), "works");
        append_resolved(&log, &next, Some(position)).await.expect("a lost answer is found out");
    }
    assert_eq!(verify_chain(&log).await.expect("nothing was stored twice"), 20);
}

/// Of many lost answers each is found out for itself.
pub async fn many_lost_answers_are_found_out<L: Log + Clone>(log: L) {
    let taken = begin(&log, &point(7), "earlier").await;
    let log = LosesAnswers::around(log, 3, When::AfterStoring);
    let call: Vec<_> = (1..=60).map(|n| (commit(&point(n), None, "flood"), None)).collect();
    let outcomes = append_many_resolved(&log, &call).await;
    for ((commit, _), outcome) in call.iter().zip(&outcomes) {
        let found = log.load(&commit.stream, Position::START).await.expect("the log is there");
        assert_eq!(found.len(), 1, "{}", commit.stream);
        if commit.stream == taken.commit.stream {
            assert!(matches!(outcome, Err(LogError::Conflict)), "{outcome:?}");
        } else {
            assert!(matches!(outcome, Ok(position) if *position == found[0].position), "{outcome:?}");
        }
    }
    assert_eq!(verify_chain(&log).await.expect("the log is whole"), 60);
}

/// Another's commit stands where ours would: ours never can.
pub async fn a_conflict_found_behind_a_lost_answer_is_a_conflict<L: Log + Clone>(log: L) {
    begin(&log, &point(1), "another was faster").await;
    let deaf = LosesAnswers::around(log.clone(), 1, When::AfterStoring);
    let ours = append_resolved(&deaf, &commit(&point(1), None, "ours"), None).await;
    assert!(matches!(ours, Err(LogError::Conflict)), "{ours:?}");
    assert_eq!(log.head().await.expect("the log is there"), Position(1));
}

/// When the log never answers, neither do we claim anything.
pub async fn a_log_that_stays_silent_leaves_the_outcome_unknown<L: Log + Clone>(log: L) {
    let silent = LosesAnswers::around(log.clone(), 1, When::BeforeStoring);
    let ours = append_resolved(&silent, &commit(&point(1), None, "ours"), None).await;
    assert!(matches!(ours, Err(LogError::Unknown(_))), "{ours:?}");
    assert_eq!(log.head().await.expect("the log is there"), Position::START);
}
