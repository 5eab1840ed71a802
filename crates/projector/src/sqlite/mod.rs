//! Tables in a file, by SQLite.

mod build;
mod compare;
mod files;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use build::Building;
pub(crate) use compare::Scratch;
pub(crate) use files::Files;
pub(crate) use read::Reader;
pub(crate) use write::Writer;
