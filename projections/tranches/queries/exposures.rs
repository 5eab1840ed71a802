//! Exposures: how much, from what, and what became of them.

use std::collections::BTreeMap;

use serde::Serialize;
use traccia_domain::{
    Cents, Position, ProgrammeId, ProjectId,
    tranche::{
        Cause, Money, OpenExposure,
        entry::{Difference, EntryCode},
    },
};
use traccia_projector::{View, held};
use utoipa::ToSchema;

use super::money::said;
use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql, day_in_italy},
    trail::queries::instant,
};

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
    /// Who decided on it, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<ExposureSettled>,
    /// Of a netted one, the tranches it was taken from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Netted>,
    /// Of a netted one, what no tranche could take: it was decided on again with another exposure of the tranche.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub passed_on: Option<Cents>,
    /// The position at which it was opened.
    pub opened_at: u64,
    /// What it comes from, in order: their amounts sum to its.
    pub causes: Vec<ExposureCause>,
}

/// A decision on an exposure.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExposureSettled {
    /// Its place in the log.
    #[serde(rename = "position")]
    pub at: u64,
    /// The day the log learned it, in Italy.
    pub on: String,
    /// Who decided.
    pub by: String,
    /// In which role.
    pub role: String,
}

/// What a tranche took of a netted exposure.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Netted {
    /// The tranche.
    pub tranche: String,
    /// How much.
    #[schema(value_type = String)]
    pub amount: Cents,
}

/// Which exposures.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExposureFilter<'a> {
    /// Of a programme.
    pub programme: Option<&'a ProgrammeId>,
    /// Of a project.
    pub project: Option<&'a ProjectId>,
    /// That stand in one of these ways; all where there is none.
    pub states: &'a [&'a str],
}

/// What made an exposure larger, or smaller.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExposureCause {
    /// The commit that did; where there were no units, the one since which nothing can take what was to be netted, or what was
    /// decided before.
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
    filter: &ExposureFilter<'_>,
    paging: &Paging,
) -> Result<Answer<Page<Exposure>>, ReadError> {
    // It has its act since the commit that decided on it.
    let mut sql = Sql::from(format!(
        "select e.key, e.id, e.project, e.tranche, e.amount, e.settled, e.state, e.act, e.opened, e.causes,
        t.position, t.recorded_at, t.subject, t.role
        from exposure e join project j on j.id = e.project
        left join trail t on t.position = (select min(d.since) from exposure d where d.key = e.key
            and d.act is not null and d.since <= $1)
        where {} and {}",
        held("e"),
        held("j"),
    ));
    sql.equals("j.programme", filter.programme.map(ProgrammeId::as_str));
    sql.equals("e.project", filter.project.map(ProjectId::as_str));
    if !filter.states.is_empty() {
        sql.push(" and e.state in ").list(filter.states.iter().map(|state| (*state).to_owned()));
    }
    reader.within().whole_projects_of(&mut sql);
    if let Some(after) = paging.after_number()? {
        sql.push(" and e.key > ").arg(after);
    }
    sql.push(" order by e.key limit ").arg(paging.rows());
    let items = reader.rows(sql).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let page = paging.page(items, |(key, _): &(i64, Exposure)| key.to_string());
    let mut items: Vec<Exposure> = page.items.into_iter().map(|(_, exposure)| exposure).collect();
    if items.iter().any(|exposure| exposure.state == "netted") {
        let money = said(reader).await?;
        for exposure in &mut items {
            exposure.taken = taken(&money, exposure);
            exposure.passed_on = passed_on(&money, exposure);
        }
    }
    Ok(reader.answer(Page { items, next: page.next }))
}

/// What of an exposure was decided on with another.
fn passed_on(money: &BTreeMap<String, (u64, Money)>, exposure: &Exposure) -> Option<Cents> {
    let (_, money) = money.get(&exposure.project)?;
    let decided = money.decided().iter().find(|decided| decided.said.exposure == exposure.exposure)?;
    Some(decided.passed_on).filter(|passed| *passed > Cents::ZERO)
}

/// What each tranche took of an exposure.
fn taken(money: &BTreeMap<String, (u64, Money)>, exposure: &Exposure) -> Vec<Netted> {
    let of = money.get(&exposure.project).into_iter().flat_map(|(_, money)| money.tranches());
    let took = of.filter_map(|(id, tranche)| {
        let entries = tranche.authorised.as_ref()?.entries.iter();
        let nets = entries.filter(|entry| entry.code == EntryCode::Netting && entry.origin == exposure.exposure);
        let amount: Cents = nets.map(|entry| -entry.amount.0).sum();
        (amount > Cents::ZERO).then(|| Netted { tranche: id.to_owned(), amount })
    });
    took.collect()
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
        decided: row.integer_or_null(10).map(|_| decided(row)).transpose()?,
        taken: Vec::new(),
        passed_on: None,
        opened_at: row.count(8)?,
        causes: causes
            .into_iter()
            .map(|Cause { position, units, points, amount }| ExposureCause { position, units, points, amount })
            .collect(),
    };
    Ok((row.integer(0), exposure))
}

fn decided(row: &Line) -> Result<ExposureSettled, ReadError> {
    let on = day_in_italy(instant(row.integer(11))?).to_string();
    Ok(ExposureSettled { at: row.count(10)?, on, by: row.text(12), role: row.text(13) })
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
