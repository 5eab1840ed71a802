//! Our own numbers, by CUP.

use std::collections::BTreeMap;

use jiff::civil::Date;
use traccia_domain::{ProgrammeId, programme::Definition, project::ApplicationSubmitted};
use traccia_projector::held;

use super::{Indicator, Value};
use crate::{
    answer::{Answer, ReadError, Reader, Sql},
    targets::{
        Scope,
        queries::{TargetRow, TargetsFilter, targets},
    },
};

/// The values of a programme, or of all within, on a day: by CUP, then by indicator.
///
/// # Errors
/// When the tables cannot be read.
pub async fn values(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    on: Option<Date>,
) -> Result<Answer<Vec<Value>>, ReadError> {
    let (sums, position) = by_cup(reader, programme, on).await?;
    Ok(position.map(|()| sums.iter().flat_map(|(cup, figures)| figures.values(cup)).collect()))
}

/// What stands under a CUP: a whole programme, or some projects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carriers {
    /// Programmes, by id.
    pub programmes: Vec<String>,
    /// Projects, by id.
    pub projects: Vec<String>,
}

/// Whose numbers the values under each CUP are.
///
/// # Errors
/// When the tables cannot be read.
pub async fn carriers(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
) -> Result<BTreeMap<String, Carriers>, ReadError> {
    let (sums, _) = by_cup(reader, programme, None).await?;
    Ok(sums.into_iter().map(|(cup, figures)| (cup, figures.carriers)).collect())
}

async fn by_cup(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    on: Option<Date>,
) -> Result<(BTreeMap<String, Figures>, Answer<()>), ReadError> {
    let of = |by| TargetsFilter { programme: programme.cloned(), by, on, ..TargetsFilter::default() };
    let wholes = targets(reader, &of(Scope::Programme)).await?;
    let projects = targets(reader, &of(Scope::Project)).await?.body.items;
    let (own, of_programmes) = (own_cups(reader).await?, programme_cups(reader).await?);
    let mut sums = BTreeMap::<String, Figures>::new();
    for project in &projects {
        let shared = || of_programmes.get(&project.programme).filter(|_| split(&projects, &own, &project.programme));
        if let Some(cup) = own.get(&project.id).or_else(shared) {
            let figures = sums.entry(cup.clone()).or_default();
            figures.add(project);
            figures.carriers.projects.push(project.id.clone());
        }
    }
    for whole in &wholes.body.items {
        if let Some(cup) = of_programmes.get(&whole.id).filter(|_| !split(&projects, &own, &whole.id)) {
            let figures = sums.entry(cup.clone()).or_default();
            figures.add(whole);
            figures.carriers.programmes.push(whole.id.clone());
        }
    }
    Ok((sums, wholes.map(|_| ())))
}

/// Whether some project of a programme has a CUP of its own, so that the programme's is only for the others.
fn split(projects: &[TargetRow], own: &BTreeMap<String, String>, programme: &str) -> bool {
    projects.iter().any(|project| project.programme == programme && own.contains_key(&project.id))
}

/// What stands under a CUP.
#[derive(Default)]
struct Figures {
    points: [u64; 2],
    citizens: [u64; 2],
    carriers: Carriers,
}

impl Figures {
    fn add(&mut self, row: &TargetRow) {
        self.points[0] += row.points.active;
        self.points[1] += row.points.target.unwrap_or_default();
        self.citizens[0] += row.citizens.counted;
        self.citizens[1] += row.citizens.target.unwrap_or_default();
    }

    fn values(&self, cup: &str) -> [Value; 2] {
        [(Indicator::T0107, self.points), (Indicator::T0298, self.citizens)]
            .map(|(indicator, [reached, target])| Value { cup: cup.to_owned(), indicator, reached, target })
    }
}

/// Projects that have a CUP of their own.
async fn own_cups(reader: &Reader) -> Result<BTreeMap<String, String>, ReadError> {
    let mut sql = Sql::from(format!("select j.id, j.detail from project j where {}", held("j")));
    reader.within().whole_projects_of(&mut sql);
    let mut cups = BTreeMap::new();
    for row in reader.rows(sql).await? {
        let application: ApplicationSubmitted = row.json(1)?;
        cups.extend(application.cup.map(|cup| (row.text(0), cup)));
    }
    Ok(cups)
}

/// Programmes that have one.
async fn programme_cups(reader: &Reader) -> Result<BTreeMap<String, String>, ReadError> {
    let mut sql = Sql::from(format!("select g.id, g.definition from programme g where {}", held("g")));
    reader.within().definitions_of(&mut sql);
    let mut cups = BTreeMap::new();
    for row in reader.rows(sql).await? {
        let definition: Definition = row.json(1)?;
        cups.extend(definition.cup.map(|cup| (row.text(0), cup)));
    }
    Ok(cups)
}
