//! What those who run it need: health, metrics, traces, and the headers of every answer.

pub(crate) mod guard;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod observe;
pub(crate) mod room;
