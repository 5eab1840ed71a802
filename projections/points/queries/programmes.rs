//! Programmes: the definition in force, the versions of the rules, and where the plan does not add up.

use serde::Serialize;
use serde_json::Value;
use traccia_domain::{
    Cents, ProgrammeId,
    programme::{
        Definition,
        plan::{self, Committed},
    },
};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{ProjectTargets, RulesVersion, commitments::Commitments};
use crate::answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql, Within};

/// A programme in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgrammeSummary {
    /// Its id.
    pub id: String,
    /// Its name, as the Region publishes it.
    pub name: String,
    /// The version of its rules in force on the day.
    pub rules_version: u64,
}

/// A programme: its definition with the rules in force, and how it came to be.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Programme {
    /// Its id.
    pub id: String,
    /// Its name, as the Region publishes it.
    pub name: String,
    /// The version of its rules in force on the day.
    pub rules_version: u64,
    /// The programme's file as JSON, with the rules in force on the day.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// The rules as they were adopted, in that order, the first with the definition.
    pub versions: Vec<RulesVersion>,
    /// Where the plan's own tables do not add up, and, for those who see all of its projects, where the approved ones
    /// have been awarded more than it has or have committed to less, on the day. Nothing is adjusted.
    pub differences: Vec<PlanDifference>,
}

/// A total of the plan that differs from the sum of its parts, or from that of the approved projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanDifference {
    /// What was compared: `provinces.award` the plan's own tables, `projects.award` the plan and the approved projects.
    pub name: String,
    /// The total, as printed.
    pub stated: String,
    /// The sum of the parts, as printed.
    pub sum: String,
    /// Sum minus total.
    pub difference: String,
}

/// `GET /v1/programmes`
///
/// # Errors
/// When the tables cannot be read.
pub async fn programmes(reader: &Reader, paging: &Paging) -> Result<Answer<Page<ProgrammeSummary>>, ReadError> {
    let mut sql = Sql::from(format!("select g.id, g.name from programme g where {}", held("g")));
    reader.within().definitions_of(&mut sql);
    if let Some(after) = paging.after() {
        sql.push(" and g.id > ").arg(after.to_owned());
    }
    sql.push(" order by g.id limit ").arg(paging.rows());
    let rules = reader.adopted().in_force(reader.on());
    let rules = |id: &str| rules.get(id).copied().unwrap_or(1);
    let summary =
        |row: &Line| ProgrammeSummary { id: row.text(0), name: row.text(1), rules_version: rules(&row.text(0)) };
    let items = reader.rows(sql).await?.iter().map(summary).collect();
    Ok(reader.answer(paging.page(items, |item: &ProgrammeSummary| item.id.clone())))
}

/// `GET /v1/programmes/{id}`; none where there is no such programme within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn programme(reader: &Reader, id: &ProgrammeId) -> Result<Option<Answer<Programme>>, ReadError> {
    let mut sql = Sql::from(format!("select g.name, g.definition from programme g where {} and g.id = ", held("g")));
    sql.arg(id.to_string());
    reader.within().definitions_of(&mut sql);
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut definition: Definition = row.json(1)?;
    reader.adopted().put_in_force(&mut definition, reader.on())?;
    Ok(Some(reader.answer(Programme {
        id: id.to_string(),
        name: row.text(0),
        rules_version: reader.adopted().in_force(reader.on()).get(id.as_str()).copied().unwrap_or(1),
        definition: serde_json::to_value(&definition).map_err(ReadError::damaged)?,
        versions: reader.adopted().shown(id.as_str(), reader.on()),
        differences: plan::differences(&definition).into_iter().map(difference).collect(),
    })))
}

/// Where a programme's approved projects differ from its plan; nothing to those who see not all of them, though everybody
/// may read the plan.
///
/// # Errors
/// When the tables cannot be read.
pub async fn differences_of_projects(
    reader: &Reader,
    programme: &Programme,
    seen: &Within,
) -> Result<Vec<PlanDifference>, ReadError> {
    if !seen.whole_programme(&programme.id) {
        return Ok(Vec::new());
    }
    let definition = serde_json::from_value(programme.definition.clone()).map_err(ReadError::damaged)?;
    let committed = committed(reader, &programme.id).await?;
    let found = committed.map(|committed| plan::differences_of_projects(&definition, &committed));
    Ok(found.into_iter().flatten().map(difference).collect())
}

fn difference(found: plan::Difference) -> PlanDifference {
    let plan::Difference { name, stated, sum, difference } = found;
    PlanDifference { name, stated, sum, difference }
}

/// What the approved projects have on the day of the answer, together; none where none is approved yet.
async fn committed(reader: &Reader, programme: &str) -> Result<Option<Committed>, ReadError> {
    let mut sql = Sql::from(format!(
        "select j.id, j.award, j.points, j.citizens, j.services from project j
        where {} and j.state = 'approved' and j.programme = ",
        held("j"),
    ));
    sql.arg(programme.to_owned());
    let (rows, commitments) = (reader.rows(sql).await?, Commitments::of(reader).await?);
    let mut sum = Committed::default();
    for row in &rows {
        let holds = commitments.on(&row.text(0), reader.on());
        let applied = ProjectTargets { points: row.count(2)?, citizens: row.count(3)?, services: row.count(4)? };
        let targets = holds.map_or(applied, |holds| holds.targets);
        sum.award += holds.map_or(Cents(row.integer(1)), |holds| holds.award);
        sum.points += targets.points;
        sum.citizens += targets.citizens;
        sum.services += targets.services;
    }
    Ok((!rows.is_empty()).then_some(sum))
}
