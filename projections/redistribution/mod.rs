//! What a redistribution by pace would be. The definition is in README.md.
//!
//! Nothing is folded here, and nothing written: who adopts one sends a command.

pub mod pace;
pub mod queries;

#[cfg(test)]
mod tests;
