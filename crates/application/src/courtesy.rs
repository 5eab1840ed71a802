//! What was loaded a moment ago, where a moment does no harm.
//!
//! Whether a point is open is asked at every service recorded there, and answered by few streams that seldom change. What
//! was true a moment ago may let in a service that would have been refused since, as a stale replica of the log may too:
//! the fold judges it, for checks across streams are a courtesy. It never refuses one: a no is looked at again from the
//! leader.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use traccia_domain::{StreamId, StreamKind};

/// For how long. Shorter than anybody needs to walk from one desk to another.
const MOMENT: SignedDuration = SignedDuration::from_secs(1);

/// As many streams as are remembered; a Region has a few thousand points and facilitators.
const MOST: usize = 16_384;

/// Aggregates as they were a moment ago. What this process changes itself it forgets at once.
#[derive(Default)]
pub(crate) struct Courtesy(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// How often something was forgotten: what was being loaded then may be old already.
    forgotten: u64,
    states: HashMap<StreamId, (Timestamp, Arc<dyn Any + Send + Sync>)>,
}

/// What is needed to remember what is about to be loaded.
#[derive(Clone, Copy)]
pub(crate) struct Before(u64);

impl Courtesy {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of a stream a moment ago; and what to remember another with, once it is loaded.
    pub(crate) fn find<A: Any + Send + Sync>(&self, stream: &StreamId, now: Timestamp) -> (Option<Arc<A>>, Before) {
        let known = self.known();
        // A clock that was set back makes everything old.
        let fresh = |since: Timestamp| (SignedDuration::ZERO..MOMENT).contains(&now.duration_since(since));
        let found = known.states.get(stream).filter(|(since, _)| fresh(*since));
        (found.and_then(|(_, state)| Arc::clone(state).downcast().ok()), Before(known.forgotten))
    }

    /// Remembers what was loaded, unless something was changed meanwhile.
    pub(crate) fn remember<A: Any + Send + Sync>(
        &self,
        before: Before,
        stream: StreamId,
        now: Timestamp,
        state: Arc<A>,
    ) {
        let mut known = self.known();
        if known.forgotten != before.0 {
            return;
        }
        if known.states.len() >= MOST {
            known.states.clear();
        }
        known.states.insert(stream, (now, state));
    }

    /// Forgets a stream that is no longer what it was, or may not be.
    pub(crate) fn forget(&self, stream: &StreamId) {
        match stream.kind() {
            StreamKind::Programme | StreamKind::Project | StreamKind::Point | StreamKind::Facilitator => {
                let mut known = self.known();
                known.forgotten += 1;
                known.states.remove(stream);
            }
            // Nobody remembers these, and they must not make what is being loaded look old.
            StreamKind::Log
            | StreamKind::Report
            | StreamKind::Milestone
            | StreamKind::Record
            | StreamKind::Number
            | StreamKind::Link
            | StreamKind::Money
            | StreamKind::Payments
            | StreamKind::Service
            | StreamKind::Invoice
            | StreamKind::Expense => {}
        }
    }
}
