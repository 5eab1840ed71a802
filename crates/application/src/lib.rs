//! Carrying out a command: permission, idempotency, load, decide, append, retry.
//!
//! No rule lives here, and no SQL: rules are in `traccia-domain`, what must be kept outside the log comes through ports.

mod actor;
mod append;
mod application;
mod courtesy;
mod desk;
mod facts;
mod failure;
mod idempotency;
mod imagined;
mod near;
pub mod permission;
mod ports;
mod reproduce;
mod sealing;
mod store;
mod stored;
pub mod token;

#[cfg(test)]
mod testing;

pub use actor::{Bearer, Scope};
pub use application::{Application, Done, Foreseen};
pub use desk::{Desk, Row, RowOutcome, RowRefusal, RowService};
pub use failure::{Existing, Failure};
pub use idempotency::{IdempotencyKey, InvalidKey};
pub use ports::{Answers, Clock, Earlier, Figures, PortError, RecordKey, RecordKeys, SystemClock};
pub use reproduce::{Reproduced, Unfounded, Unlike, reproduce};
pub use store::Store;
