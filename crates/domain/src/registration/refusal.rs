//! Why a registration is refused.

use crate::{
    document::InvalidDocument,
    refusal::{Code, Refuses},
};

/// Why a registration is refused. The texts never quote what was presented.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RegistrationRefusal {
    /// No document, or more than one person has.
    #[error("a citizen is registered by 1 to 8 documents")]
    Documents,
    /// A document that cannot be.
    #[error("{invalid}")]
    Document {
        /// Where it stands in the list.
        index: usize,
        /// What is wrong with it.
        invalid: InvalidDocument,
    },
    /// A value of the profile that is not in its list.
    #[error("{why}")]
    Profile {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is wrong.
        why: &'static str,
    },
}

impl Refuses for RegistrationRefusal {
    fn code(&self) -> Code {
        match self {
            RegistrationRefusal::Document { invalid: InvalidDocument::FiscalCode(_), .. } => Code::InvalidFiscalCode,
            RegistrationRefusal::Document { invalid: InvalidDocument::Number | InvalidDocument::Issuer, .. } => {
                Code::InvalidDocument
            }
            RegistrationRefusal::Documents | RegistrationRefusal::Profile { .. } => Code::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        Some(match self {
            RegistrationRefusal::Documents => "/documents".to_owned(),
            RegistrationRefusal::Document { index, invalid } => match invalid {
                InvalidDocument::FiscalCode(_) | InvalidDocument::Number => format!("/documents/{index}/number"),
                InvalidDocument::Issuer => format!("/documents/{index}/issuer"),
            },
            RegistrationRefusal::Profile { pointer, .. } => (*pointer).to_owned(),
        })
    }
}
