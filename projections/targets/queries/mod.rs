//! Targets and what has been reached of them, by programme, province, project, point, semester or month.

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::{ProgrammeId, ProjectId};
use utoipa::ToSchema;

use super::tables::STEP;
use crate::answer::{Answer, Page, Paging, ReadError, Reader, counted};

mod active;
pub(crate) mod figures;
mod ids;
pub(crate) mod places;
mod promise;
mod scope;

#[cfg(test)]
mod tests;

pub use super::Scope;
pub use scope::InvalidScope;

use self::{
    active::Active,
    figures::{Figures, figures},
    places::Places,
    promise::{Plan, Promise},
};

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetsFilter {
    /// One programme; all within unless told.
    pub programme: Option<ProgrammeId>,
    /// Only rows of this project: itself or its points. Other scopes have none.
    pub project: Option<ProjectId>,
    /// What the rows are.
    pub by: Scope,
    /// The day; the day of the position unless told.
    pub on: Option<Date>,
}

/// Targets of a scope and what has been reached of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TargetRow {
    /// The programme.
    pub programme: String,
    /// What the row is.
    pub scope: Scope,
    /// The programme's, project's or point's id, a province's code, `2024-S1` or `2024-03`.
    pub id: String,
    /// Its name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Points.
    pub points: PointFigures,
    /// Citizens.
    pub citizens: CitizenFigures,
    /// Services.
    pub services: ServiceFigures,
    /// The next target by date that is only looked at. It is no gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Monitoring>,
    /// What releases money. It is no monitoring target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
}

/// Points: how many are promised and how many count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PointFigures {
    /// Promised.
    pub target: Option<u64>,
    /// Active on the day (at a semester's or month's last day, until the day), or ever, as the programme's rules say.
    pub active: u64,
}

/// Citizens, each counted once in the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CitizenFigures {
    /// Promised.
    pub target: Option<u64>,
    /// Counted here.
    pub counted: u64,
    /// Of those, how many would be lost if every dispute ended in a void and every proposed link were confirmed. Below
    /// nought where some would come here.
    pub at_risk: i64,
}

/// Services: they never gate money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceFigures {
    /// Recommended.
    pub target: Option<u64>,
    /// Those that qualify.
    pub qualifying: u64,
    /// All.
    pub recorded: u64,
}

/// A cumulative target to be looked at, not to be paid on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Monitoring {
    /// The day it is for.
    #[schema(value_type = String)]
    pub by: Date,
    /// Citizens reached since the start.
    pub citizens: u64,
    /// Services given since the start.
    pub services: u64,
}

/// What a milestone asks for, rounded up to a whole point and a whole citizen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gate {
    /// `M1`, `M2`, `M3`.
    pub milestone: String,
    /// Last day that counts.
    #[schema(value_type = String)]
    pub deadline: Date,
    /// Points needed; none where points do not gate.
    pub points_needed: Option<u64>,
    /// Citizens needed; none where citizens do not gate.
    pub citizens_needed: Option<u64>,
}

/// `GET /v1/targets?programme=&by=&on=`. Rows with nothing but a target are there too. Totals are shown only to those who
/// may see all of what they sum. On a day before the position's, only what had happened by then is counted: slower, since
/// no totals are kept for it.
///
/// # Errors
/// When the tables cannot be read.
pub async fn targets(reader: &Reader, filter: &TargetsFilter) -> Result<Answer<Page<TargetRow>>, ReadError> {
    let rows = rows(reader, filter, STEP).await?;
    Ok(reader.clone().about(Some(filter.on.unwrap_or(reader.on()))).answer(Page::whole(rows)))
}

/// A page of the same rows: by programme, then by id.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn targets_page(
    reader: &Reader,
    filter: &TargetsFilter,
    paging: &Paging,
) -> Result<Answer<Page<TargetRow>>, ReadError> {
    let after = match paging.after() {
        Some(cursor) => Some(cursor.split_once(' ').ok_or(ReadError::Cursor)?),
        None => None,
    };
    let mut answer = targets(reader, filter).await?;
    let mut items = answer.body.items;
    items.retain(|row| after.is_none_or(|after| (row.programme.as_str(), row.id.as_str()) > after));
    answer.body = paging.page(items, |row: &TargetRow| format!("{} {}", row.programme, row.id));
    Ok(answer)
}

/// The same with steps of another length, so that tests need not be long.
async fn rows(reader: &Reader, filter: &TargetsFilter, step: u64) -> Result<Vec<TargetRow>, ReadError> {
    let mut rows = Vec::new();
    let on = filter.on.unwrap_or(reader.on());
    for plan in promise::plans(reader, filter.programme.as_ref(), on).await? {
        let places = Places::of(reader, plan.id()).await?;
        let active = Active::of(reader, plan.points_basis()).await?;
        let past = (on < reader.day()).then_some(on);
        let mut found = figures(reader, plan.id(), filter.by, None, &places, past, step).await?;
        for (id, promise) in ids::of(reader, &plan, filter, &places, &found).await? {
            let figures = found.remove(&id).unwrap_or_default();
            let active = active.count(&places, filter.by, &id, on);
            rows.push(row(&plan, filter.by, id, promise, active, &figures)?);
        }
    }
    Ok(rows)
}

fn row(
    plan: &Plan,
    by: Scope,
    id: String,
    promise: Promise,
    active: u64,
    figures: &Figures,
) -> Result<TargetRow, ReadError> {
    Ok(TargetRow {
        programme: plan.id().to_owned(),
        scope: by,
        id,
        name: promise.name,
        points: PointFigures { target: promise.points, active },
        citizens: CitizenFigures {
            target: promise.citizens,
            counted: counted(figures.counted)?,
            at_risk: figures.counted - figures.safe,
        },
        services: ServiceFigures {
            target: promise.services,
            qualifying: counted(figures.qualifying)?,
            recorded: counted(figures.recorded)?,
        },
        monitoring: promise.monitoring,
        gates: promise.gates,
    })
}
