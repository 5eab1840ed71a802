//! Who has to be paid. A body's VAT number is public; a person's fiscal code is not, and never reaches the log.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::fiscal_code::{self, InvalidFiscalCode};

/// A supplier's tax id as a client writes it. It never prints: it may be a person's fiscal code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct WrittenTaxId(pub String);

impl fmt::Debug for WrittenTaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrittenTaxId(***)")
    }
}

/// A supplier as the log names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Supplier {
    /// By a VAT number: eleven digits in Italy (*partita IVA*), elsewhere with the country before it.
    Vat(String),
    /// A person, known by a fiscal code that is not kept. The invoice's id still tells the same one from another.
    Person,
}

/// A tax id that was checked, written one way. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct TaxId {
    text: String,
    supplier: Supplier,
}

impl fmt::Debug for TaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaxId(***)")
    }
}

/// Why a text is not a tax id. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTaxId {
    /// It has the form of none.
    #[error(
        "a supplier's tax id is an Italian VAT number of 11 digits, a foreign one with its country, for example \
         DE123456789, or a fiscal code of 16 characters"
    )]
    Form,
    /// The last digit does not follow from the others.
    #[error("the check digit of the supplier's VAT number is wrong")]
    CheckDigit,
    /// It has a fiscal code's length.
    #[error(transparent)]
    FiscalCode(#[from] InvalidFiscalCode),
}

impl TaxId {
    /// Reads a tax id, however it is spaced and in small letters or capitals.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(written: &WrittenTaxId) -> Result<TaxId, InvalidTaxId> {
        let mut text: String = written.0.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
        text.make_ascii_uppercase();
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(InvalidTaxId::Form);
        }
        // The same supplier with and without its country is one.
        if let Some(digits) = text.strip_prefix("IT").filter(|rest| rest.len() == 11) {
            text = digits.to_owned();
        }
        let supplier = match text.len() {
            11 if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                fiscal_code::check(&text).map_err(|_| InvalidTaxId::CheckDigit)?;
                Supplier::Vat(text.clone())
            }
            16 => {
                fiscal_code::check(&text)?;
                Supplier::Person
            }
            _ if foreign(&text) => Supplier::Vat(text.clone()),
            _ => return Err(InvalidTaxId::Form),
        };
        Ok(TaxId { text, supplier })
    }

    /// As the log names who it is.
    #[must_use]
    pub fn supplier(&self) -> &Supplier {
        &self.supplier
    }

    /// The text, for a fingerprint and nothing else.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Two letters of another country, then 2 to 12 characters most of which are digits: a part of somebody's fiscal code, of
/// which fewer are, is kept out of the log.
fn foreign(text: &str) -> bool {
    let Some((country, rest)) = text.split_at_checked(2) else { return false };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let country = country != "IT" && country.bytes().all(|byte| byte.is_ascii_uppercase());
    country && (2..=12).contains(&rest.len()) && 2 * digits > rest.len()
}
