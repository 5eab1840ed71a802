//! Money in integer cents, shares in millionths; allocation by largest remainder.

mod allocation;
mod arithmetic;
pub mod reduction;
#[cfg(test)]
mod tests;

pub use allocation::{allocate, apportion};

use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An amount in euro cents; written as a decimal string with two decimals, `"440059.10"`.
///
/// A difference may be negative, and then prints with its sign; no amount is ever read that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(pub i64);

/// A part of a whole in millionths, 0 to 1; written as a decimal string, `"0.10"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

/// Why a text is not an amount or a share.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidAmount {
    /// Amounts are exact to the cent.
    #[error("an amount is a decimal string with at most two decimals, for example 440059.10, in quotation marks")]
    Money,
    /// Amounts are never below nothing.
    #[error("an amount must not be negative")]
    Negative,
    /// A share is a part of one whole.
    #[error("a share is a decimal string from 0 to 1 with at most six decimals, for example 0.25, in quotation marks")]
    Share,
}

impl Share {
    /// The whole, in millionths.
    pub const WHOLE: u32 = 1_000_000;

    /// From millionths; `None` when it is more than the whole.
    #[must_use]
    pub const fn from_millionths(millionths: u32) -> Option<Share> {
        if millionths <= Share::WHOLE { Some(Share(millionths)) } else { None }
    }

    /// The share in millionths.
    #[must_use]
    pub fn millionths(self) -> u32 {
        self.0
    }
}

/// Reads digits, optionally a point and at most `decimals` digits more; the value in units of the last decimal.
fn fixed(text: &str, decimals: u32) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > decimals as usize || (text.contains('.') && part.is_empty()) {
        return None;
    }
    if !digits(whole) || !digits(part) || whole.len() > 13 {
        return None;
    }
    let scale = 10_i64.pow(decimals);
    let missing = 10_i64.pow(decimals - u32::try_from(part.len()).ok()?);
    let part: i64 = if part.is_empty() { 0 } else { part.parse().ok()? };
    Some(whole.parse::<i64>().ok()? * scale + part * missing)
}

impl FromStr for Cents {
    type Err = InvalidAmount;
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        let below = text.strip_prefix(['-', '\u{2212}']).is_some_and(|rest| fixed(rest, 2).is_some());
        fixed(text, 2).map(Cents).ok_or(if below { InvalidAmount::Negative } else { InvalidAmount::Money })
    }
}

impl FromStr for Share {
    type Err = InvalidAmount;
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        let value = fixed(text, 6).and_then(|v| u32::try_from(v).ok()).ok_or(InvalidAmount::Share)?;
        if value > Share::WHOLE { Err(InvalidAmount::Share) } else { Ok(Share(value)) }
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / Share::WHOLE, self.0 % Share::WHOLE);
        let short = text.trim_end_matches('0');
        let decimals = short.len() - short.find('.').unwrap_or(0) - 1;
        f.write_str(if decimals < 2 { &text[..text.len() - 4] } else { short })
    }
}

macro_rules! as_text {
    ($name:ident, $pattern:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
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

as_text!(Cents, "^[0-9]{1,13}(\\.[0-9]{1,2})?$");
as_text!(Share, "^[01](\\.[0-9]{1,6})?$");
