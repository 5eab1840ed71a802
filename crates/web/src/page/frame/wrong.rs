//! A page that says what is wrong, in Italian, and what to do about it.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use traccia_domain::reason::UnfitReason;
use traccia_log::LogError;
use traccia_projections::answer::ReadError;

use super::{
    Frame,
    again::{Again, Refused},
    fields::{self, Shape},
    rendered,
};
use crate::{Problem, problem::codes::CODES};

/// Why a page cannot be shown.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    pub(super) status: StatusCode,
    title: String,
    what: String,
    /// The field to blame.
    pub(super) field: Option<String>,
    /// Whether the page that a form stood on no longer shows how things are.
    pub(super) stale: bool,
    /// Where to go on after signing in.
    sign_in: Option<String>,
}

/// A parameter of an address or a field of a form, as people are told of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field(pub(crate) &'static str);

impl Field {
    /// What the label beside the field says. Whoever wrote an address by hand finds the parameter by its meaning.
    fn in_italian(self) -> &'static str {
        match self.0 {
            "programme" => "programma",
            "project" => "progetto",
            "point" => "punto",
            "province" => "provincia",
            "month" => "mese",
            "kind" => "tipo",
            "state" => "stato",
            "known_at" => "posizione",
            "from" => "posizione con cui si confronta",
            "on" => "giorno",
            "giorno" => "alla fine del giorno",
            "dal" => "confronta con la fine del giorno",
            "amount" => "importo in euro",
            "share" => "quota chiesta, da 0 a 1",
            "expense" => "nome della spesa",
            "date" => "data della fattura",
            "received_on" => "arrivati il",
            "overdue" => "solo in ritardo",
            "judged" => "giudizio",
            "persons" => "quali cittadini",
            "service" => "servizio",
            "one" => "prima anagrafica",
            "other" => "seconda anagrafica",
            "finding" => "segnalazione",
            "format" => "formato",
            "command" => "domanda",
            other => other,
        }
    }
}

impl Wrong {
    /// Something else. A conflict is with what a page no longer shows.
    pub(crate) fn new(status: StatusCode, title: &str, what: impl Into<String>) -> Wrong {
        let stale = status == StatusCode::CONFLICT;
        Wrong { status, title: title.to_owned(), what: what.into(), field: None, stale, sign_in: None }
    }

    /// The request asks for something that cannot be.
    pub(crate) fn request(what: impl Into<String>) -> Wrong {
        Wrong::new(StatusCode::BAD_REQUEST, "La richiesta non va bene", what)
    }

    /// A parameter does not have its form.
    pub(crate) fn field(field: Field, expected: &str) -> Wrong {
        let what = format!("Il valore di «{}» non va bene: {expected}.", field.in_italian());
        Wrong { field: Some(field.0.to_owned()), ..Wrong::request(what) }
    }

    /// Nothing has this name, or it belongs to others.
    pub(crate) fn unknown(what: &str) -> Wrong {
        let text = format!(
            "{what} non esiste, a questa posizione del registro non esisteva ancora, o è fuori dal suo ambito."
        );
        Wrong::new(StatusCode::NOT_FOUND, "Non c'è", text)
    }

    /// The page is for those with a token.
    pub(crate) fn sign_in(path: &str) -> Wrong {
        let what =
            "Il pubblico vede l'avanzamento del programma; numeri esatti, elenchi e caricamenti chiedono un accesso.";
        Wrong::new(StatusCode::UNAUTHORIZED, "Serve un accesso", what).inviting(path)
    }

    /// The same, with the way to sign in and to go on at a path.
    pub(crate) fn inviting(self, path: &str) -> Wrong {
        Wrong { sign_in: Some(path.to_owned()), ..self }
    }

    /// The page that a form stood on no longer shows how things are.
    pub(crate) fn outdated() -> Wrong {
        let what = "Dall'apertura della pagina è cambiato qualcosa: ciò che mostrava non è più attuale. Si guarda di nuovo, poi si decide.";
        Wrong::new(StatusCode::CONFLICT, "La pagina non è più attuale", what)
    }

    /// Whether nothing is wrong: there is nothing to show yet.
    pub(crate) fn is_too_early(&self) -> bool {
        self.status == StatusCode::OK
    }

    /// What is said of it.
    pub(crate) fn what(self) -> String {
        self.what
    }

    /// The token has no right to it.
    pub(crate) fn forbidden(what: &str) -> Wrong {
        Wrong::new(StatusCode::FORBIDDEN, "Non è consentito", what)
    }

    /// The page.
    pub(crate) fn under(self, frame: &Frame) -> Response {
        let mut response = self.with(frame, None);
        response.extensions_mut().insert(Refused { frame: frame.clone(), wrong: self });
        response
    }

    /// The page, with the form that was refused.
    pub(super) fn with(&self, frame: &Frame, again: Option<&Again>) -> Response {
        let blamed = again.and_then(|again| again.blamed(self.field.as_deref()));
        // Where the sentence names the field, it is not named twice.
        let blamed = blamed.filter(|label| !self.what.to_lowercase().contains(&format!("«{}»", label.to_lowercase())));
        let sign_in = self.sign_in.as_deref();
        let mut response = rendered(&Page { frame, title: &self.title, what: &self.what, sign_in, blamed, again });
        *response.status_mut() = self.status;
        response
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        self.under(&Frame::default())
    }
}

impl From<ReadError> for Wrong {
    fn from(error: ReadError) -> Wrong {
        Problem::from(error).into()
    }
}

impl From<LogError> for Wrong {
    fn from(error: LogError) -> Wrong {
        Problem::from(error).into()
    }
}

impl From<UnfitReason> for Wrong {
    fn from(unfit: UnfitReason) -> Wrong {
        let holds = match unfit {
            UnfitReason::TooLong { most } => {
                return Wrong::request(format!("Il testo ha al massimo {most} caratteri."));
            }
            UnfitReason::FiscalCode => "un codice fiscale",
            UnfitReason::Email => "un indirizzo e-mail",
            UnfitReason::Telephone => "un numero di telefono",
            UnfitReason::PaymentCard => "il numero di una carta di pagamento",
            UnfitReason::Iban => "un IBAN",
            UnfitReason::IdentityCard => "il numero di una carta d'identità",
        };
        Wrong::request(format!("Il testo contiene {holds}: si scrive perché, non chi."))
    }
}

impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Wrong {
        let explained = CODES.iter().find(|(code, ..)| *code == problem.code());
        let (status, what) =
            explained.map_or((500, "Qualcosa non ha funzionato."), |(_, status, what)| (*status, *what));
        let what = match problem.code() {
            // A page has no list of fields to point at.
            "Malformed" => "L'indirizzo o il modulo ha un valore che la pagina non conosce.",
            "UnknownPath" => "A questo indirizzo non c'è una pagina.",
            "Unauthorized" => "Il token non è valido: è scaduto, o non è di questa installazione.",
            _ => what,
        };
        let field = problem.field();
        let what = field.and_then(|field| fields::explained(problem.code(), field)).unwrap_or(what);
        let title = match status {
            401 => "Serve un accesso",
            403 => "Non è consentito",
            404 => "Non c'è",
            500.. => "La pagina non è disponibile",
            _ => "La richiesta non va bene",
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // What is there already may be called otherwise, and what others were changing may be tried again as it is.
        let stale = status == StatusCode::CONFLICT && !["AlreadyExists", "Conflict"].contains(&problem.code());
        let field = field.map(str::to_owned);
        Wrong { field, stale, ..Wrong::new(status, title, what.replace('`', "\"")) }
    }
}

#[derive(Template)]
#[template(path = "wrong.html")]
struct Page<'a> {
    frame: &'a Frame,
    title: &'a str,
    what: &'a str,
    sign_in: Option<&'a str>,
    /// What the field to blame is called.
    blamed: Option<&'static str>,
    again: Option<&'a Again>,
}
