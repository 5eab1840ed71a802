//! Profiles sealed with a record's own key: unreadable in log, tables and backups once the key is gone.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use serde::{Deserialize, Serialize};
use traccia_domain::{
    RecordId,
    document::{Document, DocumentKind, KnownBirth, fiscal_code},
    record::SealedProfile,
    registration::Profile,
};

use crate::{PortError, RecordKey};

/// The bytes of a nonce, drawn at random: 24 are enough never to draw one twice.
const NONCE: usize = 24;

/// What is sealed: the profile, and the birth where a document tells it. It never prints.
#[derive(Serialize, Deserialize)]
pub(crate) struct Known {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<Profile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) birth: Option<KnownBirth>,
}

/// The text cannot be opened with the record's key: one of the two is not what it was.
#[derive(Debug, thiserror::Error)]
#[error("a sealed profile does not open with its record's key")]
pub(crate) struct Unopened;

impl Known {
    /// What documents and profile tell together; `None` when it is nothing.
    pub(crate) fn of<'a>(
        documents: impl IntoIterator<Item = &'a Document>,
        profile: Option<&Profile>,
    ) -> Option<Known> {
        let from_code = documents
            .into_iter()
            .filter(|document| document.kind() == DocumentKind::FiscalCode)
            .find_map(|document| fiscal_code::birth(document.number()).map(KnownBirth::from));
        let birth = from_code.or_else(|| profile?.birth_year.map(KnownBirth::Year));
        let profile = profile.filter(|profile| **profile != Profile::default()).cloned();
        (profile.is_some() || birth.is_some()).then_some(Known { profile, birth })
    }

    /// Seals it for one record; the text opens for no other.
    pub(crate) fn seal(&self, record: RecordId, key: &RecordKey) -> Result<SealedProfile, PortError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)?;
        let plain = serde_json::to_vec(self)?;
        let payload = Payload { msg: &plain, aad: &record.0.0 };
        let sealed = XChaCha20Poly1305::new(&key.0.into()).encrypt(&nonce.into(), payload).map_err(|_| Unopened)?;
        Ok(SealedProfile(hex::encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens what was sealed for a record.
    pub(crate) fn open(record: RecordId, key: &RecordKey, sealed: &SealedProfile) -> Result<Known, Unopened> {
        let bytes = hex::decode(&sealed.0).map_err(|_| Unopened)?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE>().ok_or(Unopened)?;
        let payload = Payload { msg: text, aad: &record.0.0 };
        let plain = XChaCha20Poly1305::new(&key.0.into()).decrypt(&(*nonce).into(), payload).map_err(|_| Unopened)?;
        serde_json::from_slice(&plain).map_err(|_| Unopened)
    }
}

#[cfg(test)]
mod tests {
    use traccia_domain::hash::Hex;

    use super::*;

    #[test]
    fn a_sealed_profile_opens_for_its_record_and_no_other() {
        let (key, record) = (RecordKey([3; 32]), RecordId(Hex([1; 16])));
        let profile = Profile { birth_year: Some(1950), ..Profile::default() };
        let sealed = Known::of([], Some(&profile)).unwrap().seal(record, &key).unwrap();
        let stored = hex::decode(&sealed.0).unwrap();
        assert!(!stored.windows(4).any(|bytes| bytes == b"1950"));
        assert_eq!(Known::open(record, &key, &sealed).unwrap().profile, Some(profile));
        assert!(Known::open(RecordId(Hex([2; 16])), &key, &sealed).is_err());
        assert!(Known::open(record, &RecordKey([4; 32]), &sealed).is_err());
    }
}
