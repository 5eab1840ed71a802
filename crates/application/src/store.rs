//! `cqrs-es` on our log: its framework and its vocabulary, without its own stores.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};
use traccia_domain::{Actor, Commit, Decide, Recorded, hash::ShortHash};
use traccia_log::{Log, LogError};

use crate::{
    Clock, IdempotencyKey,
    append::append_resolved,
    stored::{Loaded, Stored, load},
};

/// An event store of one kind of aggregate, on the log.
///
/// It has neither permission nor recognition of repeated commands: those are [`crate::Application`]'s.
pub struct Store<L, A> {
    log: Arc<L>,
    actor: Actor,
    clock: Arc<dyn Clock>,
    aggregate: PhantomData<fn() -> A>,
}

impl<L, A> Store<L, A> {
    /// On a log; commits are by one actor.
    pub fn new(log: Arc<L>, actor: Actor, clock: Arc<dyn Clock>) -> Self {
        Store { log, actor, clock, aggregate: PhantomData }
    }
}

/// An aggregate as it was loaded.
pub struct Context<A> {
    id: String,
    loaded: Loaded<A>,
}

impl<A: Aggregate> AggregateContext<A> for Context<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.loaded.state
    }
}

impl<L, A> EventStore<A> for Store<L, A>
where
    L: Log,
    A: Stored + Aggregate<Event = <A as Decide>::Event>,
{
    type AC = Context<A>;

    async fn load_events(&self, id: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let loaded = load::<A>(&*self.log, &A::stream(id), false).await.map_err(broken)?;
        Ok(loaded.commits.iter().flat_map(|recorded| envelopes(id, recorded)).collect())
    }

    async fn load_aggregate(&self, id: &str) -> Result<Context<A>, AggregateError<A::Error>> {
        let loaded = load::<A>(&*self.log, &A::stream(id), false).await.map_err(broken)?;
        Ok(Context { id: id.to_owned(), loaded })
    }

    async fn commit(
        &self,
        events: Vec<<A as Aggregate>::Event>,
        context: Context<A>,
        _: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let key = IdempotencyKey::fresh().map_err(AggregateError::UnexpectedError)?;
        let command = key.of(&self.actor.subject);
        let commit = context.loaded.followed_by(Commit {
            stream: A::stream(&context.id),
            first: 1,
            command,
            body: ShortHash::of_parts([command.0.as_slice()]),
            prev: traccia_domain::Hash::ZERO,
            recorded_at: self.clock.now(),
            actor: self.actor.clone(),
            events: events.into_iter().map(Into::into).collect(),
        });
        let position = append_resolved(&*self.log, &commit, context.loaded.last()).await.map_err(broken)?;
        let hash = traccia_domain::Hash::of(commit.encode().as_bytes());
        Ok(envelopes(&context.id, &Recorded { position, commit, hash }).collect())
    }
}

/// A commit's events in the framework's envelopes.
fn envelopes<A>(id: &str, recorded: &Recorded) -> impl Iterator<Item = EventEnvelope<A>>
where
    A: Stored + Aggregate<Event = <A as Decide>::Event>,
{
    let metadata = HashMap::from([
        ("position".to_owned(), recorded.position.to_string()),
        ("subject".to_owned(), recorded.commit.actor.subject.clone()),
    ]);
    let first = usize::try_from(recorded.commit.first).unwrap_or(usize::MAX);
    recorded.commit.events.iter().filter_map(A::of).cloned().enumerate().map(move |(index, payload)| EventEnvelope {
        aggregate_id: id.to_owned(),
        sequence: first + index,
        payload,
        metadata: metadata.clone(),
    })
}

fn broken<E: std::error::Error>(error: LogError) -> AggregateError<E> {
    match error {
        LogError::Conflict => AggregateError::AggregateConflict,
        LogError::Unavailable(cause) => AggregateError::DatabaseConnectionError(cause),
        LogError::Unknown(_) | LogError::Corrupt { .. } => AggregateError::UnexpectedError(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::CqrsFramework;
    use traccia_domain::{
        Command,
        programme::{Programme, ProgrammeCommand, ProgrammeFacts, ProgrammeRefusal},
    };
    use traccia_log::memory::MemoryLog;

    use super::*;
    use crate::testing::{FixedClock, admin, all, command, set_up_commands};

    fn define() -> ProgrammeCommand {
        let (name, body) = set_up_commands().remove(0);
        let Command::DefineProgramme(definition) = command(name, body) else { panic!("the first defines") };
        ProgrammeCommand::Define(definition)
    }

    #[tokio::test]
    async fn the_framework_runs_on_our_log() {
        let log = MemoryLog::default();
        let store = || Store::<_, Programme>::new(Arc::new(log.clone()), admin().actor, Arc::new(FixedClock));
        let framework = CqrsFramework::new(store(), vec![], ProgrammeFacts::default());
        framework.execute("prog", define()).await.unwrap();
        let again = framework.execute("prog", define()).await;
        assert!(matches!(again, Err(AggregateError::UserError(ProgrammeRefusal::AlreadyExists))));
        assert_eq!(all(&log).await.len(), 1);
        assert_eq!(store().load_events("prog").await.unwrap()[0].sequence, 1);
    }

    #[tokio::test]
    async fn the_framework_notices_that_others_were_faster() {
        let log = MemoryLog::default();
        let store = Store::<_, Programme>::new(Arc::new(log.clone()), admin().actor, Arc::new(FixedClock));
        let (first, second) =
            (store.load_aggregate("prog").await.unwrap(), store.load_aggregate("prog").await.unwrap());
        let events = Programme::default().decide(&define(), &ProgrammeFacts::default()).unwrap();
        store.commit(events.clone(), first, HashMap::new()).await.unwrap();
        let late = store.commit(events, second, HashMap::new()).await;
        assert!(matches!(late, Err(AggregateError::AggregateConflict)));
    }
}
