//! Damage: bits that flip, ends that are gone, commits swapped or forged, rows edited, tiles exchanged. Everything is
//! found by the program's own tools, or proven to be nothing.

mod bytes;
mod edited;
mod exported;
mod jetstream;
mod kept;
mod limits;
mod look;
mod rewritten;
mod says;
mod served;
mod signed;
mod start;
mod started;
mod strike;
mod turns;
mod whole;
