//! What the tests of several crates share: real servers, private, on free ports, in temporary folders. Contracts, stories,
//! faults and architecture live in the test binary.

mod place;
pub mod servers;

pub use place::Place;
