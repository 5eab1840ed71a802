//! `GET /v1/counting/services`, `GET /v1/counting/persons`: the lists behind the lines of the waterfall.

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use traccia_application::permission::Read;
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode, service::ServiceKind, time::Month};
use traccia_projections::{
    answer::{Answer, Page, Paging, ReadError, Reader},
    counting::queries::{self, Days, Given, Judged, Persons, Served, Service, UnitFilter},
    milestones::queries::{Standing, persons_of_milestone},
    reports::queries::{Adjustment, Line, persons_of_report, services_of_report},
};

use super::{
    counting::place,
    list,
    params::{Listed as _, params},
};
use crate::{
    App, Problem,
    bearer::Who,
    request::{Params, Shape},
};

params! {
    /// Which services.
    list WhichServices {
        /// The line: `recorded` (unless told), `qualifying`, or the reason that excludes them.
        judged: Option<String>,
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those in a province, by its code.
        province: Option<ProvinceCode>,
        /// Those at a point.
        point: Option<PointId>,
        /// Those of a kind.
        kind: Option<String>,
        /// Those given on this day or later.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        since: Option<Date>,
        /// Those given on this day or earlier.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        through: Option<Date>,
        /// With `adjustment`: the month of the project's report, at the position that the report speaks of.
        report: Option<String>,
        /// Those of earlier months that the report takes in: `late` or `voided`.
        adjustment: Option<String>,
    }
}

/// A list of services that an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Acts {
    /// Behind a line of a place's waterfall.
    Counting,
    /// Behind the adjustments of a project's monthly report.
    Report(ProjectId, Month, Adjustment),
}

impl Acts {
    /// The list that an address names for a place: of a month's report where it says which adjustment.
    pub(crate) fn of(report: Option<&str>, adjustment: Option<&str>, place: &UnitFilter) -> Result<Acts, NoList> {
        let (month, adjustment) = match (report, adjustment) {
            (None, None) => return Ok(Acts::Counting),
            (Some(month), Some(adjustment)) => (month, adjustment),
            (Some(_), None) | (None, Some(_)) => return Err(NoList::Together),
        };
        let UnitFilter { programme: None, project: Some(project), province: None, point: None } = place.clone() else {
            return Err(NoList::Together);
        };
        let month = month.parse().map_err(|_| NoList::Month)?;
        Ok(Acts::Report(project, month, Adjustment::named(adjustment).ok_or(NoList::Line)?))
    }

    /// The list; none where there is no such report.
    pub(crate) async fn find(
        &self,
        reader: &Reader,
        place: &UnitFilter,
        given: Given,
        paging: &Paging,
    ) -> Result<Option<Answer<Page<Service>>>, ReadError> {
        match self {
            Acts::Counting => queries::services(reader, place, given, paging).await.map(Some),
            Acts::Report(project, month, adjustment) => {
                services_of_report(reader, project, *month, *adjustment, given, paging).await
            }
        }
    }
}

/// The services behind a line of the waterfall, or behind the adjustments of a monthly report: as many as the line says, in the
/// order in which the log learned them.
#[utoipa::path(
    get, path = "/v1/counting/services", tag = "Leggere", operation_id = "counting_services", params(WhichServices),
    responses((status = 200, description = "Services", content((Answer<Page<Service>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn services(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<WhichServices>,
) -> Result<Response, Problem> {
    let judged = which.judged.as_deref().map_or(Some(Judged::Recorded), Judged::named);
    let judged =
        judged.ok_or_else(|| Problem::malformed("judged is recorded, qualifying or a reason of the waterfall"))?;
    let reader = super::open(&app, &who, Read::Service, &which).await?;
    let paging = which.paging()?;
    let WhichServices { programme, project, province, point, kind, since, through, report, adjustment, .. } = which;
    let kind = match kind.as_deref() {
        None => None,
        Some(name) => Some(kind_named(name).ok_or_else(|| {
            Problem::malformed(format!("kind is one of {}", ServiceKind::ALL.map(ServiceKind::as_str).join(", ")))
        })?),
    };
    let place = UnitFilter { programme, project, province, point };
    let acts = Acts::of(report.as_deref(), adjustment.as_deref(), &place).map_err(|none| match none {
        NoList::Line => Problem::malformed("adjustment is late or voided").at("/adjustment"),
        NoList::Month => no_month(),
        NoList::Together => Problem::malformed("report and adjustment go together, with a project and no other place"),
    })?;
    let place = self::place(&reader, place).await?;
    let given = Given { judged, kind, days: Days { since, through } };
    let found = acts.find(&reader, &place, given, &paging).await?;
    list::list(shape, &found.ok_or_else(no_report)?)
}

fn no_month() -> Problem {
    Problem::malformed("report is a month, for example 2024-03").at("/report")
}

fn no_report() -> Problem {
    Problem::not_found("UnknownReport", "the project does not report on this month")
}

/// A kind of service by its name.
pub(crate) fn kind_named(name: &str) -> Option<ServiceKind> {
    ServiceKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

params! {
    /// Which persons.
    list WhichPersons {
        /// The line: `counted` (unless told), `distinct`, `elsewhere`, `claimed_elsewhere` or `at_risk`. With `milestone`:
        /// `counted`, `waiting` or `at_risk`. With `report`: `previous`, `new`, `adjusted`, `lost`, `counted` or `first_seen`.
        persons: Option<String>,
        /// Those of a programme.
        programme: Option<ProgrammeId>,
        /// Those of a project.
        project: Option<ProjectId>,
        /// Those in a province, by its code.
        province: Option<ProvinceCode>,
        /// Those at a point.
        point: Option<PointId>,
        /// Those counted by a service of this day or later; of the other lines, those first served then.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        since: Option<Date>,
        /// Those counted by a service of this day or earlier; of the other lines, those first served then.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        through: Option<Date>,
        /// Those behind a figure of this milestone of the project.
        milestone: Option<String>,
        /// With `milestone`: the business day; whose service is of a later one does not wait yet. That of `known_at`, unless
        /// told.
        #[serde(default, deserialize_with = "traccia_domain::time::day::read_some")]
        on: Option<Date>,
        /// Those behind a line of the project's report of this month, at the position that the report speaks of.
        report: Option<String>,
    }
}

/// A list of persons that an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum People {
    /// Behind a line of a place's waterfall.
    Counting(Persons, Days),
    /// Behind a figure of a project's milestone, on a business day where one is given.
    Milestone(ProjectId, String, Standing, Option<Date>),
    /// Behind a line of a project's monthly report.
    Report(ProjectId, Month, Line),
}

/// What names a list of persons, as an address gives it.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    /// The line.
    pub(crate) persons: Option<&'a str>,
    /// Some days.
    pub(crate) days: Days,
    /// A milestone of the project.
    pub(crate) milestone: Option<&'a str>,
    /// The business day that the milestone is looked at.
    pub(crate) on: Option<Date>,
    /// A month that the project reports on.
    pub(crate) report: Option<&'a str>,
}

/// Why an address names no list of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoList {
    /// A line that the list does not have.
    Line,
    /// Not a month.
    Month,
    /// Milestones and reports are a whole project's, and have days of their own.
    Together,
}

impl People {
    /// The list that an address names for a place.
    pub(crate) fn of(asked: &Asked<'_>, place: &UnitFilter) -> Result<People, NoList> {
        let line = asked.persons.unwrap_or(Persons::Counted.as_str());
        if asked.on.is_some() && asked.milestone.is_none() {
            return Err(NoList::Together);
        }
        if asked.milestone.is_none() && asked.report.is_none() {
            return Persons::named(line).map(|line| People::Counting(line, asked.days)).ok_or(NoList::Line);
        }
        let UnitFilter { programme: None, project: Some(project), province: None, point: None } = place.clone() else {
            return Err(NoList::Together);
        };
        match (asked.milestone, asked.report) {
            _ if asked.days != Days::default() => Err(NoList::Together),
            (Some(milestone), None) => {
                let standing = Standing::named(line).ok_or(NoList::Line)?;
                Ok(People::Milestone(project, milestone.to_owned(), standing, asked.on))
            }
            (None, Some(month)) => {
                let month = month.parse().map_err(|_| NoList::Month)?;
                Ok(People::Report(project, month, Line::named(line).ok_or(NoList::Line)?))
            }
            (Some(_), Some(_)) | (None, None) => Err(NoList::Together),
        }
    }

    /// The list; none where there is no such milestone or report.
    pub(crate) async fn find(
        &self,
        reader: &Reader,
        place: &UnitFilter,
        paging: &Paging,
    ) -> Result<Option<Answer<Page<Served>>>, ReadError> {
        match self {
            People::Counting(line, days) => queries::persons(reader, place, *line, *days, paging).await.map(Some),
            People::Milestone(project, milestone, standing, on) => {
                let reader = reader.clone().about(*on);
                persons_of_milestone(&reader, project, milestone, *standing, paging).await
            }
            People::Report(project, month, line) => persons_of_report(reader, project, *month, *line, paging).await,
        }
    }
}

/// The persons behind a line of the waterfall, of a milestone or of a monthly report: as many as the line says, each with
/// their earliest service here that qualifies and the point that counts them.
#[utoipa::path(
    get, path = "/v1/counting/persons", tag = "Leggere", operation_id = "counting_persons", params(WhichPersons),
    responses((status = 200, description = "Persons", content((Answer<Page<Served>> = "application/json"), (String = "text/csv")))),
    security(("token" = [])),
)]
pub(crate) async fn persons(
    State(app): State<App>,
    Who(who): Who,
    shape: Shape,
    Params(which): Params<WhichPersons>,
) -> Result<Response, Problem> {
    let reader = super::open(&app, &who, Read::Units, &which).await?;
    let paging = which.paging()?;
    let WhichPersons { persons, programme, project, province, point, since, through, milestone, on, report, .. } =
        which;
    let (persons, milestone, report) = (persons.as_deref(), milestone.as_deref(), report.as_deref());
    let place = UnitFilter { programme, project, province, point };
    let asked = Asked { persons, days: Days { since, through }, milestone, on, report };
    let people = People::of(&asked, &place).map_err(|none| match none {
        NoList::Line => Problem::malformed("persons is not a line of this list").at("/persons"),
        NoList::Month => no_month(),
        NoList::Together => Problem::malformed(
            "milestone or report goes with a project, and with nothing else; on goes with a milestone",
        ),
    })?;
    let place = self::place(&reader, place).await?;
    let found = people.find(&reader, &place, &paging).await?.ok_or_else(|| match people {
        People::Report(..) => no_report(),
        People::Milestone(..) | People::Counting(..) => {
            Problem::not_found("UnknownMilestone", "the project has no such milestone")
        }
    })?;
    list::list(shape, &found)
}
