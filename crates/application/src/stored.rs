//! Aggregates as the log stores them.

use traccia_domain::{
    Commit, Decide, Event, Hash, Position, Recorded, Refusal, StreamId, StreamKind, expense::Expense,
    facilitator::Facilitator, hash::ShortHash, invoice::Invoice, link::Link, milestone::Milestone, number::Number,
    payments::Payments, point::Point, programme::Programme, project::Project, record::Record, report::Report,
    service::Service, tranche::Money,
};
use traccia_log::{Log, LogError};

/// An aggregate whose events are in the log.
pub trait Stored:
    Decide<Command: Send + Sync, Event: Into<Event> + Send + Sync, Refusal: Into<Refusal> + Send> + 'static
{
    /// The kind of its streams.
    const KIND: StreamKind;

    /// One of its own events; `None` of another's.
    fn of(event: &Event) -> Option<&Self::Event>;

    /// The stream of one of them.
    fn stream(id: impl std::fmt::Display) -> StreamId {
        StreamId::new(Self::KIND, id)
    }
}

macro_rules! stored {
    ($($name:ident)+) => {$(
        impl Stored for $name {
            const KIND: StreamKind = StreamKind::$name;

            fn of(event: &Event) -> Option<&Self::Event> {
                if let Event::$name(event) = event { Some(event) } else { None }
            }
        }
    )+};
}

stored! { Programme Project Report Milestone Point Facilitator Record Number Link Money Payments Service Invoice Expense }

/// An aggregate and the commits that made it.
pub(crate) struct Loaded<A> {
    pub(crate) state: A,
    pub(crate) commits: Vec<Recorded>,
}

impl<A: Stored> Loaded<A> {
    /// Of which nothing has been said.
    pub(crate) fn fresh() -> Self {
        Loaded { state: A::default(), commits: Vec::new() }
    }

    /// Folds a whole stream, and checks that each commit follows the one before.
    pub(crate) fn fold(commits: Vec<Recorded>) -> Result<Self, LogError> {
        let mut loaded = Loaded { state: A::default(), commits: Vec::with_capacity(commits.len()) };
        for recorded in commits {
            let damaged = |why: &str| LogError::Corrupt { at: recorded.position, why: why.to_owned() };
            if recorded.commit.first != loaded.next() || recorded.commit.prev != loaded.prev() {
                return Err(damaged("the commit does not follow the one before it in its stream"));
            }
            for event in &recorded.commit.events {
                loaded.state.evolve(A::of(event).ok_or_else(|| damaged("an event of another aggregate"))?);
            }
            loaded.commits.push(recorded);
        }
        Ok(loaded)
    }

    /// Where the stream ends; what the next append expects.
    pub(crate) fn last(&self) -> Option<Position> {
        self.commits.last().map(|last| last.position)
    }

    /// The hash of its last commit.
    pub(crate) fn prev(&self) -> Hash {
        self.commits.last().map_or(Hash::ZERO, |last| last.hash)
    }

    /// The version the next event will have.
    pub(crate) fn next(&self) -> u64 {
        self.commits.last().map_or(1, |last| last.commit.last() + 1)
    }

    /// What a command has already written here.
    pub(crate) fn by(&self, command: ShortHash) -> Option<&Recorded> {
        self.commits.iter().find(|recorded| recorded.commit.command == command)
    }

    /// The events as a commit that follows.
    pub(crate) fn followed_by(&self, written: Commit) -> Commit {
        Commit { first: self.next(), prev: self.prev(), ..written }
    }
}

/// Loads an aggregate; from the leader when what was loaded before turned out to be old.
pub(crate) async fn load<A: Stored>(log: &impl Log, stream: &StreamId, leader: bool) -> Result<Loaded<A>, LogError> {
    let commits = if leader {
        log.load_from_leader(stream, Position::START).await?
    } else {
        log.load(stream, Position::START).await?
    };
    Loaded::fold(commits)
}
