//! Following the log: fold, versioned tables, checkpoint, rebuild, verify. It knows no particular projection.

mod batch;
mod cells;
mod changes;
mod checkpoint;
mod elsewhere;
mod error;
mod fold;
mod folder;
mod fork;
pub mod memory;
mod postgres;
mod rebuild;
mod runner;
mod source;
mod sql;
mod sqlite;
mod status;
mod store;
mod table;
mod verify;
mod view;

#[cfg(test)]
mod tests;

pub use cells::{Cell, Cells};
pub use changes::{Change, Changes};
pub use checkpoint::Checkpoint;
pub use elsewhere::observe;
pub use error::ProjectorError;
pub use fold::{At, Projection};
pub use folder::fold_only;
pub use fork::{Fork, Forks, NoFork};
pub use postgres::{PgOptions, PgOptionsError, UnsafeSetting};
pub use rebuild::{Progress, rebuild};
pub use runner::{Projector, together};
pub use status::{State, Status};
pub use table::{Column, ColumnType, Row, Shape, Table, Value};
pub use verify::{Difference, DifferentColumn, Verified, VerifiedTable, verify};
pub use view::{ReadError, Reading, Tables, View, held};
