//! What a projection is.

use jiff::Timestamp;
use traccia_domain::{Commit, Event, Position};

use crate::{Changes, Table};

/// Where in history an event stands.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The commit's position.
    pub position: Position,
    /// When the log learned it: the latest instant up to here, so that it never decreases.
    pub recorded_at: Timestamp,
    /// The commit the event is in: stream, actor, command.
    pub commit: &'a Commit,
}

/// A pure fold: no clock, no SQL, no I/O. The same log gives the same state and the same changes on any machine.
pub trait Projection: Clone + Default + Send + 'static {
    /// Raised whenever the same log would give other rows: tables of another version are built anew.
    const VERSION: u32;

    /// The tables it writes.
    fn tables() -> Vec<&'static Table>;

    /// Takes a commit in. It cannot fail: what happened, happened.
    fn commit(&mut self, at: &At<'_>, changes: &mut Changes) {
        for event in &at.commit.events {
            self.apply(at, event, changes);
        }
    }

    /// Takes an event in.
    fn apply(&mut self, at: &At<'_>, event: &Event, changes: &mut Changes);
}
