//! An invented network and an invented upload, for the demo and the benchmark: seeded, so that it can be had again.
//!
//! Every fiscal code is invented: random letters with a valid check character. The upload has the mess of real ones:
//! repeated visits, repeated lines, other documents, wrong dates, unknown points, wrong codes. The programme it begins with
//! is a Region's own, from its file.

mod network;
mod programme_file;
mod upload;

pub use network::Network;
pub use programme_file::programme_file;
