//! Names of things: those a client chooses, and those that follow from what a thing is.

use std::{fmt, str::FromStr, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::hash::{Hex, ShortHash};

/// Why a text is not an id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidId {
    /// Ids chosen by clients are short and plain, so that they can stand in a path, a subject and a file name.
    #[error("an id has 1 to 64 characters: small letters a to z, digits and hyphens")]
    Chosen,
    /// Ids of records and services are computed and never typed.
    #[error("this id has 32 lower-case hexadecimal digits")]
    Derived,
    /// A province is named by its car-plate code.
    #[error("a province is two capital letters, for example MI")]
    Province,
}

macro_rules! chosen_id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        text_id!($name, InvalidId::Chosen, "^[a-z0-9-]{1,64}$", |text: &str| {
            (1..=64).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        });
    )+};
}

macro_rules! text_id {
    ($name:ident, $error:expr, $pattern:literal, $valid:expr) => {
        impl $name {
            /// The text itself, shared.
            #[must_use]
            pub fn shared(&self) -> Arc<str> {
                self.0.clone()
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.into())) } else { Err($error) }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "pattern": $pattern})
            }
        }
    };
}

chosen_id! {
    /// A Region's agreement (*programma, avviso*).
    ProgrammeId
    /// What one partnership has been awarded (*progetto*).
    ProjectId
    /// A place where services are given (*punto, presidio*).
    PointId
    /// Who gives the service (*facilitatore*).
    FacilitatorId
    /// The share of an invoice that a project claims (*spesa*).
    ExpenseId
}

/// A province's code (*sigla*): two capital letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvinceCode(Arc<str>);

text_id!(ProvinceCode, InvalidId::Province, "^[A-Z]{2}$", |text: &str| {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
});

macro_rules! derived_id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub ShortHash);

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Hex::parse(text).map(Self).ok_or(InvalidId::Derived)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

derived_id! {
    /// A record (*anagrafica*): the keyed fingerprint of the document it was registered with, never the number.
    RecordId
    /// A document's number whatever its issuer, as a keyed fingerprint.
    NumberId
    /// An invoice (*fattura*): supplier, number and date as a keyed fingerprint, for the supplier may be a person.
    InvoiceId
    /// A service: the hash of what happened, so that the same service has the same id wherever it comes from.
    ServiceId
}

#[cfg(test)]
mod tests;
