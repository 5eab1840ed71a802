//! Each project's milestones: what they need, how far the project is, what was claimed and certified.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use traccia_domain::{
    ProgrammeId, ProjectId,
    milestone::Terms,
    programme::{
        Definition,
        definition::{self, Targets, Trigger},
    },
};
use traccia_projector::held;
use utoipa::ToSchema;

use super::{
    claimable::{Claimable, met},
    claims::{Certificate, ClaimShown, SampleShown, certificates, claims, samples},
    pace::Pace,
    standing::{Served, Sets},
};
use crate::{
    answer::{Answer, Line, Page, Paging, ReadError, Reader, Sql},
    milestones::standing::certified,
    points::queries::commitments::Commitments,
};

/// A project's milestone.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ProjectMilestone)]
pub struct Milestone {
    /// The project.
    pub project: String,
    /// The milestone: `M1`.
    pub milestone: String,
    /// The project's programme.
    pub programme: String,
    /// Last day that counts, inclusive.
    #[schema(value_type = String)]
    pub deadline: Date,
    /// Last day of an act of acceptance that counts, inclusive.
    #[schema(value_type = String)]
    pub cutoff: Date,
    /// projected, reached, missed, claimed, certified, partially_met, cured, failed or restated.
    pub state: &'static str,
    /// Until when a second claim counts services and acceptances, where what was met in part can still be cured.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure_until: Option<Date>,
    /// Points.
    pub points: Points,
    /// Citizens.
    pub citizens: Citizens,
    /// Citizens counted, minus those at risk, minus those needed.
    pub margin: i64,
    /// How fast citizens come, until the deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// What a claim made now would be, where one would be let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimable: Option<Claimable>,
    /// The latest claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimShown>,
    /// Its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// Its sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleShown>,
}

/// Points of a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MilestonePoints)]
pub struct Points {
    /// How many it needs; absent where points do not gate.
    pub needed: Option<u32>,
    /// How many count.
    pub reached: u32,
}

/// Citizens of a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MilestoneCitizens)]
pub struct Citizens {
    /// How many it needs; absent where citizens do not gate.
    pub needed: Option<u32>,
    /// How many count: of a claim, those that still hold.
    pub counted: u32,
    /// Those that would be missing if every dispute ended in a void and every proposed link were confirmed.
    pub at_risk: u32,
    /// Those with a service in time, up to the day of the answer, and none accepted in time yet.
    pub waiting: u32,
}

/// `GET /v1/milestones?programme=&project=`, of the approved projects that may be seen whole.
///
/// # Errors
/// When the tables cannot be read, or the cursor is not one of ours.
pub async fn milestones(
    reader: &Reader,
    programme: Option<&ProgrammeId>,
    project: Option<&ProjectId>,
    paging: &Paging,
) -> Result<Answer<Page<Milestone>>, ReadError> {
    let project = project.map(ProjectId::as_str);
    let known = Known::of(reader, project).await?;
    let definitions = definitions(reader).await?;
    let mut sql = approved();
    sql.equals("j.programme", programme.map(ProgrammeId::as_str)).equals("j.id", project);
    reader.within().whole_projects_of(&mut sql);
    if let Some(after) = paging.after() {
        sql.push(" and j.id >= ").arg(after.split(' ').next().unwrap_or("").to_owned());
    }
    sql.push(" order by j.id");
    let mut items = Vec::new();
    for row in reader.rows(sql).await? {
        let Some(definition) = definitions.get(&row.text(1)) else { continue };
        for milestone in &definition.milestones {
            let shown = known.milestone(reader, &row, definition, milestone)?;
            if paging.after().is_none_or(|after| after < key(&shown).as_str()) {
                items.push(shown);
            }
        }
    }
    Ok(reader.answer(paging.page(items, key)))
}

/// What a project's milestone asks for now, or as its latest claim stated it, and whom that leaves. None where the project is
/// not within, or its programme has no such milestone.
pub(super) async fn sets(reader: &Reader, project: &ProjectId, milestone: &str) -> Result<Option<Sets>, ReadError> {
    let known = Known::of(reader, Some(project.as_str())).await?;
    let definitions = definitions(reader).await?;
    let mut sql = approved();
    sql.equals("j.id", Some(project.as_str()));
    reader.within().whole_projects_of(&mut sql);
    let Some(row) = reader.rows(sql).await?.pop() else { return Ok(None) };
    let Some(definition) = definitions.get(&row.text(1)) else { return Ok(None) };
    let Some(milestone) = definition.milestones.iter().find(|one| one.id == milestone) else { return Ok(None) };
    let mut in_force = definition.clone();
    reader.adopted().put_in_force(&mut in_force, milestone.deadline)?;
    let targets = known.targets(&row, milestone.deadline)?;
    let claimed = known.claims.get(&(project.to_string(), milestone.id.clone())).and_then(|claims| claims.last());
    let unclaimed = || Terms::by(&in_force.counting, 0, &targets, milestone, false);
    let terms = claimed.map_or_else(unclaimed, |claim| claim.terms.clone());
    Ok(Some(known.served.sets(project.as_str(), &terms)))
}

/// The approved projects.
fn approved() -> Sql {
    Sql::from(format!(
        "select j.id, j.programme, j.points, j.citizens, j.services from project j where j.state = 'approved' and {}",
        held("j"),
    ))
}

fn key(shown: &Milestone) -> String {
    format!("{} {}", shown.project, shown.milestone)
}

async fn definitions(reader: &Reader) -> Result<BTreeMap<String, Definition>, ReadError> {
    let mut sql = Sql::from(format!("select g.id, g.definition from programme g where {}", held("g")));
    reader.within().definitions_of(&mut sql);
    reader.rows(sql).await?.iter().map(|row| Ok((row.text(0), row.json(1)?))).collect()
}

/// What is known of all projects.
struct Known {
    served: Served,
    claims: BTreeMap<(String, String), Vec<ClaimShown>>,
    certificates: BTreeMap<u64, Certificate>,
    samples: BTreeMap<u64, SampleShown>,
    commitments: Commitments,
}

impl Known {
    async fn of(reader: &Reader, project: Option<&str>) -> Result<Known, ReadError> {
        Ok(Known {
            served: Served::of(reader, project).await?,
            claims: claims(reader, project).await?,
            certificates: certificates(reader).await?,
            samples: samples(reader).await?,
            commitments: Commitments::of(reader).await?,
        })
    }

    fn milestone(
        &self,
        reader: &Reader,
        row: &Line,
        definition: &Definition,
        milestone: &definition::Milestone,
    ) -> Result<Milestone, ReadError> {
        let project = row.text(0);
        let mut in_force = definition.clone();
        reader.adopted().put_in_force(&mut in_force, milestone.deadline)?;
        let targets = self.targets(row, milestone.deadline)?;
        let terms = |cure| Terms::by(&in_force.counting, 0, &targets, milestone, cure);
        let claims = self.claims.get(&(project.clone(), milestone.id.clone())).map_or(&[][..], Vec::as_slice);
        let claim = claims.last();
        let certificate = claim.and_then(|claim| self.certificates.get(&claim.position));
        let stated = claim.map_or_else(|| terms(false), |claim| claim.terms.clone());
        let now = self.served.by(&project, &stated);
        let (points, counted) = match claim {
            Some(claim) => (short(claim.points_now)?, short(claim.citizens_now)?),
            None => (now.points, now.citizens),
        };
        let cures = in_force.counting.cure_days > 0;
        let cure_over = cures && reader.on() > terms(true).accepted_until;
        let state = match (claim, certificate) {
            (None, _) if met(&stated, now) => "reached",
            (None, _) if reader.on() > stated.accepted_until => "missed",
            (None, _) => "projected",
            (Some(_), None) => "claimed",
            (Some(claim), Some(certificate)) => {
                let holds = (claim.points_now, claim.citizens_now) == (claim.points, claim.count);
                certified(claim.cure, certificate.met, holds, cure_over)
            }
        };
        let needed = stated.citizens_needed.unwrap_or(0);
        let curable = state == "partially_met" && cures;
        let claimable = match (claims.len(), certificate) {
            (0, _) => Claimable::on(reader.on(), &stated, now)
                .map(|first| Claimable { second_until: cures.then(|| terms(true).accepted_until), ..first }),
            (1, Some(certificate)) if !certificate.met && cures => {
                let then = self.served.by(&project, &terms(true));
                Claimable::on(reader.on(), &terms(true), then).map(|second| Claimable { cure: true, ..second })
            }
            _ => None,
        };
        let releases = |trigger: &Trigger| matches!(trigger, Trigger::Named(named) if *named == milestone.id);
        let tranche = definition.tranches.iter().find(|tranche| releases(&tranche.trigger));
        Ok(Milestone {
            milestone: milestone.id.clone(),
            programme: row.text(1),
            deadline: milestone.deadline,
            cutoff: terms(false).accepted_until,
            state,
            cure_until: curable.then(|| terms(true).accepted_until),
            points: Points { needed: stated.points_needed, reached: points },
            citizens: Citizens {
                needed: stated.citizens_needed,
                counted,
                at_risk: now.at_risk.min(counted),
                waiting: if claim.is_some() { 0 } else { now.waiting },
            },
            margin: i64::from(counted) - i64::from(now.at_risk.min(counted)) - i64::from(needed),
            pace: match claim {
                Some(_) => None,
                None => Pace::of(&self.served, &project, &stated, counted, reader.on()),
            },
            claimable: claimable.map(|claim| Claimable { tranche: tranche.map(|tranche| tranche.id.clone()), ..claim }),
            sample: claim.and_then(|claim| self.samples.get(&claim.position)).cloned(),
            claim: claim.cloned(),
            certificate: certificate.cloned(),
            project,
        })
    }

    fn targets(&self, row: &Line, on: Date) -> Result<Targets, ReadError> {
        let holds = self.commitments.on(&row.text(0), on).map(|holds| holds.targets);
        let [points, citizens, services] = match holds {
            Some(holds) => [holds.points, holds.citizens, holds.services],
            None => [row.count(2)?, row.count(3)?, row.count(4)?],
        };
        Ok(Targets {
            points: short(points)?,
            citizens: short(citizens)?,
            services: short(services)?,
            services_binding: false,
        })
    }
}

fn short(number: u64) -> Result<u32, ReadError> {
    u32::try_from(number).map_err(ReadError::damaged)
}
