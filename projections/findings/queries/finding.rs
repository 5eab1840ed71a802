//! A finding as answers tell it.

use serde::Serialize;
use utoipa::ToSchema;

/// What is unusual. The definitions are in the folder's README.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// At one point records were served whose documents' numbers follow each other.
    ConsecutiveDocuments,
    /// The act that accepts a month's report is dated before the report was submitted.
    EarlyAct,
    /// One facilitator's sittings of a day are longer than a working day, or than a day.
    MinutesOfADay,
    /// The last days of a point's month hold far more than their share.
    MonthEnd,
    /// Services of a week lie on more days, or take more hours, than the point opens.
    OutsideHours,
    /// One facilitator began services for several citizens at one minute.
    SameMinute,
}

impl Kind {
    /// Every kind, in the order of their names.
    pub const ALL: [Kind; 6] = [
        Kind::ConsecutiveDocuments,
        Kind::EarlyAct,
        Kind::MinutesOfADay,
        Kind::MonthEnd,
        Kind::OutsideHours,
        Kind::SameMinute,
    ];

    /// How it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::ConsecutiveDocuments => "consecutive_documents",
            Kind::EarlyAct => "early_act",
            Kind::MinutesOfADay => "minutes_of_a_day",
            Kind::MonthEnd => "month_end",
            Kind::OutsideHours => "outside_hours",
            Kind::SameMinute => "same_minute",
        }
    }

    /// The kind that is written so.
    #[must_use]
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Whom or what a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A facilitator.
    Facilitator,
    /// A point.
    Point,
    /// A record, the first of a run.
    Record,
    /// The report of a project's month, by the project.
    Report,
}

/// What a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Minutes of sittings.
    Minutes,
    /// Days: with services, or from an act to the submission it accepts.
    Days,
    /// Sittings.
    Sittings,
    /// Commands that recorded services.
    Commands,
    /// Records with documents that follow each other.
    Records,
}

/// Something to look at. It accuses nobody and changes no count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// Its name, by which its services are asked for.
    pub id: String,
    /// What is unusual.
    pub kind: Kind,
    /// What it is about.
    pub about: Subject,
    /// The id of whom or what it is about.
    pub subject: String,
    /// The programme.
    pub programme: String,
    /// The project.
    pub project: String,
    /// The point, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<String>,
    /// The day; of a week, its Monday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The time of day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// The month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// What is counted.
    pub counts: Measure,
    /// How much there is.
    pub measure: u64,
    /// How much there would be at most, were nothing unusual.
    pub limit: u64,
    /// Services that hang on it.
    pub services: u64,
    /// Citizens who are counted by one of these.
    pub units: u64,
    /// The last commit that changed one of these services, so that it is as it is since.
    #[serde(rename = "position")]
    pub at: u64,
}
