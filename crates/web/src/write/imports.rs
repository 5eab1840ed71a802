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
use tokio::sync::OwnedSemaphorePermit;
use traccia_application::{
    Bearer,
    permission::{self, Read},
};
use traccia_domain::hash::{Hex, ShortHash};
use traccia_import::{
    ImportError, Options, Report, Source,
    keep::{Keep, Kept},
    spool::Spooled,
};
use utoipa::IntoParams;

use super::{names::point_names, upload};
use crate::{
    App, Problem,
    bearer::Who,
    operate::room,
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
/// A file sent here has at most 2 GiB, a larger one is refused with 413 and writes nothing; `traccia import` on the server's
/// own folder has no such limit. At most four uploads are taken in at once, one more is refused with 429. The same file again
/// adds nothing. A client that goes away does not stop an import whose file is all here.
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
    let admitted = admitted(&app, &who, how.max_rejected_share)?;
    let spooled = upload::spooled(&app, request).await?;
    take_in(app, who, spooled, how.dry_run, admitted).await.map(Json).map_err(Problem::from)
}

/// A place among the uploads, for somebody who may upload.
pub(crate) struct Admitted {
    _place: OwnedSemaphorePermit,
    max_rejected_share: f64,
}

/// Whether an upload may begin. Which points it may record at is judged row by row.
pub(crate) fn admitted(app: &App, who: &Bearer, max_rejected_share: Option<f64>) -> Result<Admitted, Problem> {
    permission::may_record(who).map_err(|forbidden| Problem::forbidden(forbidden.to_string()))?;
    room::admit(app)?;
    let max_rejected_share = max_rejected_share.unwrap_or(0.20);
    if !(0.0..=1.0).contains(&max_rejected_share) {
        return Err(Problem::malformed("max_rejected_share is from 0 to 1"));
    }
    let place = app.uploads().try_acquire_owned().map_err(|_| {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "TooManyUploads", "too many uploads are being taken in; try again")
    })?;
    Ok(Admitted { _place: place, max_rejected_share })
}

/// Why an upload was not taken in.
pub(crate) enum NotTaken {
    /// The file, or the log while it was imported.
    Import(ImportError),
    /// Something around it.
    Around(Problem),
}

/// Imports a file that is all here. A client that goes away does not stop it.
pub(crate) async fn take_in(
    app: App,
    who: Bearer,
    spooled: Spooled,
    dry_run: bool,
    admitted: Admitted,
) -> Result<Report, NotTaken> {
    let import = tokio::spawn(async move { run(&app, &who, Source::Spooled(spooled), dry_run, &admitted).await });
    import.await.map_err(|error| NotTaken::Around(Problem::internal(&error)))?
}

async fn run(app: &App, who: &Bearer, source: Source, dry_run: bool, admitted: &Admitted) -> Result<Report, NotTaken> {
    let around = |problem| NotTaken::Around(problem);
    let keep = Keep::open(&app.imports).map_err(|error| around(Problem::internal(&error)))?;
    let limits = within(right(who, Read::Points).map_err(around)?);
    let points = Arc::new(point_names(&app.tables, limits).await.map_err(|error| around(error.into()))?);
    let options = Options { dry_run, max_rejected_share: admitted.max_rejected_share, points };
    let mut desk = app.application.desk(who);
    keep.import(who, &mut desk, &source, &options, |_| {}).await.map_err(NotTaken::Import)
}

impl From<NotTaken> for Problem {
    fn from(not_taken: NotTaken) -> Problem {
        let error = match not_taken {
            NotTaken::Around(problem) => return problem,
            NotTaken::Import(error) => error,
        };
        let text = error.to_string();
        match error {
            ImportError::Layout(_) | ImportError::NoRows | ImportError::Quote { .. } => Problem::malformed(text),
            ImportError::Read(_) | ImportError::Rejected(_) => Problem::internal(&error),
            ImportError::MostlyWrong { report, .. } => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "MostlyWrong", text).with_report(report)
            }
            ImportError::Stopped { report, failure } => Problem::from(failure).with_report(report),
        }
    }
}

/// The kept result of an upload: for whoever sent it, for those who see everything, and for the Region all of whose
/// programmes it touched.
pub(crate) async fn kept(app: &App, who: &Bearer, id: ShortHash) -> Result<(Keep, Kept), Problem> {
    let reach = right(who, Read::Imports)?;
    let failed = |error: io::Error| Problem::internal(&error);
    let keep = Keep::open(&app.imports).map_err(failed)?;
    let found = keep.find(id).map_err(failed)?;
    let within = |kept: &Kept| {
        let touched = &kept.programmes;
        reach.programmes.as_ref().is_some_and(|own| !touched.is_empty() && touched.iter().all(|id| own.contains(id)))
    };
    let kept = found.filter(|kept| kept.subject == who.actor.subject || reach.everything() || within(kept));
    let kept =
        kept.ok_or_else(|| Problem::not_found("UnknownImport", "there is no such upload, or it is another's"))?;
    Ok((keep, kept))
}

/// What became of an upload.
#[utoipa::path(
    get, path = "/v1/imports/{id}", tag = "Leggere", operation_id = "import_report",
    params(("id" = String, Path, description = "The `id` of the run's report")),
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
    rejected_rows(&app, &who, id.0).await
}

/// The rejected rows of an upload, as a file to keep.
pub(crate) async fn rejected_rows(app: &App, who: &Bearer, id: ShortHash) -> Result<Response, Problem> {
    let (keep, _) = kept(app, who, id).await?;
    let file = keep.rejected(id).map_err(|error| Problem::internal(&error))?;
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
pub(crate) struct Import(pub(crate) ShortHash);

impl std::str::FromStr for Import {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Hex::parse(text).map(Import).ok_or("this id has 32 lower-case hexadecimal digits")
    }
}
