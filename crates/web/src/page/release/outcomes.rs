//! `POST /erogazioni/esiti`: what the bank did with the orders, from a file; each line with what became of it.

use askama::Template;
use axum::{
    extract::{FromRequest as _, Multipart, Request, State, multipart::MultipartError},
    http::StatusCode,
    response::Response,
};
use traccia_application::{
    Bearer,
    permission::{Extent, extent},
};
use traccia_domain::CommandKind;
use traccia_log::Log as _;

use super::explained;
use crate::{
    App, Problem,
    page::{
        access::own_site::OwnSite,
        frame::{Frame, SignedIn, Wrong, answer, shown},
        shown::{Cell, italian},
    },
    write::confirmations::{self, Confirmed, ConfirmedLine},
};

#[derive(Template)]
#[template(path = "release_outcomes.html")]
struct Page<'a> {
    frame: &'a Frame,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Line>,
}

/// A line of the file.
struct Line {
    row: usize,
    project: Option<Cell>,
    tranche: String,
    outcome: &'static str,
    why: &'static str,
}

/// Whether somebody may say what the bank did.
pub(super) fn confirms(who: &Bearer) -> bool {
    extent(who.actor.role, CommandKind::ConfirmPayment) != Extent::Nowhere
}

/// Takes in the bank's confirmations and shows what became of each line; the same file again adds nothing.
#[utoipa::path(
    post, path = "/erogazioni/esiti", tag = "Pagine", operation_id = "payment_confirmations_page",
    request_body(content = Object, content_type = "multipart/form-data", description = "`file`: a CSV with `order,paid_on,reference,failed`, and `attempt` where an order was given again"),
    responses((status = 200, description = "What became of each line, in Italian", content_type = "text/html", body = String)),
    security(("token" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    SignedIn { who, frame }: SignedIn,
    _: OwnSite,
    request: Request,
) -> Response {
    answer(&frame, async {
        if !confirms(&who) {
            return Err(Wrong::forbidden("Gli esiti della banca li carica la tesoreria, nei programmi del suo token."));
        }
        let file = file(&app, request).await?;
        let confirmed = confirmations::take(&app, &who, &file).await.map_err(|problem| match problem.code() {
            "Malformed" => Wrong::request(
                "La prima riga del file nomina le colonne, separate da virgole: order,paid_on,reference,failed.",
            ),
            _ => Wrong::from(problem),
        })?;
        shown(&app, app.application.log().head().await?).await;
        Ok(Page { frame: &frame, facts: facts(&confirmed), lines: confirmed.lines.iter().map(line).collect() })
    })
    .await
}

/// The file of the form.
async fn file(app: &App, request: Request) -> Result<Vec<u8>, Wrong> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Wrong::from(Problem::too_large(app.limits.command as u64)),
        _ => Wrong::request("Il modulo si è interrotto."),
    };
    let mut form =
        Multipart::from_request(request, app).await.map_err(|_| Wrong::request("Il modulo non ha un file."))?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        // A form without a choice still sends its field, without a name for the file.
        if field.name() == Some("file") && field.file_name() != Some("") {
            return Ok(field.bytes().await.map_err(broken)?.to_vec());
        }
    }
    Err(Wrong::request("Non è stato scelto un file."))
}

fn facts(confirmed: &Confirmed) -> Vec<(&'static str, String)> {
    let Confirmed { rows, confirmed, failed, already, rejected, lines: _ } = confirmed;
    let number = |number: &usize| italian::number(*number as u64);
    vec![
        ("Righe", number(rows)),
        ("Pagamenti confermati", number(confirmed)),
        ("Pagamenti non riusciti", number(failed)),
        ("Già presi prima", number(already)),
        ("Righe non prese", number(rejected)),
    ]
}

fn line(line: &ConfirmedLine) -> Line {
    Line {
        row: line.row,
        project: line.project.as_ref().map(|id| Cell::link(id, format!("/erogazioni?project={id}"))),
        tranche: line.tranche.clone().unwrap_or_default(),
        outcome: match line.outcome {
            "confirmed" => "pagamento confermato",
            "failed" => "pagamento non riuscito",
            "already" => "già presa: non aggiunge nulla",
            _ => "non presa",
        },
        why: match (line.code, line.column.as_deref()) {
            (None, _) => "",
            (Some("Invalid"), Some("amount")) => {
                "È stato ordinato un altro importo: non si registra nulla finché le carte della banca e l'ordine non \
                 concordano."
            }
            (Some("Invalid"), Some("paid_on")) => "Quel giorno la candidatura non era ancora approvata.",
            (Some("Malformed"), Some("amount")) => {
                "L'importo è in euro, con il punto e al più due decimali, e non è negativo: 1234.56."
            }
            (Some("Malformed"), Some("paid_on")) => {
                "Il giorno del pagamento è un giorno che esiste, per esempio 2024-06-30."
            }
            (Some("Outdated"), _) => {
                "Dopo questo insuccesso l'ordine è stato dato di nuovo, e resta in banca. Se non è riuscito di nuovo, la \
                 colonna attempt dice quale volta non è riuscita: 2 per la seconda."
            }
            (Some("Malformed"), _) => {
                "Una riga ha order, paid_on e reference, oppure order e failed: un giorno che esiste, e testi senza dati \
                 di persone."
            }
            (Some(code), _) => explained(code),
        },
    }
}
