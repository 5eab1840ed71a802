//! Every month that a project reports on, with what became of its report and when it is due.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};
use serde::Serialize;
use traccia_domain::{ProgrammeId, ProjectId, report::months, time::Month};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{Acceptance, acceptances};
use crate::answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql, counted};

/// The day of the following month on which a report is due where no window says otherwise.
const DUE_DAY: i8 = 15;

/// How a report stands: what a report's `state` is one of.
pub const STATES: [&str; 5] = ["open", "submitted", "returned", "reopened", "accepted"];

/// A month's report and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// The project.
    pub project: String,
    /// Its programme.
    pub programme: String,
    /// The month.
    #[schema(value_type = String)]
    pub month: Month,
    /// Its state: open (nobody has submitted it), submitted, returned, accepted or reopened.
    pub state: String,
    /// The last day on which it is in time: of the month's reporting window where one is set, else the 15th of the
    /// following month.
    #[schema(value_type = String)]
    pub due_on: Date,
    /// Whether a reporting window says so.
    pub window: bool,
    /// Whether that day has passed and the report is not with the Region: open, returned or reopened.
    pub overdue: bool,
    /// The position of the latest submission.
    pub submitted: Option<u64>,
    /// The latest acceptance, also where the report was reopened since.
    pub acceptance: Option<Acceptance>,
    /// What stood in the way, in the partnership's words.
    pub obstacles: Option<String>,
    /// Why it was returned or reopened, as long as it stands so.
    pub reason: Option<String>,
}

impl Report {
    /// Whether it is not with the Region: open, returned or reopened.
    #[must_use]
    pub fn waits(&self) -> bool {
        waits(&self.state)
    }
}

/// Which reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// Those of a programme's projects.
    pub programme: Option<ProgrammeId>,
    /// Those of a project.
    pub project: Option<ProjectId>,
    /// Those that stand so, one of [`STATES`].
    pub state: Option<&'static str>,
    /// Only those that are overdue.
    pub overdue: bool,
}

impl ReportFilter {
    fn takes(&self, report: &Report) -> bool {
        (report.overdue || !self.overdue) && self.state.is_none_or(|state| state == report.state)
    }
}

/// A project that reports.
pub(super) struct Reporting {
    pub(super) id: String,
    pub(super) programme: String,
    pub(super) starts: Date,
    pub(super) ends: Date,
}

impl Reporting {
    /// Whether it reports on a month.
    pub(super) fn has(&self, month: Month) -> bool {
        months(self.starts, self.ends).any(|one| one == month)
    }
}

/// What waits for a project, or for the Region, on a day, the most urgent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many reports are overdue.
    pub overdue: u64,
    /// Those that are to be submitted, by the day on which they are due: what is overdue comes first.
    pub reports: Vec<Report>,
    /// Those that wait for the Region, by project and month.
    pub submitted: Vec<Report>,
}

/// The reports that somebody has to submit on the answer's day, open, returned or reopened, up to its month; and those that
/// were submitted, which the Region has to decide on.
///
/// # Errors
/// When the tables cannot be read.
pub async fn waiting(reader: &Reader) -> Result<Waiting, ReadError> {
    let told = Told::of(reader).await?;
    let mut waiting = Waiting::default();
    for project in reporting(reader, &ReportFilter::default()).await? {
        for month in months(project.starts, reader.on().min(project.ends)) {
            let report = told.report(&project, month, reader.on());
            if report.waits() {
                waiting.overdue += u64::from(report.overdue);
                waiting.reports.push(report);
            } else if report.state == "submitted" {
                waiting.submitted.push(report);
            }
        }
    }
    waiting.reports.sort_by(|a, b| (a.due_on, a.month, &a.project).cmp(&(b.due_on, b.month, &b.project)));
    Ok(waiting)
}

/// `GET /v1/reports?project=`: by project, then by month; up to the month of the answer's day.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn reports(
    reader: &Reader,
    filter: &ReportFilter,
    paging: &Paging,
) -> Result<Answer<Page<Report>>, ReadError> {
    let after = paging.after().unwrap_or_default();
    let wanted = usize::try_from(paging.rows()).unwrap_or(usize::MAX);
    let told = Told::of(reader).await?;
    let mut items = Vec::new();
    for project in reporting(reader, filter).await? {
        for month in months(project.starts, reader.on().min(project.ends)) {
            let report = told.report(&project, month, reader.on());
            if items.len() < wanted && key(&report).as_str() > after && filter.takes(&report) {
                items.push(report);
            }
        }
    }
    Ok(reader.answer(paging.page(items, key)))
}

/// A space comes before whatever an id is made of, so that keys are in the order of project and month.
fn key(report: &Report) -> String {
    format!("{} {}", report.project, report.month)
}

/// The approved projects within, by id.
pub(super) async fn reporting(reader: &Reader, filter: &ReportFilter) -> Result<Vec<Reporting>, ReadError> {
    let mut sql = Sql::from(format!(
        "select j.id, j.programme, j.starts, j.ends from project j where j.state = 'approved' and {}",
        held("j"),
    ));
    sql.equals("j.programme", filter.programme.as_ref().map(ProgrammeId::as_str))
        .equals("j.id", filter.project.as_ref().map(ProjectId::as_str));
    reader.within().whole_projects_of(&mut sql);
    let read = |row: &Line| {
        Ok(Reporting { id: row.text(0), programme: row.text(1), starts: row.parsed(2)?, ends: row.parsed(3)? })
    };
    let mut found: Vec<Reporting> = reader.rows(sql).await?.iter().map(read).collect::<Result<_, ReadError>>()?;
    // Here, and not in SQL: databases differ in how they order letters and hyphens.
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

/// How a report stands: as its row says, or open where it has none.
#[derive(Clone)]
struct Stand {
    state: String,
    submitted: Option<u64>,
    obstacles: Option<String>,
    reason: Option<String>,
}

/// What was said of reports and windows.
pub(super) struct Told {
    reports: BTreeMap<(String, Month), Stand>,
    acceptances: BTreeMap<(String, Month), Acceptance>,
    windows: BTreeMap<(String, Month), Date>,
}

impl Told {
    pub(super) async fn of(reader: &Reader) -> Result<Told, ReadError> {
        let mut told = Told { reports: BTreeMap::new(), acceptances: BTreeMap::new(), windows: BTreeMap::new() };
        let sql = Sql::from(format!(
            "select r.project, r.month, r.state, r.submitted, r.obstacles, r.reason from report r where {}",
            held("r"),
        ));
        for row in reader.rows(sql).await? {
            let stand = Stand {
                state: row.text(2),
                submitted: row.integer_or_null(3).map(counted).transpose()?,
                obstacles: row.text_or_null(4),
                reason: row.text_or_null(5),
            };
            told.reports.insert((row.text(0), row.parsed(1)?), stand);
        }
        let sql = Sql::from(
            "select a.project, a.month, a.accepted_on, a.act, a.position, a.learned_on, a.submitted, a.services
            from acceptance a where a.position <= $1 order by a.position, a.line",
        );
        for row in reader.rows(sql).await? {
            told.acceptances.insert((row.text(0), row.parsed(1)?), acceptances::read(&row, 2)?);
        }
        let sql = Sql::from(
            "select w.programme, w.month, w.until_on from reporting_window w where w.position <= $1
            order by w.position, w.line",
        );
        for row in reader.rows(sql).await? {
            told.windows.insert((row.text(0), row.parsed(1)?), row.parsed(2)?);
        }
        Ok(told)
    }

    /// A month's report as it stands on a day.
    pub(super) fn report(&self, project: &Reporting, month: Month, on: Date) -> Report {
        let of = (project.id.clone(), month);
        let open = || Stand { state: "open".to_owned(), submitted: None, obstacles: None, reason: None };
        let Stand { state, submitted, obstacles, reason } = self.reports.get(&of).cloned().unwrap_or_else(open);
        let window = self.windows.get(&(project.programme.clone(), month)).copied();
        let due_on = window.unwrap_or_else(|| due(month));
        let waits = waits(&state);
        Report {
            project: project.id.clone(),
            programme: project.programme.clone(),
            month,
            due_on,
            window: window.is_some(),
            overdue: waits && due_on < on,
            submitted,
            acceptance: self.acceptances.get(&of).cloned(),
            obstacles,
            reason,
            state,
        }
    }
}

fn waits(state: &str) -> bool {
    matches!(state, "open" | "returned" | "reopened")
}

/// When a month's report is due where no window says so.
fn due(month: Month) -> Date {
    month.last_day().saturating_add(i32::from(DUE_DAY).days())
}
