//! For tests: histories, and a naive model that the folds must agree with.

pub(crate) mod history;

mod claimed;
pub(crate) mod drawn;
mod facts;
pub(crate) mod model;
pub(crate) mod properties;
pub(crate) mod steps;
mod store;
