//! The national 33-column upload layout, from file to commands.
//!
//! A file is read twice: once to judge every row, once to write. Names, contacts and free text are dropped where a line
//! becomes a row ([`row`]); what must wait on disk in between is sealed ([`spool`]).
//!
//! A point is found by its id, or by its name where nobody knows the id ([`PointNames`]). A facilitator is found by the id
//! alone: no name of a person enters the log, so there is none that a file's could be compared with.

mod batches;
pub mod codes;
mod findings;
pub mod keep;
mod kept;
pub mod layout;
pub mod lines;
mod masked;
pub mod notes;
mod points;
pub mod provinces;
mod rejected;
mod report;
pub mod row;
mod run;
mod source;
pub mod spool;

#[cfg(test)]
mod tests;

pub use findings::Finding;
pub use points::PointNames;
pub use rejected::{Rejected, RejectedRows};
pub use report::Report;
pub use run::{ImportError, Options, Progress, Stage, run};
pub use source::{OnDisk, Source};
