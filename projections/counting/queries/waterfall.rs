//! The waterfall: from the services recorded to the persons counted, every step with its reason.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};
use traccia_projector::held;
use utoipa::ToSchema;

use super::UnitFilter;
use crate::{
    answer::{Answer, ReadError, Reader, Sql, counted},
    counting::Reason,
    targets::{
        queries::{
            Scope,
            figures::{Figures, figures},
            places::Places,
        },
        tables::STEP,
    },
};

/// What is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountingScope {
    /// A programme.
    Programme(ProgrammeId),
    /// A province of a programme.
    Province(ProgrammeId, ProvinceCode),
    /// A project.
    Project(ProjectId),
    /// A point.
    Point(PointId),
}

/// From services to persons. `recorded` minus the excluded is `qualifying`; `persons` minus those attributed and claimed
/// elsewhere is `counted`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waterfall {
    /// Services recorded.
    pub recorded: u64,
    /// Services that do not qualify, by the first reason that applies; every reason is there.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub excluded: BTreeMap<&'static str, u64>,
    /// Services that qualify.
    pub qualifying: u64,
    /// Distinct persons with a qualifying service here.
    pub persons: u64,
    /// Those whose attributed service is elsewhere in the programme.
    pub attributed_elsewhere: u64,
    /// Those whom another project has claimed.
    pub claimed_elsewhere: u64,
    /// Those counted here.
    pub counted: u64,
}

/// `GET /v1/counting?programme=&province=&project=&point=`; none where there is no such thing, or not all of it is within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn waterfall(reader: &Reader, scope: &CountingScope) -> Result<Option<Answer<Waterfall>>, ReadError> {
    Ok(of(reader, scope, STEP).await?.map(|waterfall| reader.answer(waterfall)))
}

/// The same with steps of another length, so that tests need not be long.
pub(super) async fn of(reader: &Reader, scope: &CountingScope, step: u64) -> Result<Option<Waterfall>, ReadError> {
    let Some(programme) = programme_of(reader, scope).await? else { return Ok(None) };
    let (by, id) = match scope {
        CountingScope::Programme(id) => (Scope::Programme, id.as_str()),
        CountingScope::Province(_, code) => (Scope::Province, code.as_str()),
        CountingScope::Project(id) => (Scope::Project, id.as_str()),
        CountingScope::Point(id) => (Scope::Point, id.as_str()),
    };
    let places = Places::of(reader, &programme).await?;
    let mut totals = figures(reader, &programme, by, Some(id), &places, None, step).await?;
    let figures = totals.remove(id).unwrap_or_default();
    Ok(Some(explained(&figures)?))
}

fn explained(figures: &Figures) -> Result<Waterfall, ReadError> {
    let persons = figures.persons;
    let mut excluded = BTreeMap::new();
    for (reason, services) in Reason::ALL.into_iter().zip(figures.reasons) {
        excluded.insert(reason.as_str(), counted(services)?);
    }
    Ok(Waterfall {
        recorded: counted(figures.recorded)?,
        excluded,
        qualifying: counted(figures.qualifying)?,
        persons: counted(persons)?,
        attributed_elsewhere: counted(persons - figures.counted - figures.claimed)?,
        claimed_elsewhere: counted(figures.claimed)?,
        counted: counted(figures.counted)?,
    })
}

/// Whether all of a place is within: a figure of its parts is not the place's.
///
/// # Errors
/// When the tables cannot be read.
pub async fn whole(reader: &Reader, place: &UnitFilter) -> Result<bool, ReadError> {
    let UnitFilter { programme, project, province, point } = place.clone();
    let scope = match (point, project, programme, province) {
        (Some(point), ..) => CountingScope::Point(point),
        (None, Some(project), ..) => CountingScope::Project(project),
        (None, None, Some(programme), Some(province)) => CountingScope::Province(programme, province),
        (None, None, Some(programme), None) => CountingScope::Programme(programme),
        (None, None, None, _) => return Ok(reader.within().unlimited()),
    };
    Ok(programme_of(reader, &scope).await?.is_some())
}

/// The programme of what is asked for, where all of it is within.
async fn programme_of(reader: &Reader, scope: &CountingScope) -> Result<Option<String>, ReadError> {
    let within = reader.within();
    let mut sql = match scope {
        CountingScope::Programme(id) | CountingScope::Province(id, _) => {
            if !within.whole_programme(id.as_str()) {
                return Ok(None);
            }
            let mut sql = Sql::from(format!("select g.id from programme g where {} and g.id = ", held("g")));
            sql.arg(id.to_string());
            sql
        }
        CountingScope::Project(id) => {
            let mut sql = Sql::from(format!("select j.programme from project j where {} and j.id = ", held("j")));
            sql.arg(id.to_string());
            within.whole_projects_of(&mut sql);
            sql
        }
        CountingScope::Point(id) => {
            let mut sql = Sql::from(format!("select p.programme from point p where {} and p.id = ", held("p")));
            sql.arg(id.to_string());
            within.points_of(&mut sql);
            sql
        }
    };
    sql.push(" limit 1");
    Ok(reader.rows(sql).await?.first().map(|row| row.text(0)))
}
