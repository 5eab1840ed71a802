//! A proposal: where every project of a programme will be at its pace, and what each would have.

use std::collections::BTreeMap;

use jiff::{Span, Unit, civil::Date};
use serde::Serialize;
use traccia_domain::{
    Cents, ProgrammeId,
    programme::{Definition, command::NewCommitment},
};
use traccia_projector::held;
use utoipa::ToSchema;

use super::pace::{Committed, Runner, redistributed};
use crate::{
    answer::{Answer, Page, Paging, ReadError, Reader, Sql},
    points::queries::commitments::Commitments,
    tranches::queries::{certificates, said},
};

/// Days whose citizens are the pace, as that of milestones.
const WINDOW: i32 = 28;

/// A redistribution by pace, which nobody has adopted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Proposal {
    /// The approved projects, by id.
    #[serde(flatten)]
    pub page: Page<Pacing>,
    /// The programme.
    pub programme: String,
    /// The day until which projects go on at their pace: the deadline of the last milestone.
    #[schema(value_type = String)]
    pub until: Date,
    /// What `AdoptRedistribution` takes, with an act and the day from which it holds: over all projects that would have
    /// something else, whatever the page. Absent where none would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Redistribution>,
}

/// The part of an `AdoptRedistribution` that follows from the pace.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Redistribution {
    /// The programme.
    pub programme: String,
    /// The projects that would have something else.
    #[schema(value_type = Vec<Object>)]
    pub projects: Vec<NewCommitment>,
}

/// A project, how fast it goes, and what it would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pacing {
    /// The project.
    pub project: String,
    /// Citizens counted up to the day.
    pub counted: u64,
    /// Those of them in the last four weeks.
    pub last_four_weeks: u64,
    /// Citizens it will have counted on the last day at that pace, downwards.
    pub reach: u64,
    /// Citizens certified: its target is never below them.
    pub certified: u64,
    /// Money released: its award is never below it.
    #[schema(value_type = String)]
    pub released: Cents,
    /// What it has.
    pub holds: Committed,
    /// What it would have.
    pub proposed: Committed,
}

/// `GET /v1/redistributions/proposal?programme=`; none where the whole of the programme may not be seen.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn proposal(
    reader: &Reader,
    programme: &ProgrammeId,
    paging: &Paging,
) -> Result<Option<Answer<Proposal>>, ReadError> {
    if !reader.within().whole_programme(programme.as_str()) {
        return Ok(None);
    }
    let Some(until) = last_day(reader, programme).await? else { return Ok(None) };
    let mut projects = projects(reader, programme, until).await?;
    let after = redistributed(&projects.iter().map(runner).collect::<Vec<_>>());
    projects.iter_mut().zip(after).for_each(|(project, after)| project.proposed = after);
    let changed = projects.iter().filter(|project| project.proposed != project.holds);
    let changed = changed.map(commitment).collect::<Result<Vec<_>, _>>()?;
    if let Some(after) = paging.after() {
        projects.retain(|project| project.project.as_str() > after);
    }
    Ok(Some(reader.answer(Proposal {
        page: paging.page(projects, |project| project.project.clone()),
        programme: programme.to_string(),
        until,
        proposal: (!changed.is_empty()).then(|| Redistribution { programme: programme.to_string(), projects: changed }),
    })))
}

fn runner(project: &Pacing) -> Runner {
    let Pacing { holds, reach, certified, released, .. } = *project;
    Runner { holds, reach, certified, released }
}

fn commitment(project: &Pacing) -> Result<NewCommitment, ReadError> {
    let short = |number: u64| u32::try_from(number).map_err(ReadError::damaged);
    let Committed { award, points, citizens, services } = project.proposed;
    Ok(NewCommitment {
        project: project.project.parse().map_err(ReadError::damaged)?,
        award,
        points: short(points)?,
        citizens: short(citizens)?,
        services: short(services)?,
    })
}

/// The deadline of the programme's last milestone; its own end where it has none.
async fn last_day(reader: &Reader, programme: &ProgrammeId) -> Result<Option<Date>, ReadError> {
    let mut sql = Sql::from(format!("select g.definition from programme g where {} and g.id = ", held("g")));
    sql.arg(programme.to_string());
    let rows = reader.rows(sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let definition: Definition = row.json(0)?;
    Ok(Some(definition.milestones.iter().map(|milestone| milestone.deadline).max().unwrap_or(definition.ends)))
}

/// The approved projects, each proposed to stay what it is.
async fn projects(reader: &Reader, programme: &ProgrammeId, until: Date) -> Result<Vec<Pacing>, ReadError> {
    let mut sql = Sql::from(format!(
        "select j.id, j.award, j.points, j.citizens, j.services from project j
        where {} and j.state = 'approved' and j.programme = ",
        held("j"),
    ));
    sql.arg(programme.to_string()).push(" order by j.id");
    let commitments = Commitments::of(reader).await?;
    let (certificates, said) = (certificates(reader).await?, said(reader).await?);
    let counted = counted(reader, programme).await?;
    let left = reader.on().until((Unit::Day, until)).map_or(0, |span| span.get_days()).max(0);
    let mut projects = Vec::new();
    for row in reader.rows(sql).await? {
        let project = row.text(0);
        // As it was said last, whatever its day: this is what the door conserves the sums of.
        let holds = match commitments.all(&project).last() {
            Some(last) => {
                let targets = &last.targets;
                let (points, citizens, services) = (targets.points, targets.citizens, targets.services);
                Committed { award: last.award, points, citizens, services }
            }
            None => Committed {
                award: Cents(row.integer(1)),
                points: row.count(2)?,
                citizens: row.count(3)?,
                services: row.count(4)?,
            },
        };
        let (counted, last_four_weeks) = counted.get(&project).copied().unwrap_or_default();
        let certified = certificates.get(&project).into_iter().flat_map(BTreeMap::values);
        // What is authorised is on its way, and what a certificate may still release of it cannot be taken back.
        let money = said.get(&project).map(|(_, money)| money);
        projects.push(Pacing {
            counted,
            last_four_weeks,
            reach: counted + last_four_weeks * u64::from(left.unsigned_abs()) / u64::from(WINDOW.unsigned_abs()),
            certified: certified.map(|certificate| certificate.count.into()).max().unwrap_or(0),
            released: money.map_or(Cents::ZERO, |money| money.committed().max(money.authorised())),
            holds,
            proposed: holds,
            project,
        });
    }
    Ok(projects)
}

/// By project: the citizens counted up to the day, and those of the last four weeks.
async fn counted(reader: &Reader, programme: &ProgrammeId) -> Result<BTreeMap<String, (u64, u64)>, ReadError> {
    let (on, from) = (reader.on(), reader.on().saturating_sub(Span::new().days(WINDOW)));
    let mut sql = Sql::from("select p.project, count(*), cast(sum(case when u.counted_on > ".to_owned());
    sql.arg(from.to_string()).push(format!(
        " then 1 else 0 end) as bigint) from unit u join point p on p.key = u.point
        where u.line = 'rfd' and {} and {} and u.counted_on <= ",
        held("u"),
        held("p"),
    ));
    sql.arg(on.to_string()).push(" and p.programme = ").arg(programme.to_string()).push(" group by p.project");
    let rows = reader.rows(sql).await?;
    rows.iter().map(|row| Ok((row.text(0), (row.count(1)?, row.count(2)?)))).collect()
}
