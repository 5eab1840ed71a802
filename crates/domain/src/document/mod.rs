//! Identity documents: normalised, checked, fingerprinted. The number itself stays at the door.
//!
//! Nobody asks when a document expires: it identifies whoever shows it as it did when it was valid, so that the same document
//! is the same record years later.

pub mod birth;
pub mod fingerprint;
pub mod fiscal_code;
pub mod kind;
mod near;
pub mod number;

pub use birth::KnownBirth;
pub use fingerprint::{FingerprintKey, FingerprintKeys, KeyVersion};
pub use kind::DocumentKind;
pub(crate) use number::unaccented;
pub use number::{Document, DocumentNumber, InvalidDocument, mask};

#[cfg(test)]
mod tests;
