//! How the projector is doing, for readiness, pages and metrics.

use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::watch;
use traccia_domain::Position;

use crate::{Checkpoint, ProjectorError, error::chain};

/// How the projector is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What the tables hold.
    pub position: Position,
    /// The latest instant up to there.
    pub recorded_at: Option<Timestamp>,
    /// The log's last position, as far as is known.
    pub log_head: Position,
    /// Whether it goes on.
    pub state: State,
}

/// Whether the projector goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It has not yet reached the log's end since it started.
    CatchingUp,
    /// It follows the log.
    Following,
    /// It has stopped for good; readers read what there is.
    Stopped {
        /// Why, and what to do.
        why: String,
        /// The last position that it took in.
        at: Position,
        /// When it stopped.
        since: Timestamp,
    },
}

/// Publishes the status and the metrics.
#[derive(Debug)]
pub(crate) struct Publisher {
    status: watch::Sender<Status>,
    tables: watch::Sender<Option<Position>>,
    moved: std::sync::Mutex<Instant>,
}

impl Publisher {
    pub(crate) fn new(
        checkpoint: &Checkpoint,
        log_head: Position,
        tables: watch::Sender<Option<Position>>,
    ) -> Publisher {
        let status = Status {
            position: checkpoint.position,
            recorded_at: checkpoint.recorded_at.parse().ok(),
            log_head,
            state: State::CatchingUp,
        };
        Publisher { status: watch::Sender::new(status), tables, moved: std::sync::Mutex::new(Instant::now()) }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// The fold stands where the tables stand: readers of this process need not look at the checkpoint any more.
    pub(crate) fn begins(&self) {
        self.tables.send_replace(Some(self.status.borrow().position));
        self.changed(|_| {});
    }

    /// A batch is written.
    pub(crate) fn written(&self, checkpoint: &Checkpoint, events: usize) {
        *self.moved.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now();
        self.tables.send_replace(Some(checkpoint.position));
        metrics::histogram!("traccia_projector_batch_events").record(float(events as u64));
        self.changed(|status| {
            status.position = checkpoint.position;
            status.recorded_at = checkpoint.recorded_at.parse().ok();
            status.log_head = status.log_head.max(checkpoint.position);
        });
    }

    /// The log has grown, as far as is known.
    pub(crate) fn head(&self, log_head: Position) {
        self.changed(|status| status.log_head = status.log_head.max(log_head));
    }

    /// The fold has stopped for good.
    pub(crate) fn stopped(&self, error: &ProjectorError, at: Position) {
        let stopped = State::Stopped { why: chain(error), at, since: Timestamp::now() };
        self.changed(|status| status.state = stopped);
    }

    /// Nobody of this process moves the tables any more.
    pub(crate) fn ends(&self) {
        self.tables.send_replace(None);
    }

    fn changed(&self, change: impl FnOnce(&mut Status)) {
        self.status.send_modify(|status| {
            change(status);
            if status.state == State::CatchingUp && status.position >= status.log_head {
                status.state = State::Following;
            }
        });
        let status = self.status.borrow();
        let behind = status.log_head.0.saturating_sub(status.position.0);
        // The age of what was written last says how late readers are, but only when something is waiting.
        let late = match status.recorded_at {
            Some(recorded_at) if behind > 0 => Timestamp::now().duration_since(recorded_at).as_secs_f64().max(0.0),
            Some(_) | None => 0.0,
        };
        let moved = *self.moved.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        metrics::gauge!("traccia_projector_position").set(float(status.position.0));
        metrics::gauge!("traccia_projector_lag_positions").set(float(behind));
        metrics::gauge!("traccia_projector_lag_seconds").set(late);
        metrics::gauge!("traccia_projector_checkpoint_age_seconds").set(moved.elapsed().as_secs_f64());
    }
}

/// As metrics want numbers; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "positions stay far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}
