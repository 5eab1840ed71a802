//! What a client sends, read strictly: each part is right, or there is a problem that says what is wrong without
//! repeating it.

mod body;
pub(crate) mod form;
pub(crate) mod key;
pub(crate) mod lines;
mod named;
pub(crate) mod plain;
mod query;
mod shape;

pub(crate) use body::Whole;
pub(crate) use key::Key;
pub(crate) use named::{Both, Named};
pub(crate) use query::Params;
pub(crate) use shape::Shape;
