//! `POST /v1/imports`, and what became of an upload.

use std::{io, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::stream;
use serde::Deserialize;
use traccia_application::{
    Bearer,
    permission::{self, Read},
};
use traccia_domain::hash::{Hex, ShortHash};
use traccia_import::{
    ImportError, Options, Report, Source,
    keep::{Keep, Kept},
};
use utoipa::IntoParams;

use super::{names::point_names, upload};
use crate::{
    App, Problem,
    bearer::Who,
    read::{right, within},
    request::{Named, Params},
};

/// How a file is to be imported.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Judge every row and write nothing.
    #[serde(default)]
    dry_run: bool,
    /// Refuse the whole file when a larger share of its rows is wrong; 0.20 unless told.
    max_rejected_share: Option<f64>,
}

/// Imports services from a file in the national 33-column layout. It streams; rows are not limited.
///
/// The same file again adds nothing. A client that goes away does not stop an import whose file is all here.
#[utoipa::path(
    post, path = "/v1/imports", tag = "Scrivere", operation_id = "import", params(How),
    request_body(content((String = "text/csv"), (Object = "multipart/form-data")), description = "The file, or a form with the file"),
    responses((status = 200, description = "What became of its rows", body = Report)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    Who(who): Who,
    Params(how): Params<How>,
    request: Request,
) -> Result<Json<Report>, Problem> {
    // Which points it may record at is judged row by row.
    permission::may_record(&who).map_err(|forbidden| Problem::forbidden(forbidden.to_string()))?;
    let allowed = how.max_rejected_share.unwrap_or(0.20);
    if !(0.0..=1.0).contains(&allowed) {
        return Err(Problem::malformed("max_rejected_share is from 0 to 1"));
    }
    let place = app.uploads().try_acquire_owned().map_err(|_| {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "TooManyUploads", "too many uploads are being taken in; try again")
    })?;
    let spooled = upload::spooled(&app, request).await?;
    let import = tokio::spawn(async move {
        let _place = place;
        run(&app, &who, Source::Spooled(spooled), how.dry_run, allowed).await
    });
    Ok(Json(import.await.map_err(|error| Problem::internal(&error))??))
}

async fn run(
    app: &App,
    who: &Bearer,
    source: Source,
    dry_run: bool,
    max_rejected_share: f64,
) -> Result<Report, Problem> {
    let keep = Keep::open(&app.imports).map_err(|error| Problem::internal(&error))?;
    let limits = within(right(who, Read::Points)?);
    let points = Arc::new(point_names(&app.tables, limits).await?);
    let options = Options { dry_run, max_rejected_share, points };
    let mut desk = app.application.desk(who);
    keep.import(who, &mut desk, &source, &options, |_| {}).await.map_err(refused)
}

fn refused(error: ImportError) -> Problem {
    let text = error.to_string();
    match error {
        ImportError::Layout(_) | ImportError::Quote { .. } => Problem::malformed(text),
        ImportError::Read(_) | ImportError::Rejected(_) => Problem::internal(&error),
        ImportError::MostlyWrong { report, .. } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "MostlyWrong", text).with_report(report)
        }
        ImportError::Stopped { report, failure } => Problem::from(failure).with_report(report),
    }
}

/// The kept result of an upload, for whoever sent it and for those who see everything.
async fn kept(app: &App, who: &Bearer, id: ShortHash) -> Result<(Keep, Kept), Problem> {
    let reach = right(who, Read::Imports)?;
    let failed = |error: io::Error| Problem::internal(&error);
    let keep = Keep::open(&app.imports).map_err(failed)?;
    let found = keep.find(id).map_err(failed)?;
    let kept = found.filter(|kept| kept.subject == who.actor.subject || reach.everything());
    let kept =
        kept.ok_or_else(|| Problem::not_found("UnknownImport", "there is no such upload, or it is another's"))?;
    Ok((keep, kept))
}

/// What became of an upload.
#[utoipa::path(
    get, path = "/v1/imports/{id}", tag = "Leggere", operation_id = "import_report",
    params(("id" = String, Path, description = "Its id: the first half of the file's hash")),
    responses((status = 200, description = "What became of its rows", body = Report)),
    security(("token" = [])),
)]
pub(crate) async fn report(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<Import>,
) -> Result<Json<Report>, Problem> {
    let (_, kept) = kept(&app, &who, id.0).await?;
    Ok(Json(kept.report))
}

/// The rejected rows of an upload, with what is wrong in Italian. Personal columns are blank, documents masked.
#[utoipa::path(
    get, path = "/v1/imports/{id}/rejected", tag = "Leggere", operation_id = "import_rejected",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The rejected rows", content_type = "text/csv", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn rejected(
    State(app): State<App>,
    Who(who): Who,
    Named(id): Named<Import>,
) -> Result<Response, Problem> {
    let (keep, _) = kept(&app, &who, id.0).await?;
    let file = keep.rejected(id.0).map_err(|error| Problem::internal(&error))?;
    let file = file.ok_or_else(|| Problem::not_found("UnknownImport", "its rejected rows are not there"))?;
    let pieces = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; 64 << 10];
        let read = tokio::io::AsyncReadExt::read(&mut file, &mut piece).await?;
        piece.truncate(read);
        io::Result::Ok((read > 0).then_some((piece, file)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"righe-scartate.csv\""),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// The id of an upload.
pub(crate) struct Import(ShortHash);

impl std::str::FromStr for Import {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Hex::parse(text).map(Import).ok_or("an upload's id has 32 lower-case hexadecimal digits")
    }
}
