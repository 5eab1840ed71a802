//! `/caricamenti/{id}`: what became of an upload, and its rejected rows.

use askama::Template;
use axum::{extract::State, response::Response};
use traccia_domain::hash::ShortHash;
use traccia_import::{Finding, Report, keep::Ending};

use crate::{
    App, Problem,
    page::{
        frame::{Asked, Frame, SignedIn, Wrong, answer},
        shown::italian,
    },
    request::Named,
    write::imports::{Import, kept, rejected_rows},
};

#[derive(Template)]
#[template(path = "upload.html")]
struct Page<'a> {
    frame: &'a Frame,
    id: String,
    at: String,
    dry_run: bool,
    outcome: &'static str,
    well: bool,
    counts: Vec<(&'static str, String)>,
    findings: Vec<(&'static str, String)>,
    rejected: bool,
}

/// The address of a report.
pub(super) fn path(id: ShortHash) -> String {
    format!("/caricamenti/{id}")
}

/// What became of an upload.
#[utoipa::path(
    get, path = "/caricamenti/{id}", tag = "Pagine", operation_id = "upload_report_page",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The page, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn page(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    id: Result<Named<Import>, Problem>,
    asked: Asked,
) -> Response {
    answer(&frame, async {
        asked.only(&[])?;
        let Named(Import(id)) = id.map_err(|_| unknown())?;
        let (_, found) = kept(&app, &who, id).await.map_err(|problem| match problem.code() {
            "UnknownImport" => unknown(),
            _ => Wrong::from(problem),
        })?;
        let report = found.report;
        let outcome = match (found.ending, report.dry_run) {
            (Ending::MostlyWrong, _) => {
                "Troppe righe sono errate: non è stato scritto nulla. Si correggono le righe scartate e si ricarica il file."
            }
            (Ending::Stopped, _) => {
                "Il caricamento si è interrotto: lo stesso file, caricato di nuovo, lo completa senza contare nulla due volte."
            }
            (Ending::Done, false) if report.recorded == 0 => {
                "Nessuna riga ha aggiunto un servizio: erano già registrate, o sono state scartate."
            }
            (Ending::Done, true) => "Prova: ogni riga è stata giudicata, non è stato scritto nulla.",
            (Ending::Done, false) => "Il file è stato caricato.",
        };
        Ok(Page {
            frame: &frame,
            id: report.id.to_string(),
            at: italian::instant(found.at),
            dry_run: report.dry_run,
            outcome,
            well: found.ending == Ending::Done,
            counts: counts(&report),
            findings: report.findings.iter().map(|(what, rows)| (words(*what), italian::number(*rows))).collect(),
            rejected: report.rejected > 0,
        })
    })
    .await
}

/// What the rows came to. A trial knows nothing of what the log has: neither of citizens nor of a position.
fn counts(report: &Report) -> Vec<(&'static str, String)> {
    let number = italian::number;
    let mut counts = vec![("Righe del file", number(report.rows))];
    if report.dry_run {
        counts.push(("Sarebbero registrate", number(report.recorded)));
        counts.push(("Uguali ad altre del file", number(report.duplicates)));
    } else {
        counts.push(("Servizi registrati", number(report.recorded)));
        counts.push(("Già registrati (doppioni)", number(report.duplicates)));
    }
    counts.push(("Scartate", number(report.rejected)));
    if !report.dry_run {
        let position = report.position.0;
        counts.push(("Cittadini nuovi", number(report.new_citizens)));
        counts.push(("Cittadini già noti", number(report.known_citizens)));
        counts.push(("Ultima posizione nel registro", if position == 0 { "nessuna".into() } else { number(position) }));
    }
    counts
}

/// The rejected rows of an upload, as CSV.
#[utoipa::path(
    get, path = "/caricamenti/{id}/scartate", tag = "Pagine", operation_id = "upload_rejected_page",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The rejected rows", content_type = "text/csv", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn rejected(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    id: Result<Named<Import>, Problem>,
) -> Response {
    let Ok(Named(Import(id))) = id else { return unknown().under(&frame) };
    rejected_rows(&app, &who, id).await.unwrap_or_else(|problem| Wrong::from(problem).under(&frame))
}

fn unknown() -> Wrong {
    Wrong::unknown("Il caricamento")
}

/// Answers of a row that do not fit together: they are counted, never rejected.
fn words(finding: Finding) -> &'static str {
    match finding {
        Finding::Gender => "AN7 (genere) diverso dal codice fiscale",
        Finding::AgeBand => "AN8 (fascia d'età) diversa dal codice fiscale",
        Finding::Areas => "SE4 (aree) diverse dalle competenze di SE5",
    }
}
