//! Registering a citizen: documents presented at one desk, and what is known of who presented them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ProvinceCode,
    document::{Document, DocumentKind, DocumentNumber},
};

mod refusal;
#[cfg(test)]
mod tests;

pub use refusal::RegistrationRefusal;

/// Registers a citizen (*cittadino*) by the documents presented together. It never enters the log as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterCitizen {
    /// One or more documents of one person.
    #[schemars(length(min = 1, max = 8))]
    pub documents: Vec<PresentedDocument>,
    /// What is known of the person; sealed with a key of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

/// A document as it is presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PresentedDocument {
    /// Its kind.
    pub kind: DocumentKind,
    /// Who issued it, where that tells two numbers apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Its number.
    pub number: DocumentNumber,
}

/// The demographic profile, in codes of the national lists. It is only ever stored sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Year of birth, where no fiscal code tells the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<i16>,
    /// Gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Education, `A` to `L`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub education: Option<char>,
    /// Occupation, `A` to `H`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupation: Option<char>,
    /// Citizenship.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizenship: Option<Citizenship>,
    /// Province of domicile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<ProvinceCode>,
}

/// Gender, as the national layout asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// *Femmina*.
    Female,
    /// *Maschio*.
    Male,
    /// *Non binario*.
    NonBinary,
    /// *Non dichiarato*.
    Undisclosed,
}

/// Citizenship, as the national layout asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Citizenship {
    /// *Italiana*.
    Italian,
    /// *Unione europea*.
    Eu,
    /// *Fuori dall'Unione europea*.
    NonEu,
}

impl RegisterCitizen {
    /// The most documents of one person.
    pub const MOST_DOCUMENTS: usize = 8;

    /// The documents, normalised and checked, each once: two equal ones are one record.
    ///
    /// # Errors
    /// When there is none, there are too many, or one cannot be a document of its kind.
    pub fn documents(&self) -> Result<Vec<Document>, RegistrationRefusal> {
        if !(1..=Self::MOST_DOCUMENTS).contains(&self.documents.len()) {
            return Err(RegistrationRefusal::Documents);
        }
        let mut documents = Vec::with_capacity(self.documents.len());
        for (index, presented) in self.documents.iter().enumerate() {
            let document = Document::new(presented.kind, presented.issuer.as_deref(), &presented.number)
                .map_err(|invalid| RegistrationRefusal::Document { index, invalid })?;
            if !documents.contains(&document) {
                documents.push(document);
            }
        }
        Ok(documents)
    }

    /// The profile, where there is one, checked against the national lists.
    ///
    /// # Errors
    /// When a value is in none of them, or nobody alive today was born that year.
    pub fn profile(&self, today: Date) -> Result<Option<&Profile>, RegistrationRefusal> {
        self.profile.as_ref().map(|profile| profile.check(today).map(|()| profile)).transpose()
    }
}

impl Profile {
    fn check(&self, today: Date) -> Result<(), RegistrationRefusal> {
        let refused = |pointer, why| Err(RegistrationRefusal::Profile { pointer, why });
        if self.birth_year.is_some_and(|year| !(1900..=today.year()).contains(&year)) {
            refused("/profile/birth_year", "a year of birth is from 1900 to this year")
        } else if self.education.is_some_and(|code| !('A'..='L').contains(&code)) {
            refused("/profile/education", "education is a letter from A to L")
        } else if self.occupation.is_some_and(|code| !('A'..='H').contains(&code)) {
            refused("/profile/occupation", "occupation is a letter from A to H")
        } else {
            Ok(())
        }
    }
}
