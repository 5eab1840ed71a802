//! Who may do what. Everything is denied unless a line here allows it.

mod command;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use command::reaches;
pub use command::{Extent, Target, extent, may_ask, may_record, within};
pub use read::{Reach, Read, reach};

/// A bearer has no right to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs {needed}")]
pub struct Forbidden {
    /// What a token would have to say.
    pub needed: String,
}
