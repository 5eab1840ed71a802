//! Programmes: the definition in force, the versions of the rules, and where the plan does not add up.

use serde::Serialize;
use serde_json::Value;
use traccia_domain::{
    ProgrammeId,
    programme::{Definition, plan},
};
use traccia_projector::held;
use utoipa::ToSchema;

use crate::answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql};

/// A programme in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgrammeSummary {
    /// Its id.
    pub id: String,
    /// Its name, as the Region publishes it.
    pub name: String,
    /// The version of its rules in force.
    pub rules_version: u64,
}

/// A programme: its definition in force, and how it came to be.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Programme {
    /// Its id.
    pub id: String,
    /// Its name, as the Region publishes it.
    pub name: String,
    /// The version of its rules in force.
    pub rules_version: u64,
    /// The definition in force: the programme's file as JSON.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// The rules as they were adopted, the first with the definition.
    pub versions: Vec<RulesVersion>,
    /// Where the plan's own tables do not add up. Nothing is adjusted.
    pub differences: Vec<PlanDifference>,
}

/// Rules as they were adopted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RulesVersion {
    /// 1 for the definition's own.
    pub version: u64,
    /// The legal act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// First day they hold.
    pub effective_on: String,
    /// The position at which they were adopted.
    pub adopted_at: u64,
    /// The rules.
    #[schema(value_type = Object)]
    pub content: Value,
}

/// A total of the plan that differs from the sum of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanDifference {
    /// What was compared.
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
    let mut sql = Sql::from(format!("select g.id, g.name, g.rules from programme g where {}", held("g")));
    reader.within().definitions_of(&mut sql);
    if let Some(after) = paging.after() {
        sql.push(" and g.id > ").arg(after.to_owned());
    }
    sql.push(" order by g.id limit ").arg(paging.rows());
    let summary =
        |row: &Line| Ok(ProgrammeSummary { id: row.text(0), name: row.text(1), rules_version: row.count(2)? });
    let items = reader.rows(sql).await?.iter().map(summary).collect::<Result<_, ReadError>>()?;
    Ok(reader.answer(paging.page(items, |item: &ProgrammeSummary| item.id.clone())))
}

/// `GET /v1/programmes/{id}`; none where there is no such programme within.
///
/// # Errors
/// When the tables cannot be read.
pub async fn programme(reader: &Reader, id: &ProgrammeId) -> Result<Option<Answer<Programme>>, ReadError> {
    let mut sql =
        Sql::from(format!("select g.name, g.rules, g.definition from programme g where {} and g.id = ", held("g")));
    sql.arg(id.to_string());
    reader.within().definitions_of(&mut sql);
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let definition: Definition = row.json(2)?;
    let difference = |found: plan::Difference| PlanDifference {
        name: found.name,
        stated: found.stated,
        sum: found.sum,
        difference: found.difference,
    };
    Ok(Some(reader.answer(Programme {
        id: id.to_string(),
        name: row.text(0),
        rules_version: row.count(1)?,
        definition: row.json(2)?,
        versions: versions(reader, id).await?,
        differences: plan::differences(&definition).into_iter().map(difference).collect(),
    })))
}

async fn versions(reader: &Reader, id: &ProgrammeId) -> Result<Vec<RulesVersion>, ReadError> {
    let mut sql = Sql::from(
        "select v.version, v.act, v.effective_on, v.position, v.rules from rules v where v.position <= $1 and v.programme = ",
    );
    sql.arg(id.to_string()).push(" order by v.version");
    let version = |row: &Line| {
        Ok(RulesVersion {
            version: row.count(0)?,
            act: row.text_or_null(1),
            effective_on: row.text(2),
            adopted_at: row.count(3)?,
            content: row.json(4)?,
        })
    };
    reader.rows(sql).await?.iter().map(version).collect()
}
