//! An upload on its way in: the file of a form, or the body itself.

use axum::{
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request},
    http::header,
};
use futures::{Stream, StreamExt as _};
use traccia_import::spool::{Spool, SpoolError, Spooled};

use crate::{App, Problem};

/// Takes in the file of a request. What waits on disk is sealed; a client that goes away leaves nothing.
pub(super) async fn spooled(app: &App, mut request: Request) -> Result<Spooled, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        return taken(app, Body::into_data_stream(request.into_body())).await;
    }
    // The bound on commands is not this one's: the spool has its own.
    DefaultBodyLimit::disable().apply(&mut request);
    let broken = |_| Problem::malformed("this is not a form with a file");
    let mut form =
        Multipart::from_request(request, app).await.map_err(|error| Problem::malformed(error.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.file_name().is_some() || field.name() == Some("file") {
            return taken(app, field).await;
        }
    }
    Err(Problem::malformed("the form has no file"))
}

/// Takes in the pieces of a file, up to the limit.
pub(crate) async fn taken<E>(app: &App, pieces: impl Stream<Item = Result<Bytes, E>>) -> Result<Spooled, Problem> {
    let limit = app.limits.upload;
    let mut spool = Spool::new(limit);
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::malformed("the file broke off"))?;
        spool.write(&piece).map_err(refused)?;
    }
    spool.finish().map_err(refused)
}

fn refused(error: SpoolError) -> Problem {
    match error {
        SpoolError::TooLarge { limit } => Problem::too_large(limit),
        SpoolError::Io(_) => Problem::internal(&error),
    }
}
