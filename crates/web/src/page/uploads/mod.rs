//! `/caricamenti`: uploads in the national layout from a browser, through the same code as `POST /v1/imports`.

pub(crate) mod report;

use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use traccia_application::permission;
use traccia_import::{
    ImportError,
    layout::{InvalidLayout, Separator},
    spool::Spooled,
};

use super::{
    access::own_site::OwnSite,
    frame::{Asked, Frame, SignedIn, Wrong, answer, rendered},
    shown::italian,
};
use crate::{
    App, Problem,
    write::{
        imports::{NotTaken, admitted, take_in},
        upload,
    },
};

#[derive(Template)]
#[template(path = "uploads.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// Why the file that was just sent was not taken.
    wrong: Option<String>,
}

/// Where a file is chosen.
#[utoipa::path(
    get, path = "/caricamenti", tag = "Pagine", operation_id = "uploads_page",
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        permission::may_record(&who).map_err(|_| forbidden())?;
        Ok(Page { frame: &frame, wrong: None })
    })
    .await
}

/// Takes in a file and leads to its report.
#[utoipa::path(
    post, path = "/caricamenti", tag = "Pagine", operation_id = "upload_page",
    request_body(content = Object, content_type = "multipart/form-data", description = "`file`, and `prova` to judge every row and write nothing"),
    responses((status = 303, description = "To the report")),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    request: Request,
) -> Response {
    let admitted = match admitted(&app, &who, None) {
        Ok(admitted) => admitted,
        Err(problem) if problem.code() == "Forbidden" => return forbidden().under(&frame),
        Err(problem) => return Wrong::from(problem).under(&frame),
    };
    let again = |wrong: &str| {
        let mut response = rendered(&Page { frame: &frame, wrong: Some(wrong.to_owned()) });
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response
    };
    let Form { file, dry_run } = match Form::of(&app, request).await {
        Ok(form) => form,
        Err(NotSent::Nothing) => return again("Non è stato scelto un file."),
        Err(NotSent::Problem(problem)) => return Wrong::from(problem).under(&frame),
    };
    match take_in(app, who, file, dry_run, admitted).await {
        Ok(report) => Redirect::to(&report::path(report.id)).into_response(),
        // Its report is kept all the same, and says what happened.
        Err(NotTaken::Import(ImportError::MostlyWrong { report, .. } | ImportError::Stopped { report, .. })) => {
            Redirect::to(&report::path(report.id)).into_response()
        }
        Err(NotTaken::Import(ImportError::Layout(layout))) => again(&not_the_layout(&layout)),
        Err(NotTaken::Import(ImportError::Quote { row })) => again(&format!(
            "La riga {} apre delle virgolette che non si chiudono più: da lì in poi il file non si legge. Non è stato \
             scritto nulla.",
            italian::number(row)
        )),
        Err(NotTaken::Import(ImportError::NoRows)) => {
            again("Il file ha solo l'intestazione: non c'era nulla da caricare.")
        }
        Err(other) => Wrong::from(Problem::from(other)).under(&frame),
    }
}

fn forbidden() -> Wrong {
    Wrong::forbidden(
        "Caricano servizi i facilitatori, i capofila e chi amministra, nei punti e nei progetti del loro token.",
    )
}

fn not_the_layout(layout: &InvalidLayout) -> String {
    let what = match layout {
        InvalidLayout::Empty => "Il file è vuoto.".to_owned(),
        InvalidLayout::Longer { .. } => {
            "L'intestazione ha più di 33 colonne: dopo ES6 non ce ne devono essere altre.".to_owned()
        }
        InvalidLayout::Separator { separator } => {
            let sign = match separator {
                Separator::Semicolon => "punti e virgola",
                Separator::Tab => "tabulazioni",
            };
            format!(
                "Le colonne sono separate da {sign} e devono esserlo da virgole: il file va salvato di nuovo come CSV \
                 con la virgola come separatore."
            )
        }
        InvalidLayout::Column { number, expected, .. } => {
            format!("La colonna {number} dell'intestazione dovrebbe essere {expected}.")
        }
    };
    format!(
        "{what} La prima riga deve dare, nell'ordine, le 33 colonne del tracciato nazionale. Non è stato scritto nulla."
    )
}

/// What the form sends. The file waits sealed on disk.
struct Form {
    file: Spooled,
    dry_run: bool,
}

enum NotSent {
    Nothing,
    Problem(Problem),
}

impl Form {
    async fn of(app: &App, mut request: Request) -> Result<Form, NotSent> {
        // The bound on commands is not this one's: the spool has its own.
        DefaultBodyLimit::disable().apply(&mut request);
        let broken = |_| NotSent::Problem(Problem::malformed("this is not a form with a file"));
        let mut form = Multipart::from_request(request, app)
            .await
            .map_err(|error| NotSent::Problem(Problem::malformed(error.body_text())))?;
        let (mut file, mut dry_run) = (None, false);
        while let Some(field) = form.next_field().await.map_err(broken)? {
            match (field.name(), field.file_name()) {
                // A form without a choice still sends its field, without a name for the file.
                (Some("file"), Some("")) => {}
                (Some("file"), _) => file = Some(upload::taken(app, field).await.map_err(NotSent::Problem)?),
                (Some("prova"), _) => dry_run = true,
                (_, _) => {}
            }
        }
        file.map(|file| Form { file, dry_run }).ok_or(NotSent::Nothing)
    }
}
