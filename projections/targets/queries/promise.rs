//! What programmes and projects have promised: targets, gates, monitoring targets. As printed, never adjusted.

use std::collections::BTreeMap;

use jiff::civil::Date;
use traccia_domain::{
    ProgrammeId, Share,
    programme::{Definition, definition::Targets, rules::PointsBasis},
};
use traccia_projector::held;

use super::{Gate, Monitoring};
use crate::{
    answer::{Line, ReadError, Reader, Sql},
    points::queries::{ProjectTargets, commitments::Commitments},
};

/// What is promised for a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Promise {
    pub(super) name: Option<String>,
    pub(super) points: Option<u64>,
    pub(super) citizens: Option<u64>,
    pub(super) services: Option<u64>,
    pub(super) monitoring: Option<Monitoring>,
    pub(super) gates: Vec<Gate>,
}

/// A programme's definition, with the rules in force on a day.
#[derive(Debug)]
pub(super) struct Plan(Definition);

/// The plans of the programmes within, or of one of them.
pub(super) async fn plans(reader: &Reader, programme: Option<&ProgrammeId>, on: Date) -> Result<Vec<Plan>, ReadError> {
    let mut sql = Sql::from(format!("select g.definition from programme g where {}", held("g")));
    sql.equals("g.id", programme.map(ProgrammeId::as_str));
    reader.within().definitions_of(&mut sql);
    sql.push(" order by g.id");
    let plan = |row: &Line| {
        let mut definition = row.json(0)?;
        reader.adopted().put_in_force(&mut definition, on)?;
        Ok(Plan(definition))
    };
    reader.rows(sql).await?.iter().map(plan).collect()
}

impl Plan {
    pub(super) fn id(&self) -> &str {
        self.0.id.as_str()
    }

    pub(super) fn points_basis(&self) -> PointsBasis {
        self.0.counting.points_basis
    }

    /// The whole programme's, with the next monitoring target on or after the day.
    pub(super) fn whole(&self, on: Date) -> Promise {
        let next = self.0.monitoring_targets.iter().filter(|target| on <= target.by).min_by_key(|target| target.by);
        Promise {
            name: Some(self.0.name.clone()),
            monitoring: next.map(|target| Monitoring {
                by: target.by,
                citizens: target.citizens.into(),
                services: target.services.into(),
            }),
            ..self.promise(&self.0.targets)
        }
    }

    fn promise(&self, targets: &Targets) -> Promise {
        Promise {
            points: Some(targets.points.into()),
            citizens: Some(targets.citizens.into()),
            services: Some(targets.services.into()),
            gates: self.gates(targets.points.into(), targets.citizens.into()),
            ..Promise::default()
        }
    }

    /// The milestones for targets on points and citizens: shares rounded up.
    fn gates(&self, points: u64, citizens: u64) -> Vec<Gate> {
        let needed = |target: u64, share: Share| (target * u64::from(share.millionths())).div_ceil(Share::WHOLE.into());
        let gate = |milestone: &traccia_domain::programme::definition::Milestone| Gate {
            milestone: milestone.id.clone(),
            deadline: milestone.deadline,
            points_needed: milestone.points_share.map(|share| needed(points, share)),
            citizens_needed: milestone.citizens_share.map(|share| needed(citizens, share)),
        };
        self.0.milestones.iter().map(gate).collect()
    }

    /// The plan's table by province.
    pub(super) fn provinces(&self) -> BTreeMap<String, Promise> {
        let promise = |province: &traccia_domain::programme::definition::Province| Promise {
            name: Some(province.name.clone()),
            points: Some(province.points.into()),
            citizens: Some(province.citizens.into()),
            services: Some(province.services.into()),
            ..Promise::default()
        };
        self.0.provinces.iter().map(|province| (province.code.to_string(), promise(province))).collect()
    }

    /// The sums of the provinces' semesters, from the one in which the programme starts.
    pub(super) fn semesters(&self) -> BTreeMap<String, Promise> {
        let starts = self.0.starts;
        let first = i64::from(starts.year()) * 2 + i64::from(starts.month() > 6);
        let mut semesters = BTreeMap::<String, Promise>::new();
        for province in &self.0.provinces {
            for (number, citizens) in (first..).zip(&province.semester_citizens) {
                let id = format!("{:04}-S{}", number / 2, number % 2 + 1);
                let target = &mut semesters.entry(id).or_default().citizens;
                *target = Some(target.unwrap_or(0) + u64::from(*citizens));
            }
        }
        semesters
    }

    /// The programme's projects.
    pub(super) async fn projects(&self, reader: &Reader, on: Date) -> Result<BTreeMap<String, Promise>, ReadError> {
        let commitments = Commitments::of(reader).await?;
        let mut sql = Sql::from(format!(
            "select j.id, j.name, j.points, j.citizens, j.services from project j where {} and j.programme = ",
            held("j"),
        ));
        sql.arg(self.id().to_owned());
        let promise = |row: &Line| {
            let applied = ProjectTargets { points: row.count(2)?, citizens: row.count(3)?, services: row.count(4)? };
            let holds = commitments.on(&row.text(0), on).map_or(applied, |holds| holds.targets);
            let promise = Promise {
                name: Some(row.text(1)),
                points: Some(holds.points),
                citizens: Some(holds.citizens),
                services: Some(holds.services),
                monitoring: None,
                gates: self.gates(holds.points, holds.citizens),
            };
            Ok((row.text(0), promise))
        };
        reader.rows(sql).await?.iter().map(promise).collect()
    }
}
