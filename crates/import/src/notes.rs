//! What a rejected row is told, in Italian, with the column named. No note quotes a value.

use std::fmt;

use traccia_application::RowRefusal;
use traccia_domain::{
    Refusal,
    document::{InvalidDocument, fiscal_code::InvalidFiscalCode},
    refusal::Code,
    service::ServiceRefusal,
};

use crate::{
    layout::{COLUMNS, Column},
    lines::{FIELD_LIMIT, LINE_LIMIT, Unreadable},
};

/// Why a row is rejected: a sentence, and the column to blame where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The column.
    pub column: Option<Column>,
    /// The sentence.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "{}: {}", column.name(), self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Several notes as one text.
#[must_use]
pub fn joined(notes: &[Note]) -> String {
    notes.iter().map(Note::to_string).collect::<Vec<_>>().join("; ")
}

/// What is wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Missing,
    Facilitator,
    Point,
    NoDocument,
    Document(InvalidDocument),
    Letter(char),
    Letters(char),
    Number(u8),
    Numbers(u8),
    Province,
    Day,
    Duration,
}

impl Wrong {
    pub(crate) fn at(self, column: Column) -> Note {
        let text = match self {
            Wrong::Missing => "valore mancante".to_owned(),
            Wrong::Facilitator => "codice mancante o non valido; i nominativi non sono conservati e non bastano a \
                                   riconoscere il facilitatore"
                .to_owned(),
            Wrong::Point => "codice mancante o non valido, e nessuna sede con questo nome".to_owned(),
            Wrong::NoDocument => "codice fiscale mancante; in sua assenza servono AN5 e AN6".to_owned(),
            Wrong::Document(why) => document(why).to_owned(),
            Wrong::Letter(last) => format!("valore non previsto, attesa una lettera da A a {last}"),
            Wrong::Letters(last) => format!("valore non previsto, attese lettere da A a {last} separate da ':'"),
            Wrong::Number(last) => format!("valore non previsto, atteso un numero da 1 a {last}"),
            Wrong::Numbers(last) => format!("valore non previsto, attesi numeri da 1 a {last} separati da ':'"),
            Wrong::Province => "provincia non riconosciuta, atteso il nome per esteso".to_owned(),
            Wrong::Day => "data non valida, attesa AAAA-MM-GG".to_owned(),
            Wrong::Duration => "durata non valida, attesa hh:mm da 00:01 a 24:00".to_owned(),
        };
        Note { column: Some(column), text }
    }
}

fn document(why: InvalidDocument) -> &'static str {
    match why {
        InvalidDocument::FiscalCode(InvalidFiscalCode::Form) => {
            "codice fiscale non valido, attesi 16 caratteri (11 cifre se provvisorio)"
        }
        InvalidDocument::FiscalCode(InvalidFiscalCode::CheckCharacter) => {
            "codice fiscale non valido, il carattere di controllo non corrisponde"
        }
        InvalidDocument::FiscalCode(InvalidFiscalCode::Date) => {
            "codice fiscale non valido, la data di nascita non esiste"
        }
        InvalidDocument::Number => "numero di documento non valido, attesi da 3 a 32 tra lettere e cifre",
        InvalidDocument::Issuer => "ente di rilascio non valido",
    }
}

/// The note for a line whose fields were never looked at.
pub(crate) fn unreadable(why: Unreadable) -> Note {
    let (column, text) = match why {
        Unreadable::Columns(found) => (None, format!("la riga ha {found} colonne, attese {}", COLUMNS.len())),
        Unreadable::Line => (
            None,
            format!("la riga supera {LINE_LIMIT} byte, forse per virgolette non chiuse; fin qui nulla è stato letto"),
        ),
        Unreadable::Field(index) => (Column::all().nth(index), format!("il valore supera {FIELD_LIMIT} byte")),
        Unreadable::Encoding => (None, "la riga contiene caratteri non UTF-8".to_owned()),
    };
    Note { column, text }
}

/// The note for a row that the rules, or the bearer's right, refuse.
#[must_use]
pub fn refused(refusal: &RowRefusal) -> Note {
    match refusal {
        RowRefusal::Refused(refusal) => by_the_rules(refusal),
        RowRefusal::Forbidden { .. } => {
            Note { column: Some(Column::POINT), text: "chi carica il file non è abilitato per questa sede".to_owned() }
        }
    }
}

fn by_the_rules(refusal: &Refusal) -> Note {
    let text = match refusal.code() {
        Code::Malformed | Code::Invalid => "un valore non rispetta le regole",
        Code::UnknownProgramme => "programma sconosciuto",
        Code::UnknownProject => "progetto sconosciuto",
        Code::UnknownPoint => "sede sconosciuta",
        Code::UnknownFacilitator => "facilitatore sconosciuto",
        Code::UnknownCitizen => "anagrafica sconosciuta",
        Code::UnknownService => "servizio sconosciuto",
        Code::UnknownExpense => "spesa sconosciuta",
        Code::AlreadyExists => "esiste già",
        Code::DuplicateService => "servizio già registrato",
        Code::InvalidFiscalCode => "codice fiscale non valido",
        Code::InvalidDocument => "documento non valido",
        Code::PointRequirementsNotMet => "la sede non ha i requisiti del programma",
        Code::PointNotOpen => "la sede non era aperta in questa data",
        Code::FacilitatorNotValid => "il facilitatore non era abilitato in questa sede in questa data",
        Code::OutsideProject => "la data è fuori dal periodo del progetto, o il progetto non è approvato",
        Code::WindowClosed => "il termine per registrare i servizi del mese è scaduto",
        Code::InTheFuture => "la data è nel futuro",
        Code::SamePerson => "le due anagrafiche sono la stessa",
        Code::SameActor => "lo decide un'altra persona",
        Code::AlreadyDecided => "già deciso",
        Code::UnknownMilestone => "milestone sconosciuta",
        Code::AlreadyClaimed => "già richiesta",
        Code::MilestoneNotReached => "non ancora raggiunta",
        Code::CertificateMismatch => "non corrisponde a quanto congelato dalla richiesta",
        Code::OverClaimed => "le quote superano l'importo della fattura",
        Code::UnknownTranche => "quota sconosciuta",
        Code::UnknownExposure => "esposizione sconosciuta",
        Code::NotCertified => "milestone senza certificato",
        Code::ReportsMissing => "mancano report accettati",
        Code::NoOrders => "nessun ordine attende una distinta",
        Code::ExposureUndecided => "esposizione non ancora decisa",
        Code::Outdated => "non è più come mostrato",
        Code::CurePending => "sanatoria ancora aperta",
        Code::AlreadyAuthorised => "già autorizzata",
        Code::AlreadyPaid => "già pagata",
        Code::InvalidIban => "IBAN non possibile",
        Code::WrongState => "lo stato attuale non lo consente",
    };
    let mut text = text.to_owned();
    if let Refusal::Service(ServiceRefusal::WindowClosed { until, .. }) = refusal {
        text.push_str(&format!(" il {until}"));
    }
    Note { column: refusal.pointer().as_deref().and_then(column), text }
}

/// The column a field of a command came from.
fn column(pointer: &str) -> Option<Column> {
    let columns = [
        ("/point", Column::POINT),
        ("/facilitator", Column::FACILITATOR),
        ("/occurred_on", Column::SE1),
        ("/minutes", Column::SE2),
        ("/kind", Column::SE3),
        ("/competences", Column::SE5),
        ("/domains", Column::SE6),
        ("/documents", Column::AN3),
    ];
    columns.iter().find(|(field, _)| pointer.starts_with(field)).map(|(_, column)| *column)
}
