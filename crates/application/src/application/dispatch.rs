//! One command on one stream: load, recognise, decide, append, and again when others were faster.

use traccia_domain::{Commit, Event, StreamId, refusal::Code};
use traccia_log::{Log, LogError};

use super::{Application, Done, request::Request};
use crate::{
    Answers, Failure, RecordKeys,
    append::append_resolved,
    facts::Deciding,
    failure::Existing,
    permission::{self, Extent},
    stored::{Loaded, load},
};

/// How often a decision is made again because others were faster.
pub(super) const ATTEMPTS: usize = 8;

/// How to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// As if nothing had been said of it; it is loaded only when that is refused.
    New,
    /// By loading it.
    Loaded,
}

impl<L: Log, K: RecordKeys, A: Answers> Application<L, K, A> {
    pub(super) async fn dispatch<T: Deciding>(
        &self,
        request: &Request<'_>,
        stream: StreamId,
        command: &T::Command,
        start: Start,
    ) -> Result<Done, Failure> {
        if start == Start::New {
            match self.once::<T>(request, &stream, command, &Loaded::fresh(), false).await {
                // A rule may say no to what was in truth done before, so that the stream has to be looked at.
                Ok(None) | Err(Failure::Refused { .. }) => {}
                Ok(Some(done)) => return Ok(done),
                Err(failure) => return Err(failure),
            }
        }
        for attempt in 0..ATTEMPTS {
            // After a conflict what was read is known to be old.
            let leader = attempt > 0 || start == Start::New;
            let loaded = load::<T>(&*self.log, &stream, leader).await.map_err(Failure::reading)?;
            match self.once(request, &stream, command, &loaded, leader).await {
                // Perhaps only because what was read was a moment old, and so was what this very command has written: the
                // effect was there and is there no more, a rule says no and would not.
                Ok(Some(done)) if done.events.is_empty() && !leader => {}
                Err(failure) if failure.is_a_no() && !leader => {}
                Ok(Some(done)) => return Ok(done),
                Ok(None) => metrics::counter!("traccia_conflicts_total").increment(1),
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::Contended)
    }

    /// One attempt; `None` when others were faster.
    async fn once<T: Deciding>(
        &self,
        request: &Request<'_>,
        stream: &StreamId,
        command: &T::Command,
        loaded: &Loaded<T>,
        leader: bool,
    ) -> Result<Option<Done>, Failure> {
        if let Some(earlier) = loaded.by(request.command)
            && request.wrote(earlier)?
        {
            return Ok(Some(Done::replayed(earlier, request)));
        }
        let events = self.decide(request, command, loaded, leader).await?;
        if events.is_empty() {
            return Ok(loaded.commits.last().map(|last| Done::already(last, request)));
        }
        let commit = loaded.followed_by(request.commit(stream.clone(), events, self.clock.now()));
        // Free texts have no other bound, and a commit that the ledger cannot take would stop it.
        let bytes = commit.encode().len();
        if bytes > Commit::LONGEST {
            return Err(Failure::TooLong { bytes });
        }
        // A crash before the answer leaves the commit stored or not; the same key finds out.
        let outcome = append_resolved(&*self.log, &commit, loaded.last()).await;
        self.courtesy.forget(stream);
        match outcome {
            Ok(position) => Ok(Some(Done::stored(position, &commit, request))),
            Err(LogError::Conflict) => Ok(None),
            Err(error) => Err(Failure::writing(error, request.key.as_str())),
        }
    }

    /// What happens, if the bearer may and the rules agree.
    pub(super) async fn decide<T: Deciding>(
        &self,
        request: &Request<'_>,
        command: &T::Command,
        loaded: &Loaded<T>,
        leader: bool,
    ) -> Result<Vec<Event>, Failure> {
        let (facts, target) = T::facts(command, loaded, &self.world(leader)).await?;
        permission::within(request.who, request.extent, &target)?;
        let events = loaded.state.decide(command, &facts).map_err(|refusal| {
            let refusal = refusal.into();
            let first = loaded.commits.first().filter(|_| refusal.code() == Code::DuplicateService);
            let existing =
                first.map(|first| Existing { id: first.commit.stream.id().to_owned(), position: first.position });
            Failure::Refused { existing, refusal }
        })?;
        if request.extent != Extent::Anywhere && !permission::reaches(request.extent, &target) {
            // The rules refuse what does not exist. Should they ever not, nobody with a limited right gets past here.
            return Err(Failure::Forbidden { needed: "a thing whose owner is known".to_owned() });
        }
        Ok(events.into_iter().map(Into::into).collect())
    }
}
