//! Why somebody did something, in their own words: the only free text that enters the log, for ever and in sight of many.
//! It says why, never who.

use std::fmt;

use serde::{
    Deserializer,
    de::{self, Visitor},
};

use crate::document::fiscal_code;

mod carried;
mod contact;
mod folded;
#[cfg(test)]
mod tests;

/// The most characters of a reason.
pub const LONGEST: usize = 500;

/// The most characters of an account: what a report says in the partnership's own words.
pub const LONGEST_ACCOUNT: usize = 2_000;

/// Why a text is no reason that may be kept. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitReason {
    /// It has more characters than there is room for.
    #[error("this has at most {most} characters")]
    TooLong {
        /// How many there may be.
        most: usize,
    },
    /// It names somebody by their fiscal code.
    #[error("this holds a fiscal code: say why, not who")]
    FiscalCode,
    /// It holds an e-mail address.
    #[error("this holds an e-mail address: say why, not who")]
    Email,
    /// It holds a telephone number.
    #[error("this holds a telephone number: say why, not who")]
    Telephone,
    /// It holds a payment card's number.
    #[error("this holds a payment card's number, or what looks like one: say why, not who")]
    PaymentCard,
    /// It holds an account's number.
    #[error("this holds an IBAN: say why, not who")]
    Iban,
    /// It holds an identity card's number.
    #[error("this holds an identity card's number: say why, not who")]
    IdentityCard,
}

/// Whether a text may be kept as a reason. Names cannot be told from other words: those who write must leave them out.
///
/// # Errors
/// When it is too long, or holds what only a person has.
pub fn check(text: &str) -> Result<(), UnfitReason> {
    check_within(text, LONGEST)
}

/// Whether a text may be kept as an account.
///
/// # Errors
/// As [`check`], of a longer text.
pub fn check_account(text: &str) -> Result<(), UnfitReason> {
    check_within(text, LONGEST_ACCOUNT)
}

fn check_within(text: &str, most: usize) -> Result<(), UnfitReason> {
    let text = &fitting(text, most)?;
    check_names_nobody(text)?;
    if contact::holds_telephone(text) {
        Err(UnfitReason::Telephone)
    } else if carried::holds_payment_card(text) {
        Err(UnfitReason::PaymentCard)
    } else if carried::holds_identity_card(text) {
        Err(UnfitReason::IdentityCard)
    } else {
        Ok(())
    }
}

/// Whether a text may be kept as the name of an act, of where money comes from, or as an invoice's number. They have numbers
/// that cannot be told from telephones and cards.
///
/// # Errors
/// When it is too long, or holds what only a person has.
pub fn check_act(text: &str) -> Result<(), UnfitReason> {
    check_names_nobody(&fitting(text, LONGEST)?)
}

/// A text that is short enough, in its plain form.
fn fitting(text: &str, most: usize) -> Result<String, UnfitReason> {
    if text.chars().count() > most { Err(UnfitReason::TooLong { most }) } else { Ok(folded::folded(text)) }
}

fn check_names_nobody(text: &str) -> Result<(), UnfitReason> {
    if holds_fiscal_code(text) {
        Err(UnfitReason::FiscalCode)
    } else if contact::holds_email(text) {
        Err(UnfitReason::Email)
    } else if carried::holds_iban(text) {
        Err(UnfitReason::Iban)
    } else {
        Ok(())
    }
}

/// A code that stands alone; or one of 16 characters however it is spaced, unless nearly all of it is letters: then it
/// is words that run together. A provisional one has as many digits as other numbers.
fn holds_fiscal_code(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let alone = upper.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| valid(word.as_bytes()));
    let plain: Vec<u8> = upper.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let few = |window: &[u8]| window.iter().filter(|byte| byte.is_ascii_digit()).count() < 4;
    alone || plain.windows(16).any(|window| !few(window) && valid(window))
}

fn valid(code: &[u8]) -> bool {
    std::str::from_utf8(code).is_ok_and(|code| fiscal_code::check(code).is_ok())
}

/// Reads a field that is a reason.
///
/// # Errors
/// As [`check`].
pub(crate) fn read<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    field.deserialize_string(Text(check))
}

/// Reads a field that names an act.
///
/// # Errors
/// As [`check_act`].
pub(crate) fn read_act<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    field.deserialize_string(Text(check_act))
}

/// Reads a field that may be a reason.
///
/// # Errors
/// As [`check`].
pub(crate) fn read_some<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    field.deserialize_option(TextOrNull(check))
}

/// Reads a field that may be an account.
///
/// # Errors
/// As [`check_account`].
pub(crate) fn read_account<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    field.deserialize_option(TextOrNull(check_account))
}

struct Text(fn(&str) -> Result<(), UnfitReason>);

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        (self.0)(text).map(|()| text.to_owned()).map_err(E::custom)
    }
}

struct TextOrNull(fn(&str) -> Result<(), UnfitReason>);

impl<'de> Visitor<'de> for TextOrNull {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or null")
    }

    fn visit_none<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, field: D) -> Result<Option<String>, D::Error> {
        field.deserialize_string(Text(self.0)).map(Some)
    }
}
