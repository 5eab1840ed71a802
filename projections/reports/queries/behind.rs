//! Who is behind a line of a report's bridge, person by person; and which services are behind its adjustments.

use traccia_domain::{Position, ProjectId, time::Month};

use super::{
    Adjustment, ReportFilter,
    acceptances::Acceptances,
    adjustments::{held_at, only_late, only_voided},
    bridge::since,
    list::{Told, reporting},
    one::said_at,
};
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader, Sql},
    counting::queries::{Given, Served, Service, UnitFilter, limited, listed},
};

/// Which persons of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Those whom last month's report counted.
    Previous,
    /// Those counted with a day of the month, who were not in last month's.
    New,
    /// Those counted with an earlier day, who were not in last month's.
    Adjusted,
    /// Those of last month's who are counted here no longer.
    Lost,
    /// Those counted up to the end of the month.
    Counted,
    /// Those counted with a day of the month.
    FirstSeen,
}

impl Line {
    /// Every line.
    pub const ALL: [Line; 6] = [Line::Previous, Line::New, Line::Adjusted, Line::Lost, Line::Counted, Line::FirstSeen];

    /// How addresses write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Line::Previous => "previous",
            Line::New => "new",
            Line::Adjusted => "adjusted",
            Line::Lost => "lost",
            Line::Counted => "counted",
            Line::FirstSeen => "first_seen",
        }
    }

    /// What is written so.
    #[must_use]
    pub fn named(name: &str) -> Option<Line> {
        Line::ALL.into_iter().find(|line| line.as_str() == name)
    }
}

/// The persons behind a line of a month's report: as many as the line says, at the position that the report speaks of; those
/// of last month's as they were at its own. None where the project is not within, or has no such month.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn persons_of_report(
    reader: &Reader,
    project: &ProjectId,
    month: Month,
    line: Line,
    paging: &Paging,
) -> Result<Option<Answer<Page<Served>>>, ReadError> {
    let Some((now, then)) = spoken_of(reader, project, month).await? else { return Ok(None) };
    let then = now.back_to(then).await?;
    let (first, last) = (month.first_day().to_string(), month.last_day().to_string());
    let (earlier, all) = ((None, "<", &first), (None, "<=", &last));
    let in_month = (Some(&first), "<=", &last);
    let (not_then, not_now) = ((then.position(), "<", &first), (now.position(), "<=", &last));
    let (at, (from, days, day), without) = match line {
        Line::Previous => (&then, earlier, None),
        Line::Lost => (&then, earlier, Some(not_now)),
        Line::New => (&now, in_month, Some(not_then)),
        Line::Adjusted => (&now, earlier, Some(not_then)),
        Line::Counted => (&now, all, None),
        Line::FirstSeen => (&now, in_month, None),
    };
    let place = UnitFilter { project: Some(project.clone()), ..UnitFilter::default() };
    let page = listed(at, &place, paging, |sql| {
        sql.push(format!(" and u.counted_on {days} ")).arg(day.clone());
        if let Some(from) = from {
            sql.push(" and u.counted_on >= ").arg(from.clone());
        }
        if let Some((position, days, day)) = without {
            alone(sql, project, position, days, day);
        }
    });
    Ok(Some(reader.answer(page.await?)))
}

/// The services behind a report's adjustments: as many as it says, at the position that it speaks of. None where the project is
/// not within, or has no such month.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn services_of_report(
    reader: &Reader,
    project: &ProjectId,
    month: Month,
    adjustment: Adjustment,
    given: Given,
    paging: &Paging,
) -> Result<Option<Answer<Page<Service>>>, ReadError> {
    let Some((now, then)) = spoken_of(reader, project, month).await? else { return Ok(None) };
    let waiting = Acceptances::of(&now, project.as_str()).await?.waiting(month);
    let place = UnitFilter { project: Some(project.clone()), ..UnitFilter::default() };
    let page = limited(&now, &place, given, paging, |sql| match adjustment {
        Adjustment::Late => only_late(sql, &waiting),
        Adjustment::Voided => only_voided(sql, month, then),
    });
    Ok(Some(reader.answer(page.await?)))
}

/// At the position that a month's report speaks of, and the one that last month's does.
async fn spoken_of(
    reader: &Reader,
    project: &ProjectId,
    month: Month,
) -> Result<Option<(Reader, Position)>, ReadError> {
    let filter = ReportFilter { project: Some(project.clone()), ..ReportFilter::default() };
    let Some(reporting) = reporting(reader, &filter).await?.pop() else { return Ok(None) };
    if !reporting.has(month) {
        return Ok(None);
    }
    let report = Told::of(reader).await?.report(&reporting, month, reader.on());
    let now = reader.back_to(said_at(&report).unwrap_or(reader.position())).await?;
    let then = since(&now, &reporting, month).await?.unwrap_or(now.position());
    Ok(Some((now, then)))
}

/// Leaves those whom the project did not count at another position with a day before one, or up to it.
fn alone(sql: &mut Sql, project: &ProjectId, position: Position, days: &str, day: &str) {
    sql.push(" and not exists (select 1 from unit v join point w on w.key = v.point where v.line = 'rfd' and v.person = u.person");
    sql.push(format!(" and v.counted_on {days} ")).arg(day.to_owned());
    sql.push(" and w.project = ").arg(project.to_string());
    for alias in ["v", "w"] {
        held_at(sql, alias, position);
    }
    sql.push(")");
}
