//! How much room there is on the disk that commands are written to. A part of it is kept free: what runs into a full disk is
//! answered late, as unknown, and the keys, the read models and the ledger stand still with it.

use axum::http::StatusCode;

use crate::{App, Problem};

/// How much room there is, as it was last seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// What may still be written, in bytes.
    pub free: u64,
    /// The whole disk, in bytes.
    pub size: u64,
    /// What is kept, in bytes: with less free no new command is taken.
    pub kept: u64,
}

impl Room {
    /// Whether less is free than is kept.
    #[must_use]
    pub fn refuses(self) -> bool {
        self.free < self.kept
    }

    /// Whether it is time to make room: less than twice of what is kept is free, on a small disk at 70 %.
    #[must_use]
    pub fn ends(self) -> bool {
        self.free < self.kept.saturating_mul(2)
    }

    /// Says how it is to whoever reads the metrics.
    pub fn measure(self) {
        metrics::gauge!("traccia_disk_free_bytes").set(float(self.free));
        metrics::gauge!("traccia_disk_size_bytes").set(float(self.size));
        metrics::gauge!("traccia_disk_kept_bytes").set(float(self.kept));
    }
}

/// Why no new command is taken, if none is.
pub(crate) fn refused(app: &App) -> Option<String> {
    let room = *app.room.borrow();
    let text = || {
        let [free, kept] = [room.free, room.kept].map(|bytes| bytes >> 20);
        format!("the disk of the log has {free} MiB free and {kept} MiB are kept: make room on it")
    };
    room.refuses().then(text)
}

/// Whether there is room for what a new command writes.
pub(crate) fn admit(app: &App) -> Result<(), Problem> {
    let refused = refused(app).map(|why| {
        let detail = format!("nothing was written, because {why}, and repeat");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "LogUnavailable", detail)
    });
    refused.map_or(Ok(()), Err)
}

/// As metrics want numbers; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no disk has 2^53 bytes")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}
