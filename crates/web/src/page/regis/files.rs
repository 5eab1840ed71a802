//! `/regis/indicatori`, `/regis/controlli`, `/regis/ocds`: the same files as the API's, for a browser.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use traccia_application::{Bearer, permission::Read};
use traccia_domain::ProgrammeId;
use traccia_projections::{answer::Reader, points::queries::References};

use crate::{
    App,
    page::frame::{Asked, Sight, SignedIn, Wrong, open},
    read::{exports, named, right, within},
};

/// The values of a programme, in the layout of the register.
#[utoipa::path(
    get, path = "/regis/indicatori", tag = "Pagine", operation_id = "regis_values_page",
    params(("programme" = String, Query, description = "The programme"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn values(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    let found = async {
        let (reader, programme) = opened(&app, &who, Read::Exports, &asked, "/regis/indicatori").await?;
        Ok::<_, Wrong>(exports::file(&reader, Some(&programme), None).await?)
    };
    found.await.unwrap_or_else(|wrong| wrong.under(&frame)).into_response()
}

/// The register of controls of a programme.
#[utoipa::path(
    get, path = "/regis/controlli", tag = "Pagine", operation_id = "controls_page",
    params(("programme" = String, Query, description = "The programme"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The file", content_type = "text/csv", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn controls(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    let found = async {
        let (reader, programme) = opened(&app, &who, Read::Controls, &asked, "/regis/controlli").await?;
        Ok::<_, Wrong>(exports::all_controls(&reader, &programme).await?)
    };
    found.await.unwrap_or_else(|wrong| wrong.under(&frame)).into_response()
}

/// The open view of a programme's grants.
#[utoipa::path(
    get, path = "/regis/ocds", tag = "Pagine", operation_id = "ocds_page",
    params(("programme" = String, Query, description = "The programme"), ("known_at" = Option<String>, Query, description = "What the log knew")),
    responses((status = 200, description = "The file", content_type = "application/json", body = Object)),
    security(("token" = [])),
)]
pub(crate) async fn ocds(State(app): State<App>, SignedIn { who, frame }: SignedIn, asked: Asked) -> Response {
    let found = async {
        let (reader, programme) = opened(&app, &who, Read::Exports, &asked, "/regis/ocds").await?;
        Ok::<_, Wrong>(exports::grants(&reader, &programme).await?)
    };
    found.await.unwrap_or_else(|wrong| wrong.under(&frame)).into_response()
}

/// The tables for who may read it, and the programme that is asked about.
async fn opened(
    app: &App,
    who: &Bearer,
    read: Read,
    asked: &Asked,
    path: &str,
) -> Result<(Reader, ProgrammeId), Wrong> {
    asked.only(&["programme"])?;
    let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
    let programme =
        programme.ok_or_else(|| Wrong::request("Manca il programma: il file si scarica dalla pagina /regis."))?;
    let sight = Sight::Exact(within(right(who, read)?));
    let (reader, _) = open(app, sight, asked, path).await?;
    named::check(&reader, References { programme: Some(programme.clone()), ..References::default() }).await?;
    Ok((reader, programme))
}
