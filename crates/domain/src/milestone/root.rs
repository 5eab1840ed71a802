//! The root hash of a frozen list.
//!
//! The list is sorted by serial. A leaf is the person's serial and the service it was claimed with, sixteen bytes each; the
//! root is that of a Merkle tree (RFC 6962, section 2.1), so that one unit can be shown to be in a list without the others.

use crate::{Hash, RecordId, ServiceId, hash::tree};

/// The root of a list of persons' serials and services.
#[must_use]
pub fn root(units: impl Iterator<Item = (RecordId, ServiceId)>) -> Hash {
    let leaves: Vec<Hash> = units.map(|(person, service)| tree::leaf(&[person.0.0, service.0.0].concat())).collect();
    tree::over(&leaves, None).unwrap_or_else(tree::empty)
}
