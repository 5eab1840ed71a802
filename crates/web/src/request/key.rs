//! `Idempotency-Key`: what makes a retry safe.

use axum::{extract::FromRequestParts, http::request::Parts};
use traccia_application::IdempotencyKey;

use crate::Problem;

/// The key of a request, where it gives one. Given twice, it would be unclear which one a retry repeats.
pub(crate) struct Key(pub(crate) Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Key, Problem> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(Key(None)) };
        if values.next().is_some() {
            return Err(Problem::malformed("the Idempotency-Key header is given once"));
        }
        // A value that is not text is no key either.
        read(value.to_str().unwrap_or_default()).map(|key| Key(Some(key)))
    }
}

/// Reads a key.
pub(crate) fn read(text: &str) -> Result<IdempotencyKey, Problem> {
    text.parse().map_err(|error: traccia_application::InvalidKey| Problem::malformed(error.to_string()))
}
