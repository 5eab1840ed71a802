//! Identity documents: normalised, checked, fingerprinted. The number itself stays at the door.

pub mod birth;
pub mod fingerprint;
pub mod fiscal_code;
pub mod kind;
mod near;
pub mod number;

pub use birth::KnownBirth;
pub use fingerprint::{FingerprintKey, FingerprintKeys, KeyVersion};
pub use kind::DocumentKind;
pub use number::{Document, DocumentNumber, InvalidDocument, mask};

#[cfg(test)]
mod tests;
