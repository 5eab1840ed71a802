//! Bundles of entries: the commits' texts, each after its length in two bytes.

use traccia_domain::Position;

use crate::LedgerError;

/// Adds an entry to a bundle.
///
/// # Errors
/// When the text is longer than a bundle can say.
pub fn add(bundle: &mut Vec<u8>, at: Position, text: &str) -> Result<(), LedgerError> {
    let length = u16::try_from(text.len()).map_err(|_| LedgerError::TooLong { at, bytes: text.len() })?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(text.as_bytes());
    Ok(())
}

/// The entries of a bundle, in order; nothing when it is not exactly so many entries.
#[must_use]
pub fn split(bundle: &[u8], entries: u16) -> Option<Vec<&str>> {
    let mut rest = bundle;
    let mut texts = Vec::with_capacity(usize::from(entries));
    for _ in 0..entries {
        let (length, after) = rest.split_first_chunk()?;
        let (text, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        texts.push(std::str::from_utf8(text).ok()?);
        rest = after;
    }
    rest.is_empty().then_some(texts)
}
