//! Kinds of identity document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of identity document (*documento di identità*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// *Codice fiscale*: 16 characters, or 11 digits while provisional.
    FiscalCode,
    /// *Carta d'identità*.
    IdentityCard,
    /// *Passaporto*.
    Passport,
    /// *Patente di guida*.
    DrivingLicence,
    /// *Permesso di soggiorno*.
    ResidencePermit,
    /// *Straniero temporaneamente presente*: health code of foreigners without a permit.
    Stp,
    /// *Europeo non iscritto*: health code of Union citizens without coverage.
    Eni,
    /// Any other.
    Other,
}

impl DocumentKind {
    /// How it is written, in the log and in what is fingerprinted. Never changes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentKind::FiscalCode => "fiscal_code",
            DocumentKind::IdentityCard => "identity_card",
            DocumentKind::Passport => "passport",
            DocumentKind::DrivingLicence => "driving_licence",
            DocumentKind::ResidencePermit => "residence_permit",
            DocumentKind::Stp => "stp",
            DocumentKind::Eni => "eni",
            DocumentKind::Other => "other",
        }
    }
}
