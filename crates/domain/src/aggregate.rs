//! What every aggregate does, and how it takes part in `cqrs-es`.

/// Decides on commands and evolves by events, without input or output.
pub trait Decide: Default + Send + Sync {
    /// What can be asked of it.
    type Command;
    /// What can have happened to it.
    type Event: Clone;
    /// Why it says no.
    type Refusal: std::error::Error;
    /// What it must know of the rest of the world, loaded before.
    type Facts: Send + Sync;

    /// What happens, or why nothing does. No event means that the effect is already there.
    ///
    /// # Errors
    /// The state of the world that forbids it.
    fn decide(&self, command: &Self::Command, facts: &Self::Facts) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Takes an event in. It cannot fail: what happened, happened.
    fn evolve(&mut self, event: &Self::Event);
}

/// Whether a text that has to say something says nothing.
pub(crate) fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Lets an aggregate run in the framework of `cqrs-es`, which asks for state that can be serialised.
macro_rules! cqrs_aggregate {
    ($name:ty, $kind:literal) => {
        impl cqrs_es::Aggregate for $name {
            const TYPE: &'static str = $kind;
            type Command = <$name as $crate::Decide>::Command;
            type Event = <$name as $crate::Decide>::Event;
            type Error = <$name as $crate::Decide>::Refusal;
            type Services = <$name as $crate::Decide>::Facts;

            async fn handle(
                &mut self,
                command: Self::Command,
                facts: &Self::Services,
                sink: &cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in $crate::Decide::decide(self, &command, facts)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                $crate::Decide::evolve(self, &event);
            }
        }
    };
}
pub(crate) use cqrs_aggregate;
