//! The rules of measure 1.7.2, *Punti Digitale Facile*: value types, aggregates, commands and events.
//!
//! Nothing here does input or output, reads a clock or draws a random number: the same history gives the same state
//! on any machine. Each aggregate is a folder: its state and decisions, its commands, its events.

pub mod actor;
pub mod command;
pub mod commit;
pub mod cup;
pub mod document;
pub mod event;
pub mod expense;
pub mod facilitator;
pub mod genesis;
pub mod hash;
pub mod id;
pub mod invoice;
pub mod link;
pub mod milestone;
pub mod money;
pub mod number;
pub mod payments;
pub mod point;
pub mod position;
pub mod programme;
pub mod project;
pub mod reason;
pub mod record;
pub mod refusal;
pub mod registration;
pub mod report;
pub mod schema;
pub mod service;
pub mod stream;
pub mod time;
pub mod tranche;
pub mod upcast;

mod aggregate;
#[cfg(test)]
mod given;

pub use actor::{Actor, Role};
pub use aggregate::Decide;
pub use command::{Command, CommandKind};
pub use commit::{Commit, Recorded};
pub use event::Event;
pub use hash::Hash;
pub use id::{
    ExpenseId, FacilitatorId, InvoiceId, NumberId, PointId, ProgrammeId, ProjectId, ProvinceCode, RecordId, ServiceId,
};
pub use money::{Cents, Share};
pub use position::Position;
pub use refusal::Refusal;
pub use stream::{StreamId, StreamKind};
pub use time::TimeOfDay;
