//! The ids in a path.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use super::plain;
use crate::Problem;

/// The one id in a path, in its form.
pub(crate) struct Named<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for Named<T>
where
    T: FromStr,
    T::Err: std::fmt::Display,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Named<T>, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::malformed(error.body_text()))?;
        text.parse().map(Named).map_err(|error: T::Err| Problem::malformed(plain::words(&error.to_string())))
    }
}

/// The two ids in a path, each in its form.
pub(crate) struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<A, B, S> FromRequestParts<S> for Both<A, B>
where
    A: FromStr<Err: std::fmt::Display>,
    B: FromStr<Err: std::fmt::Display>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Both<A, B>, Problem> {
        let Path((one, other)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::malformed(error.body_text()))?;
        let one = one.parse().map_err(|error: A::Err| Problem::malformed(plain::words(&error.to_string())))?;
        let other = other.parse().map_err(|error: B::Err| Problem::malformed(plain::words(&error.to_string())))?;
        Ok(Both(one, other))
    }
}
