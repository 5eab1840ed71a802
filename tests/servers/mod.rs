//! Real servers, private to a test process: on free ports, in temporary folders, gone with the process however it ends.

mod cut_disk;
mod guarded;
mod keeper;
pub mod nats;
mod place;
pub mod postgres;
mod small_disk;

pub use cut_disk::CutDisk;
pub use guarded::Guarded;
pub use place::{NoServer, cache, free_port, had, may_fetch};
pub use small_disk::SmallDisk;
