//! Exposures: how much, from what, and what became of them.

use serde::Serialize;
use traccia_domain::{
    Cents, Position, ProjectId,
    tranche::{Cause, OpenExposure, entry::Difference},
};
use traccia_projector::{View, held};
use utoipa::ToSchema;

use crate::answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql};

/// How an exposure can stand.
pub const EXPOSURE_STATES: [&str; 6] = ["open", "closed", "netted", "recovering", "recovered", "waived"];

/// Money authorised that no longer rests on enough units.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Exposure {
    /// Its name.
    pub exposure: String,
    /// The project.
    pub project: String,
    /// The tranche.
    pub tranche: String,
    /// How much.
    #[schema(value_type = String)]
    pub amount: Cents,
    /// What of it was taken from tranches or given back.
    #[schema(value_type = String)]
    pub settled: Cents,
    /// How it stands: open; closed by itself, when the units came back; netted; recovering; recovered; waived.
    pub state: String,
    /// The act that decided on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// The position at which it was opened.
    pub opened_at: u64,
    /// What it comes from, in order: their amounts sum to its.
    pub causes: Vec<ExposureCause>,
}

/// What made an exposure larger, or smaller.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExposureCause {
    /// The commit that did; where there were no units, what was decided before.
    #[schema(value_type = u64)]
    pub position: Position,
    /// Persons lost; less than nothing when they came back.
    pub units: i64,
    /// Points lost; less than nothing when they came back.
    pub points: i64,
    /// In cents.
    #[schema(value_type = String)]
    pub amount: Difference,
}

/// `GET /v1/exposures?project=&state=`, in the order in which they were opened.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn exposures(
    reader: &Reader,
    project: Option<&ProjectId>,
    state: Option<&str>,
    paging: &Paging,
) -> Result<Answer<Page<Exposure>>, ReadError> {
    let mut sql = Sql::from(format!(
        "select e.key, e.id, e.project, e.tranche, e.amount, e.settled, e.state, e.act, e.opened, e.causes
        from exposure e join project j on j.id = e.project where {} and {}",
        held("e"),
        held("j"),
    ));
    sql.equals("e.project", project.map(ProjectId::as_str)).equals("e.state", state);
    reader.within().whole_projects_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and e.key > ").arg(after);
    }
    sql.push(" order by e.key limit ").arg(paging.rows());
    let items = reader.rows(sql).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let page = paging.page(items, |(key, _): &(i64, Exposure)| key.to_string());
    let items = page.items.into_iter().map(|(_, exposure)| exposure).collect();
    Ok(reader.answer(Page { items, next: page.next }))
}

fn read(row: &Line) -> Result<(i64, Exposure), ReadError> {
    let causes: Vec<Cause> = row.json(9)?;
    let exposure = Exposure {
        exposure: row.text(1),
        project: row.text(2),
        tranche: row.text(3),
        amount: Cents(row.integer(4)),
        settled: Cents(row.integer(5)),
        state: row.text(6),
        act: row.text_or_null(7),
        opened_at: row.count(8)?,
        causes: causes
            .into_iter()
            .map(|Cause { position, units, points, amount }| ExposureCause { position, units, points, amount })
            .collect(),
    };
    Ok((row.integer(0), exposure))
}

/// The exposures of a project that nobody had decided on at a view's position.
///
/// # Errors
/// When the tables cannot be read.
pub async fn open_exposures(view: &View, project: &ProjectId) -> Result<Vec<OpenExposure>, ReadError> {
    let mut sql = Sql::from(format!(
        "select e.id, e.tranche, e.amount, e.causes from exposure e where {} and e.state = 'open' and e.project = ",
        held("e"),
    ));
    sql.arg(project.to_string()).push(" order by e.key");
    let open = |row: &Line| {
        let (exposure, tranche, amount) = (row.text(0), row.text(1), Cents(row.integer(2)));
        Ok(OpenExposure { exposure, tranche, amount, causes: row.json(3)? })
    };
    sql.rows(view).await?.iter().map(open).collect()
}
