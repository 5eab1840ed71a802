//! Writing: commands one by one or in batches, and uploads.

pub(crate) mod command;
pub(crate) mod confirmations;
pub(crate) mod imports;
pub(crate) mod names;
pub(crate) mod upload;
