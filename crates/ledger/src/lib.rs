//! The transparency log: the commits of a log are the leaves of a Merkle tree (RFC 6962), published as tiles (C2SP
//! `tlog-tiles`) with signed checkpoints (C2SP `tlog-checkpoint`).
//!
//! What is published says that history was not changed, to anyone who kept an older checkpoint. It holds hashes only: the
//! entries stay in the log, and travel in audit packs.

pub mod checkpoint;
pub mod entries;
mod error;
mod folder;
mod follow;
mod ledger;
pub mod note;
mod pack;
pub mod proof;
mod publish;
mod status;
#[cfg(test)]
mod testing;
mod tile;
pub mod tree;
mod verify;

pub use checkpoint::Checkpoint;
pub use error::LedgerError;
pub use folder::Folder;
pub use follow::Follower;
pub use ledger::{Inclusion, Ledger, Signed};
pub use note::{NoteError, Signer, Verifier};
pub use pack::pack;
pub use status::{State, Status};
pub use tile::{Bundle, FULL, Tile};
pub use traccia_domain::hash::tree as hash;
pub use verify::{Verified, verify_log, verify_pack};
