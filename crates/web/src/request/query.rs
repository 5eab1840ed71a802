//! Query strings: read strictly, with a problem that names what is wrong.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::plain;
use crate::Problem;

/// The parameters of a query string.
pub(crate) struct Params<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Params<T>, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Params(params)),
            Err(error) => {
                // The outer error quotes the query string; its cause names the parameter.
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                Err(Problem::malformed(format!("the query string is wrong: {}", plain::parameter(&cause))))
            }
        }
    }
}
