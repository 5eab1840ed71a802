//! Tables in a PostgreSQL database.
//!
//! The schema `traccia` holds one row: the layout, and which generation of the tables is in place, how far it has come and
//! in which log. Each generation is a schema of its own, `traccia_g7`; others are put in place by changing that row.

mod build;
mod compare;
mod connection;
mod copy;
mod fill;
mod installation;
mod lead;
mod options;
mod read;
mod schema;
mod server;
mod settings;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use build::Building;
pub(crate) use compare::Scratch;
pub(crate) use installation::Newer;
pub(crate) use lead::Lead;
pub use options::{PgOptions, PgOptionsError};
pub(crate) use read::Reader;
pub(crate) use server::Server;
pub use settings::UnsafeSetting;
pub(crate) use write::Writer;
