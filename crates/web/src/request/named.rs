//! The ids in a path. One that does not have its form is named as the path names it.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, RawPathParams},
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
        let path = in_path(parts, state).await?;
        read(&mut path.iter()).map(Named)
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
        let path = in_path(parts, state).await?;
        let mut ids = path.iter();
        Ok(Both(read(&mut ids)?, read(&mut ids)?))
    }
}

async fn in_path<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<RawPathParams, Problem> {
    RawPathParams::from_request_parts(parts, state).await.map_err(|error| Problem::malformed(error.body_text()))
}

/// The next id of a path, or its name and what is wrong with it.
fn read<'a, T: FromStr<Err: std::fmt::Display>>(
    ids: &mut impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<T, Problem> {
    let (name, text) = ids.next().ok_or_else(|| Problem::malformed("the path names nothing"))?;
    let wrong = |error: T::Err| Problem::malformed(plain::words(&error.to_string())).at(format!("/{name}"));
    text.parse().map_err(wrong)
}
