//! International bank account numbers (ISO 13616), checked before money is sent to one.

use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An account's number as a client sends it. It never prints.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct IbanText(pub String);

impl fmt::Debug for IbanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IbanText(***)")
    }
}

/// The account of the public body that is paid. The log keeps it whole, for an order cannot be given again, or checked
/// by who replays it, without it. It prints its last four characters alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Iban(String);

/// The text is not an IBAN. It is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIban {
    /// Not letters and digits in their places.
    #[error("an IBAN is a country's two letters, two check digits, then letters and digits")]
    Form,
    /// A country that has none, as far as the register said when this was written.
    #[error("no country with this code has IBANs")]
    Country,
    /// Too short or too long.
    #[error("an IBAN of this country has {length} characters")]
    Length {
        /// How many it has.
        length: usize,
    },
    /// The check digits do not agree with the rest.
    #[error("the check digits of this IBAN do not agree with the rest: a character is wrong")]
    CheckDigits,
}

impl Iban {
    /// The whole number, for the bank and the log alone.
    #[must_use]
    pub fn whole(&self) -> &str {
        &self.0
    }

    /// The last four characters: enough to tell accounts apart, too few to use one.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl FromStr for Iban {
    type Err = InvalidIban;

    fn from_str(text: &str) -> Result<Self, InvalidIban> {
        let plain: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
        let bytes = plain.as_bytes();
        let form = bytes.len() > 4
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..4].iter().all(u8::is_ascii_digit)
            && bytes.iter().all(u8::is_ascii_alphanumeric);
        if !form {
            return Err(InvalidIban::Form);
        }
        let length = LENGTHS.iter().find(|(country, _)| country.as_bytes() == &bytes[..2]);
        let length = length.map(|(_, length)| *length).ok_or(InvalidIban::Country)?;
        if bytes.len() != length {
            return Err(InvalidIban::Length { length });
        }
        // 98 is the largest that the rule computes; 00, 01 and 99 leave the same remainder and were never given out.
        if !(2..=98).contains(&(10 * (bytes[2] - b'0') + bytes[3] - b'0')) || remainder(bytes) != 1 {
            return Err(InvalidIban::CheckDigits);
        }
        Ok(Iban(plain))
    }
}

/// ISO 7064, mod 97-10: the first four characters behind the others, letters as 10 to 35.
fn remainder(bytes: &[u8]) -> u32 {
    bytes[4..].iter().chain(&bytes[..4]).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// How long the IBANs of each country are (SWIFT, IBAN Registry).
const LENGTHS: [(&str, usize); 80] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
];

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.last_four())
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({self})")
    }
}

impl Serialize for Iban {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Iban {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Iban {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Iban".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,28}$"})
    }
}
