//! How the projector is doing, for readiness, pages and metrics.

use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::watch;
use traccia_domain::Position;
use traccia_log::LogError;

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
    /// When it was last seen that nothing of the log waits to be taken in.
    pub even_at: Option<Timestamp>,
    /// Since when the log has not answered; none while it does. Reads go on, and are as old as this.
    pub log_away_since: Option<Timestamp>,
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
    /// Another projector writes the tables; this one takes over when the other ends.
    StandingBy,
    /// Another process writes the tables; this one only reads them.
    Elsewhere,
    /// The tables cannot be written now. It tries until they can.
    Waiting {
        /// Why.
        why: String,
        /// Since when.
        since: Timestamp,
    },
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

impl Status {
    /// As far as is known before anything was looked at, by who only reads.
    #[must_use]
    pub fn unknown() -> Status {
        Status {
            position: Position::START,
            recorded_at: None,
            log_head: Position::START,
            even_at: None,
            log_away_since: None,
            state: State::Elsewhere,
        }
    }

    /// The log says where it ends, or says nothing.
    pub(crate) fn log_answers(&mut self, head: &Result<Position, LogError>) {
        match head {
            Ok(head) => {
                self.log_head = self.log_head.max(*head);
                self.log_away_since = None;
                self.compare();
            }
            Err(_) => self.log_away_since = self.log_away_since.or_else(|| Some(Timestamp::now())),
        }
    }

    /// The tables cannot be reached now.
    pub(crate) fn wait(&mut self, why: String) {
        let since = match &self.state {
            State::Waiting { since, .. } => *since,
            State::CatchingUp | State::Following | State::StandingBy | State::Elsewhere | State::Stopped { .. } => {
                Timestamp::now()
            }
        };
        self.state = State::Waiting { why, since };
    }

    /// Says how it is to whoever reads the metrics.
    pub(crate) fn measure(&self) {
        let behind = self.log_head.0.saturating_sub(self.position.0);
        metrics::gauge!("traccia_log_head").set(float(self.log_head.0));
        metrics::gauge!("traccia_log_reachable").set(if self.log_away_since.is_none() { 1.0 } else { 0.0 });
        metrics::gauge!("traccia_projector_position").set(float(self.position.0));
        metrics::gauge!("traccia_projector_lag_positions").set(float(behind));
        metrics::gauge!("traccia_projector_lag_seconds").set(self.late());
        metrics::gauge!("traccia_projector_running").set(match &self.state {
            State::CatchingUp | State::Following => 1.0,
            State::StandingBy | State::Elsewhere | State::Waiting { .. } | State::Stopped { .. } => 0.0,
        });
        metrics::gauge!("traccia_projector_stopped").set(match &self.state {
            State::Stopped { .. } => 1.0,
            State::CatchingUp | State::Following | State::StandingBy | State::Elsewhere | State::Waiting { .. } => 0.0,
        });
    }

    /// Says what is otherwise now to whoever reads the traces; `before` is what was said last.
    fn tell(&self, before: &Status) {
        if let (Some(since), None) = (before.log_away_since, self.log_away_since) {
            tracing::info!(%since, "the log answers again");
        }
        if std::mem::discriminant(&before.state) == std::mem::discriminant(&self.state) {
            return;
        }
        let at = self.position;
        match &self.state {
            // Every call on a folder begins so, and says nothing of it.
            State::CatchingUp | State::Following if writing(&before.state) => {}
            State::CatchingUp | State::Following => tracing::info!(%at, "this process writes the read models"),
            State::StandingBy => tracing::info!(%at, "another projector writes the read models: standing by"),
            State::Elsewhere => tracing::info!(%at, "the read models can be read"),
            State::Waiting { why, .. } => tracing::warn!(%at, %why, "the read models cannot be written now: waiting"),
            State::Stopped { why, at, .. } => {
                tracing::error!(%at, %why, "the projector has stopped: the read models stand still");
            }
        }
    }

    pub(crate) fn stand_at(&mut self, checkpoint: &Checkpoint) {
        self.position = checkpoint.position;
        self.recorded_at = checkpoint.recorded_at.parse().ok();
        self.log_head = self.log_head.max(checkpoint.position);
        self.compare();
    }

    fn compare(&mut self) {
        if self.position >= self.log_head {
            self.even_at = Some(Timestamp::now());
        }
    }

    /// How late readers are, in seconds: what waits was written after what was taken in last, and after nothing waited.
    fn late(&self) -> f64 {
        match self.recorded_at.max(self.even_at) {
            Some(since) if self.position < self.log_head => {
                Timestamp::now().duration_since(since).as_secs_f64().max(0.0)
            }
            Some(_) | None => 0.0,
        }
    }
}

/// Whether this process writes the tables.
fn writing(state: &State) -> bool {
    matches!(state, State::CatchingUp | State::Following)
}

/// Says why the log does not answer, once.
pub(crate) fn tell_away(status: &watch::Sender<Status>, head: &Result<Position, LogError>) {
    if let Err(error) = head
        && status.borrow().log_away_since.is_none()
    {
        tracing::warn!(why = chain(error), "the log does not answer: reads go on, and nothing is written");
    }
}

/// Changes the status and says so. The traces are told when nobody waits for the status any more: whatever takes them may be slow.
pub(crate) fn change_and_tell(sender: &watch::Sender<Status>, change: impl FnOnce(&mut Status)) {
    let mut told = None;
    sender.send_modify(|status| {
        let before = status.clone();
        change(status);
        told = Some((before, status.clone()));
    });
    if let Some((before, now)) = told {
        now.tell(&before);
    }
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
            even_at: None,
            log_away_since: None,
            state: State::CatchingUp,
        };
        Publisher { status: watch::Sender::new(status), tables, moved: std::sync::Mutex::new(Instant::now()) }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// The fold stands where the tables stand: readers of this process need not look at the checkpoint any more.
    pub(crate) fn begins(&self, checkpoint: &Checkpoint) {
        self.tables.send_replace(Some(checkpoint.position));
        self.changed(|status| {
            status.stand_at(checkpoint);
            status.state = State::CatchingUp;
        });
    }

    /// Another projector writes, and has come so far.
    pub(crate) fn stands_by(&self, checkpoint: Option<&Checkpoint>) {
        self.changed(|status| {
            if let Some(checkpoint) = checkpoint {
                status.stand_at(checkpoint);
            }
            status.state = State::StandingBy;
        });
    }

    /// The tables cannot be written now.
    pub(crate) fn waits(&self, why: String) {
        self.changed(|status| status.wait(why));
    }

    /// A batch is written.
    pub(crate) fn written(&self, checkpoint: &Checkpoint, events: usize) {
        *self.moved.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now();
        self.tables.send_replace(Some(checkpoint.position));
        metrics::histogram!("traccia_projector_batch_events").record(float(events as u64));
        self.changed(|status| {
            status.stand_at(checkpoint);
            if matches!(status.state, State::Waiting { .. }) {
                status.state = State::CatchingUp;
            }
        });
    }

    /// Where the log ends, or why it does not answer.
    pub(crate) fn head(&self, log_head: &Result<Position, LogError>) {
        tell_away(&self.status, log_head);
        self.changed(|status| status.log_answers(log_head));
    }

    /// This one has stopped, and the tables have come so far.
    pub(crate) fn stands_at(&self, checkpoint: &Checkpoint) {
        self.changed(|status| status.stand_at(checkpoint));
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

    /// Whether anybody still asks how it is doing.
    pub(crate) fn asked(&self) -> bool {
        self.status.receiver_count() > 0
    }

    fn changed(&self, change: impl FnOnce(&mut Status)) {
        change_and_tell(&self.status, |status| {
            change(status);
            if status.state == State::CatchingUp && status.position >= status.log_head {
                status.state = State::Following;
            }
        });
        self.status.borrow().measure();
        let moved = *self.moved.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        metrics::gauge!("traccia_projector_checkpoint_age_seconds").set(moved.elapsed().as_secs_f64());
    }
}

/// As metrics want numbers; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "positions stay far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn what_comes_after_a_quiet_hour_is_not_an_hour_late() {
        let hour_ago = Timestamp::now() - 1.hour();
        let mut status = Status { position: Position(7), recorded_at: Some(hour_ago), ..Status::unknown() };
        status.log_answers(&Ok(Position(9)));
        assert!(status.late() >= 3_600.0, "it is not known since when the next waits: {}", status.late());
        status.position = Position(9);
        status.log_answers(&Ok(Position(9)));
        assert!(status.late() == 0.0);
        status.log_answers(&Ok(Position(10)));
        assert!(status.late() < 60.0, "nothing waited a moment ago: {}", status.late());
    }
}
