//! How the ledger is doing, for readiness, `doctor` and metrics.

use std::time::SystemTime;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::LedgerError;

/// How the ledger is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// How many commits are signed.
    pub size: u64,
    /// Whether it goes on.
    pub state: State,
}

/// Whether the ledger goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody of this process publishes: another one does, or none.
    Idle,
    /// It follows the log.
    Following,
    /// Something stands in its way and may pass: a full disk, a log that is away. It tries again.
    Waiting {
        /// What.
        why: String,
    },
    /// It has stopped for good, and signs nothing more.
    Stopped {
        /// Why, and what to do.
        why: String,
        /// When.
        since: Timestamp,
        /// Whether the log is no longer the one that was signed.
        history_changed: bool,
    },
}

impl Default for Status {
    fn default() -> Self {
        Status { size: 0, state: State::Idle }
    }
}

/// Publishes the status and the metrics.
#[derive(Debug)]
pub(crate) struct Teller {
    status: watch::Sender<Status>,
    signed_at: Option<SystemTime>,
}

impl Teller {
    pub(crate) fn new() -> Teller {
        Teller { status: watch::Sender::default(), signed_at: None }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// A checkpoint of this size is on the disk.
    pub(crate) fn signed(&mut self, size: u64, at: Option<SystemTime>) {
        self.signed_at = at;
        self.status.send_replace(Status { size, state: State::Following });
        self.measure();
    }

    /// What to do is known to be in the way of it for now.
    pub(crate) fn waits(&self, error: &LedgerError) {
        let why = error.chain();
        tracing::warn!(why, "the ledger waits; it tries again");
        self.status.send_modify(|status| status.state = State::Waiting { why });
    }

    /// It is over.
    pub(crate) fn stopped(&self, error: &LedgerError) {
        let (why, history_changed) = (error.chain(), error.history_changed());
        tracing::error!(history_changed, "the ledger has stopped: {why}");
        let stopped = State::Stopped { why, since: Timestamp::now(), history_changed };
        self.status.send_modify(|status| status.state = stopped);
        metrics::gauge!("traccia_ledger_stopped").set(1.0);
    }

    /// Age and size, as they are now.
    #[expect(clippy::cast_precision_loss, reason = "positions stay far below 2^53")]
    pub(crate) fn measure(&self) {
        metrics::gauge!("traccia_ledger_size").set(self.status.borrow().size as f64);
        if let Some(age) = self.signed_at.and_then(|at| at.elapsed().ok()) {
            metrics::gauge!("traccia_ledger_checkpoint_age_seconds").set(age.as_secs_f64());
        }
    }
}
