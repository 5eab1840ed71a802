//! A row of an upload, read and checked for form.

use std::fmt;

use jiff::civil::Date;
use traccia_domain::{
    FacilitatorId, PointId, Position, Refusal, TimeOfDay,
    document::Document,
    hash::ShortHash,
    registration::Profile,
    service::{
        ServiceKind,
        details::{Mode, Questionnaire},
    },
};

/// A row: one citizen to register, one service to record.
#[derive(Clone)]
pub struct Row {
    /// The digest of the file's content and the row's number: the same row again is the same request.
    pub key: ShortHash,
    /// The citizen's document.
    pub document: Document,
    /// What is known of the citizen.
    pub profile: Option<Profile>,
    /// The service.
    pub service: RowService,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the document nor the profile ever prints.
        f.debug_struct("Row").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A service without its citizen.
#[derive(Clone, Debug)]
pub struct RowService {
    /// Where.
    pub point: PointId,
    /// By whom.
    pub facilitator: FacilitatorId,
    /// On which day.
    pub occurred_on: Date,
    /// At what time.
    pub start_time: Option<TimeOfDay>,
    /// For how long.
    pub minutes: u16,
    /// Which kind of service.
    pub kind: ServiceKind,
    /// In person, or from afar.
    pub mode: Option<Mode>,
    /// DigComp competences.
    pub competences: Vec<u8>,
    /// Domains of public digital services.
    pub domains: Vec<char>,
    /// Answers to the questionnaire.
    pub questionnaire: Option<Questionnaire>,
}

/// Why a row is not recorded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RowRefusal {
    /// The rules say no.
    #[error(transparent)]
    Refused(Refusal),
    /// The bearer has no right to that point.
    #[error("this needs {needed}")]
    Forbidden {
        /// What a token would have to say.
        needed: String,
    },
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum RowOutcome {
    /// The service is recorded.
    Recorded {
        /// Its place; 0 where it was only foreseen.
        position: Position,
        /// Whether the row registered its citizen.
        new_citizen: bool,
    },
    /// The same service was there: from this row imported before, another row, or another desk.
    Duplicate {
        /// Its place, where it is another row of the same call, or the log was asked.
        position: Option<Position>,
    },
    /// Nothing is recorded.
    Refused(RowRefusal),
}
