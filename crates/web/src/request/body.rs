//! A body that is read whole.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::StatusCode,
};

use crate::{App, Problem};

/// A body of bounded length, whole.
pub(crate) struct Whole(pub(crate) Bytes);

impl FromRequest<App> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Whole, Problem> {
        match Bytes::from_request(request, app).await {
            Ok(body) => Ok(Whole(body)),
            Err(error) if status(&error) == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::too_large(app.limits.command as u64))
            }
            Err(_) => Err(Problem::malformed("the body broke off")),
        }
    }
}

fn status(error: &BytesRejection) -> StatusCode {
    error.status()
}
