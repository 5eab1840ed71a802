//! A line of a tranche: what made its amount another one, by how much, and where that comes from.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::Cents;

/// A correction of a tranche. It is never changed: what corrects it is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Why.
    pub code: EntryCode,
    /// By how much: less than nothing when it takes away.
    pub amount: Difference,
    /// What it comes from: a milestone, a tranche, an exposure, an act.
    pub origin: String,
}

impl Entry {
    /// A correction that adds, or with less than nothing takes away.
    pub(super) fn new(code: EntryCode, amount: Cents, origin: impl Into<String>) -> Entry {
        Entry { code, amount: Difference(amount), origin: origin.into() }
    }
}

/// Why a tranche is corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryCode {
    /// A redistribution planned another amount than the approval; the origin is its act.
    Amendment,
    /// Its milestone was met in part; the origin is the milestone.
    Reduction,
    /// An earlier tranche's milestone was cured once that tranche was ordered; the origin is that tranche.
    CureRelease,
    /// An exposure is taken from it; the origin is the exposure.
    Netting,
    /// The project gave back; the origin is the exposure.
    Recovery,
    /// It was revoked; the origin is the act.
    Revocation,
}

/// A difference in euro cents, which may be less than nothing: `"-27.32"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference(pub Cents);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Difference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let read = |text: &str| text.parse::<Cents>().map_err(D::Error::custom);
        match text.strip_prefix('-') {
            Some(amount) => read(amount).map(|amount| Difference(-amount)),
            None => read(&text).map(Difference),
        }
    }
}

impl JsonSchema for Difference {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Difference".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^-?[0-9]{1,13}(\\.[0-9]{1,2})?$"})
    }
}
