//! A finding's name: all that its services are found by again.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use traccia_domain::{FacilitatorId, PointId, ProjectId, RecordId, TimeOfDay, time::Month};

use super::Kind;

/// Which finding. As text, its parts with dots between: `same_minute.mi-1.anna.2024-03-01.10:00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingId {
    /// A facilitator's day.
    MinutesOfADay(FacilitatorId, Date),
    /// A point's week, by its Monday.
    DaysOfAWeek(PointId, Date),
    /// A facilitator's week at a point, by its Monday.
    HoursOfAWeek(PointId, FacilitatorId, Date),
    /// A facilitator's minute at a point.
    SameMinute(PointId, FacilitatorId, Date, TimeOfDay),
    /// A point's month, by its first day.
    MonthEnd(PointId, Date),
    /// A project's month, by what accepts its report.
    EarlyAct(ProjectId, Month),
    /// A run of records at a point, by its first.
    ConsecutiveDocuments(PointId, RecordId),
}

/// The text names no finding.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("a finding is named as the list of findings names it")]
pub struct InvalidFinding;

impl FindingId {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            FindingId::MinutesOfADay(..) => Kind::MinutesOfADay,
            FindingId::DaysOfAWeek(..) | FindingId::HoursOfAWeek(..) => Kind::OutsideHours,
            FindingId::SameMinute(..) => Kind::SameMinute,
            FindingId::MonthEnd(..) => Kind::MonthEnd,
            FindingId::EarlyAct(..) => Kind::EarlyAct,
            FindingId::ConsecutiveDocuments(..) => Kind::ConsecutiveDocuments,
        }
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind().as_str();
        match self {
            FindingId::MinutesOfADay(facilitator, on) => write!(f, "{kind}.{facilitator}.{on}"),
            FindingId::DaysOfAWeek(point, monday) => write!(f, "{kind}.{point}.{monday}"),
            FindingId::HoursOfAWeek(point, facilitator, monday) => write!(f, "{kind}.{point}.{facilitator}.{monday}"),
            FindingId::SameMinute(point, facilitator, on, time) => {
                write!(f, "{kind}.{point}.{facilitator}.{on}.{time}")
            }
            FindingId::MonthEnd(point, month) => write!(f, "{kind}.{point}.{}", month.strftime("%Y-%m")),
            FindingId::EarlyAct(project, month) => write!(f, "{kind}.{project}.{month}"),
            FindingId::ConsecutiveDocuments(point, record) => write!(f, "{kind}.{point}.{record}"),
        }
    }
}

impl FromStr for FindingId {
    type Err = InvalidFinding;

    fn from_str(text: &str) -> Result<FindingId, InvalidFinding> {
        fn read<T: FromStr>(part: &str) -> Result<T, InvalidFinding> {
            part.parse().map_err(|_| InvalidFinding)
        }
        let parts: Vec<&str> = text.split('.').collect();
        let (kind, rest) = parts.split_first().ok_or(InvalidFinding)?;
        let id = match (Kind::named(kind).ok_or(InvalidFinding)?, rest) {
            (Kind::MinutesOfADay, [facilitator, on]) => FindingId::MinutesOfADay(read(facilitator)?, read(on)?),
            (Kind::OutsideHours, [point, monday]) => FindingId::DaysOfAWeek(read(point)?, read(monday)?),
            (Kind::OutsideHours, [point, facilitator, monday]) => {
                FindingId::HoursOfAWeek(read(point)?, read(facilitator)?, read(monday)?)
            }
            (Kind::SameMinute, [point, facilitator, on, time]) => {
                FindingId::SameMinute(read(point)?, read(facilitator)?, read(on)?, read(time)?)
            }
            (Kind::MonthEnd, [point, month]) => FindingId::MonthEnd(read(point)?, read(&format!("{month}-01"))?),
            (Kind::EarlyAct, [project, month]) => FindingId::EarlyAct(read(project)?, read(month)?),
            (Kind::ConsecutiveDocuments, [point, record]) => {
                FindingId::ConsecutiveDocuments(read(point)?, read(record)?)
            }
            (
                Kind::EarlyAct
                | Kind::MinutesOfADay
                | Kind::OutsideHours
                | Kind::SameMinute
                | Kind::MonthEnd
                | Kind::ConsecutiveDocuments,
                _,
            ) => return Err(InvalidFinding),
        };
        // One finding has one name.
        if id.to_string() == text { Ok(id) } else { Err(InvalidFinding) }
    }
}
