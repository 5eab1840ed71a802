//! Figures as pages show them: as Italian readers write them, as far as they may be shown, with the way to what is behind.

mod cell;
mod happened;
pub(crate) mod hidden;
pub(crate) mod italian;
mod provinces;
mod task;

pub(crate) use cell::{Bar, Cell, Shown};
pub(crate) use happened::happened;
pub(crate) use provinces::province;
pub(crate) use task::Task;
