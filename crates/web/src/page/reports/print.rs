//! `GET /report/{project}/{month}/stampa`: a report as a document that people sign.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use traccia_application::permission::Read;
use traccia_domain::{ProjectId, time::Month};
use traccia_projections::{points::queries::project, reports::queries::report};

use super::said::{Opens, Said};
use crate::{
    App, Problem,
    page::{
        frame::{Asked, Sight, SignedIn, Wrong, open, rendered},
        shown::italian,
    },
    read::{right, within},
    request::Both,
};

#[derive(Template)]
#[template(path = "report_print.html")]
struct Document {
    said: Said,
    name: String,
    lead: String,
    programme: String,
    path: String,
    known_at: u64,
    /// The style sheet itself, for a file that is opened elsewhere.
    style: Option<&'static str>,
    download: Option<String>,
}

/// A report to print and sign: what it says, at which position, the hash of it, and room for signatures.
#[utoipa::path(
    get, path = "/report/{project}/{month}/stampa", tag = "Pagine", operation_id = "report_print",
    params(
        ("project" = String, Path, description = "The project"),
        ("month" = String, Path, description = "The month, for example 2024-03"),
        ("scarica" = Option<String>, Query, description = "`1`: as a file"),
        ("known_at" = Option<String>, Query, description = "What the log knew"),
    ),
    responses((status = 200, description = "The document, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    of: Result<Both<ProjectId, Month>, Problem>,
    asked: Asked,
) -> Response {
    let document = async {
        asked.only(&["scarica"])?;
        let file = match asked.text("scarica") {
            None => false,
            Some("1") => true,
            Some(_) => return Err(Wrong::request("Il parametro «scarica» vale 1, o non c'è.")),
        };
        let Both(id, month) = of.map_err(|_| Wrong::unknown("Il report"))?;
        let sight = Sight::Exact(within(right(&who, Read::Reports)?));
        let path = format!("/report/{id}/{month}/stampa");
        let (reader, truth) = open(&app, sight, &asked, &path).await?;
        let full = report(&reader, &id, month).await?.ok_or_else(|| Wrong::unknown("Il report"))?.body;
        let project = project(&reader, &id).await?.ok_or_else(|| Wrong::unknown("Il progetto"))?.body;
        let document = Document {
            said: Said::of(&full, Opens::default()),
            name: project.name,
            lead: project.application["lead"]["name"].as_str().unwrap_or_default().to_owned(),
            programme: project.programme,
            known_at: reader.position().0,
            style: file.then_some(include_str!("../../../templates/style.css")),
            download: (!file).then(|| truth.link(&format!("{path}?scarica=1"))),
            path: format!("/v1/reports/{id}/{month}"),
        };
        Ok((document, file.then(|| format!("report-{id}-{month}.html"))))
    };
    match document.await {
        Ok((document, None)) => rendered(&document),
        Ok((document, Some(name))) => {
            let mut response = rendered(&document);
            // A project's id and a month are of letters, digits and hyphens.
            if let Ok(attached) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, attached);
            }
            response
        }
        Err(wrong) => wrong.under(&frame),
    }
}

impl Document {
    /// The position in Italian figures.
    fn known(&self) -> String {
        italian::number(self.known_at)
    }
}
