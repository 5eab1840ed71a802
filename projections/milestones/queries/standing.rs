//! How far projects are on milestones' terms.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use traccia_domain::{
    ProjectId,
    milestone::{Standing, Terms},
    programme::rules::PointsBasis,
    time::Month,
};
use traccia_projector::held;

use super::accepted::Accepted;
use crate::answer::{ReadError, Reader, Sql};

/// What a claim by some terms would freeze now.
///
/// # Errors
/// When the tables cannot be read.
pub async fn standing(reader: &Reader, project: &ProjectId, terms: &Terms) -> Result<Standing, ReadError> {
    let served = Served::of(reader, Some(project.as_str())).await?;
    let reached = served.by(project.as_str(), terms);
    Ok(Standing { points: reached.points, citizens: reached.citizens })
}

/// What projects have that milestones may count.
#[derive(Debug)]
pub(super) struct Served {
    accepted: Accepted,
    /// The day of the answer.
    on: Date,
    /// By project: the persons whose 1 is there, and whether it would be if disputes were voids and proposals confirmed.
    persons: BTreeMap<String, FxHashMap<i64, Person>>,
    /// By project: qualifying services.
    services: BTreeMap<String, Vec<Service>>,
    /// By project: the days on which each point is active.
    active: BTreeMap<String, Vec<(i64, Date, Option<Date>)>>,
}

#[derive(Debug, Default)]
struct Person {
    /// The day of the service with the 1.
    counted: Option<Date>,
    safe: bool,
}

#[derive(Debug)]
struct Service {
    key: i64,
    person: i64,
    on: Date,
    month: Month,
    disputed: bool,
}

/// The persons of a project by some terms, by key.
#[derive(Debug, Default)]
pub(super) struct Sets {
    /// Those who count.
    pub(super) counted: FxHashSet<i64>,
    /// Those with a service in time and no later than the day of the answer, whether accepted or not.
    pub(super) in_time: FxHashSet<i64>,
    /// Those who would count if every dispute ended in a void and every proposed link were confirmed.
    pub(super) safe: FxHashSet<i64>,
}

/// What a project has reached by some terms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reached {
    pub(super) points: u32,
    pub(super) citizens: u32,
    /// Citizens with a service in time, and none accepted in time yet.
    pub(super) waiting: u32,
    pub(super) at_risk: u32,
}

impl Served {
    /// Of the whole projects within, or of one.
    pub(super) async fn of(reader: &Reader, project: Option<&str>) -> Result<Served, ReadError> {
        Ok(Served {
            accepted: Accepted::of(reader, project).await?,
            on: reader.on(),
            persons: persons(reader, project).await?,
            services: services(reader, project).await?,
            active: active(reader, project).await?,
        })
    }

    pub(super) fn by(&self, project: &str, terms: &Terms) -> Reached {
        let Sets { counted, in_time, safe } = self.sets(project, terms);
        Reached {
            points: number(self.points(project, terms)),
            citizens: number(counted.len()),
            waiting: number(in_time.difference(&counted).count()),
            at_risk: number(counted.len().saturating_sub(safe.len())),
        }
    }

    /// Who is behind those numbers.
    pub(super) fn sets(&self, project: &str, terms: &Terms) -> Sets {
        let persons = self.persons.get(project);
        let of = |person: i64| persons.and_then(|persons| persons.get(&person));
        let Sets { mut counted, mut in_time, mut safe } = Sets::default();
        let in_days = |service: &&Service| service.on <= terms.counts_until;
        for service in self.services.get(project).into_iter().flatten().filter(in_days) {
            let Some(person) = of(service.person).filter(|person| person.counted.is_some() || person.safe) else {
                continue;
            };
            let accepted = self.accepted_in_time(project, service, terms);
            if person.counted.is_some() {
                if service.on <= self.on {
                    in_time.insert(service.person);
                }
                if accepted {
                    counted.insert(service.person);
                }
            }
            if accepted && person.safe && !service.disputed {
                safe.insert(service.person);
            }
        }
        Sets { counted, in_time, safe }
    }

    fn accepted_in_time(&self, project: &str, service: &Service, terms: &Terms) -> bool {
        let accepted = self.accepted.on(project, service.month, service.key);
        accepted.is_some_and(|on| on <= terms.accepted_until)
    }

    /// The day of the service by which as many citizens as are needed count: each by their first that does.
    pub(super) fn reached_on(&self, project: &str, terms: &Terms, needed: u32) -> Option<Date> {
        let counted = self.sets(project, terms).counted;
        let mut first = BTreeMap::<i64, Date>::new();
        let services = self.services.get(project).into_iter().flatten();
        for service in services.filter(|service| service.on <= terms.counts_until && counted.contains(&service.person))
        {
            if self.accepted_in_time(project, service, terms) {
                first.entry(service.person).and_modify(|on| *on = service.on.min(*on)).or_insert(service.on);
            }
        }
        let mut days: Vec<Date> = first.into_values().collect();
        days.sort_unstable();
        days.get(usize::try_from(needed.checked_sub(1)?).ok()?).copied()
    }

    fn points(&self, project: &str, terms: &Terms) -> usize {
        let on = terms.points_on;
        let counts = |from: Date, until: Option<Date>| match terms.points_basis {
            PointsBasis::ActiveOnDate => from <= on && until.is_none_or(|until| on < until),
            PointsBasis::EverActivated => from <= on,
        };
        let spans = self.active.get(project).into_iter().flatten();
        let points: FxHashSet<i64> =
            spans.filter(|(_, from, until)| counts(*from, *until)).map(|(point, ..)| *point).collect();
        points.len()
    }

    /// Citizens counted from a day to another, both inclusive.
    pub(super) fn counted_between(&self, project: &str, since: Date, through: Date) -> u32 {
        let days = self.persons.get(project).into_iter().flatten().filter_map(|(_, person)| person.counted);
        number(days.filter(|day| (since..=through).contains(day)).count())
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A query on rows at points (`p`) of whole projects within, or of one.
fn of_projects(reader: &Reader, mut sql: Sql, project: Option<&str>) -> Sql {
    sql.equals("p.project", project);
    reader.within().projects_of(&mut sql, "p.programme", "p.project");
    sql
}

async fn persons(
    reader: &Reader,
    project: Option<&str>,
) -> Result<BTreeMap<String, FxHashMap<i64, Person>>, ReadError> {
    let sql = Sql::from(format!(
        "select p.project, u.person, u.counted_on, u.safe_on from unit u join point p on p.key = u.point
        where u.line = 'rfd' and (u.counted_on is not null or u.safe_on is not null) and {} and {}",
        held("u"),
        held("p"),
    ));
    let mut persons = BTreeMap::<_, FxHashMap<_, Person>>::new();
    for row in reader.rows(of_projects(reader, sql, project)).await? {
        let person = persons.entry(row.text(0)).or_default().entry(row.integer(1)).or_default();
        let counted = row.text_or_null(2).map(|day| day.parse().map_err(ReadError::damaged)).transpose()?;
        person.counted = person.counted.or(counted);
        person.safe |= row.text_or_null(3).is_some();
    }
    Ok(persons)
}

async fn services(reader: &Reader, project: Option<&str>) -> Result<BTreeMap<String, Vec<Service>>, ReadError> {
    let sql = Sql::from(format!(
        "select p.project, s.key, s.person, s.occurred_on, s.state from service s join point p on p.key = s.point
        where s.line = 'rfd' and s.reason is null and {} and {}",
        held("s"),
        held("p"),
    ));
    let mut services = BTreeMap::<_, Vec<_>>::new();
    for row in reader.rows(of_projects(reader, sql, project)).await? {
        let on: Date = row.parsed(3)?;
        let service = Service {
            key: row.integer(1),
            person: row.integer(2),
            on,
            month: Month::of(on),
            disputed: row.text(4) == "disputed",
        };
        services.entry(row.text(0)).or_default().push(service);
    }
    Ok(services)
}

async fn active(
    reader: &Reader,
    project: Option<&str>,
) -> Result<BTreeMap<String, Vec<(i64, Date, Option<Date>)>>, ReadError> {
    let sql = Sql::from(format!(
        "select p.project, a.point, a.from_on, a.until_on from point_active a join point p on p.key = a.point
        where {} and {}",
        held("a"),
        held("p"),
    ));
    let mut active = BTreeMap::<_, Vec<_>>::new();
    for row in reader.rows(of_projects(reader, sql, project)).await? {
        let until = row.text_or_null(3).map(|day| day.parse().map_err(ReadError::damaged)).transpose()?;
        active.entry(row.text(0)).or_default().push((row.integer(1), row.parsed(2)?, until));
    }
    Ok(active)
}
