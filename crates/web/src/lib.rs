//! HTTP: the JSON API and the pages.
//!
//! A handler translates, delegates and answers: rules are in the domain, numbers in the projections, rights in the
//! application. Every route asks for a right; `routes.rs` is the whole list, and the published description is made of it.

mod app;
mod bearer;
mod ledger;
mod log;
mod openapi;
mod operate;
mod page;
mod problem;
mod read;
mod regis;
mod request;
mod routes;
mod write;

#[cfg(test)]
mod tests;

pub use app::{App, Limits, Parts, Remembered, Traccia};
pub use openapi::{Operation, document, operations};
pub use operate::{metrics::metrics_recorder, room::Room};
pub use problem::Problem;
pub use read::tranche_table;
pub use request::form::{read_command, read_line};
pub use routes::{operation, router};
pub use write::names::point_names;
