//! Documents as they are presented, and what is wrong with those that are refused.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DocumentKind, fiscal_code};

/// A document's number as a client sends it. It never prints.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DocumentNumber(pub String);

impl fmt::Debug for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentNumber(***)")
    }
}

/// A document that is well formed: its number is normalised and checked. It never prints, nor is it ever stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    kind: DocumentKind,
    issuer: String,
    number: String,
}

/// Why a document is refused. The texts never quote the number.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidDocument {
    /// A fiscal code that cannot be.
    #[error(transparent)]
    FiscalCode(#[from] fiscal_code::InvalidFiscalCode),
    /// Too little is left of the number once spaces and punctuation are gone, or it is too long to be one.
    #[error("a document's number has 3 to 32 letters and digits; an STP or ENI code its three letters and 13 more")]
    Number,
    /// The issuer is too long to be one.
    #[error("a document's issuer has at most 64 letters and digits")]
    Issuer,
}

impl Document {
    /// Normalises (upper case, no spaces, no punctuation) and checks a document.
    ///
    /// # Errors
    /// When the number cannot belong to a document of its kind.
    pub fn new(kind: DocumentKind, issuer: Option<&str>, number: &DocumentNumber) -> Result<Document, InvalidDocument> {
        let number = normal(&number.0).ok_or(InvalidDocument::Number)?;
        let issuer: String = issuer.unwrap_or_default().chars().map(unaccented).collect();
        let issuer = normal(&issuer).ok_or(InvalidDocument::Issuer)?;
        if issuer.chars().count() > 64 {
            return Err(InvalidDocument::Issuer);
        }
        // These numbers are unique in the whole country. An issuer named at one desk and not at another would make two
        // records, hence two citizens, of one document.
        let national = String::new;
        let (issuer, number) = match kind {
            DocumentKind::FiscalCode => {
                fiscal_code::check(&number)?;
                (national(), number)
            }
            DocumentKind::Stp => (national(), health_code("STP", number)?),
            DocumentKind::Eni => (national(), health_code("ENI", number)?),
            DocumentKind::IdentityCard
            | DocumentKind::Passport
            | DocumentKind::DrivingLicence
            | DocumentKind::ResidencePermit
            | DocumentKind::Other => {
                if !(3..=32).contains(&number.chars().count()) {
                    return Err(InvalidDocument::Number);
                }
                (issuer, number)
            }
        };
        Ok(Document { kind, issuer, number })
    }

    /// Another of the same kind and issuer, whose number is normalised and checked.
    pub(super) fn numbered(&self, number: String) -> Document {
        Document { number, ..self.clone() }
    }

    /// The same without its issuer.
    pub(super) fn issued_by_nobody(&self) -> Document {
        Document { issuer: String::new(), ..self.clone() }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// Its issuer, normalised; empty when none was named, or when the number is unique in the country without it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its number, normalised. For fingerprinting and for masking only.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Its number with all but the first two characters hidden, to be recognised by who holds the document.
    #[must_use]
    pub fn masked(&self) -> String {
        mask(&self.number)
    }
}

/// Hides all but the first two characters of what may be a document's number; all of it when it is short.
#[must_use]
pub fn mask(text: &str) -> String {
    let text = text.trim();
    let shown = if text.chars().count() < 6 { 0 } else { 2 };
    text.chars().take(32).enumerate().map(|(place, c)| if place < shown { c } else { '*' }).collect()
}

/// A health code with its three letters, which desks often leave out. Regions number the rest as they like, so no more
/// than its length is checked.
fn health_code(letters: &str, number: String) -> Result<String, InvalidDocument> {
    let rest = number.strip_prefix(letters).unwrap_or(&number);
    if rest.len() != 13 || !rest.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return Err(InvalidDocument::Number);
    }
    Ok(format!("{letters}{rest}"))
}

/// Upper case, no spaces, no punctuation. `None` where a letter or digit is not one of A-Z and 0-9: a look-alike would
/// make a second record, hence a second citizen, of one document.
fn normal(text: &str) -> Option<String> {
    let left_out = |c: char| {
        c.is_ascii() || c.is_whitespace() || matches!(c, '\u{200B}'..='\u{206F}' | '\u{FEFF}' | '°' | 'º' | 'ª')
    };
    text.chars()
        .filter_map(|c| match c.is_ascii_alphanumeric() {
            true => Some(Some(c.to_ascii_uppercase())),
            false if left_out(c) => None,
            false => Some(None),
        })
        .collect()
}

/// A letter without its accent, so that an issuer has one spelling; a combining accent becomes a space, which is left out.
pub(crate) fn unaccented(c: char) -> char {
    match c {
        'à'..='å' | 'À'..='Å' => 'A',
        'ç' | 'Ç' => 'C',
        'è'..='ë' | 'È'..='Ë' => 'E',
        'ì'..='ï' | 'Ì'..='Ï' => 'I',
        'ñ' | 'Ñ' => 'N',
        'ò'..='ö' | 'Ò'..='Ö' => 'O',
        'ù'..='ü' | 'Ù'..='Ü' => 'U',
        '\u{300}'..='\u{36F}' => ' ',
        other => other,
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({}, ***)", self.kind.as_str())
    }
}
