//! Programmes, projects, points, facilitators; which points are active. The definition is in README.md.

mod active;
mod commitment;
mod facilitator;
mod point;
mod programme;
mod project;
pub mod queries;
pub mod tables;

#[cfg(test)]
mod tests;

use traccia_domain::{
    Event, PointId, ProvinceCode, facilitator::FacilitatorEvent, point::PointEvent, programme::ProgrammeEvent,
    project::ProjectEvent,
};
use traccia_projector::{At, Changes, Row, Table};

pub(crate) use self::{
    facilitator::Facilitator,
    point::Point,
    programme::{Programme, json},
    project::{Project, Redistributed},
};
use self::{
    facilitator::Statement,
    tables::{COMMITMENT, FACILITATOR, POINT, PROGRAMME, PROJECT, RULES},
};
use crate::known::Known;

/// What is known of programmes, projects, points and facilitators: what services are judged by.
#[derive(Clone, Debug, Default)]
pub struct Points {
    pub(crate) programmes: Known<Programme>,
    pub(crate) projects: Known<Project>,
    pub(crate) points: Known<Point>,
    pub(crate) facilitators: Known<Facilitator>,
    provinces: Vec<ProvinceCode>,
    /// Rows of what was adopted in this commit.
    adopted: Vec<(&'static Table, Row)>,
    /// Points whose active days may have changed in this commit.
    stale: Vec<u32>,
    /// Projects with a point whose active days changed in this commit.
    reactivated: Vec<u32>,
}

/// Where a point stands: keys of its programme, project and province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) programme: u32,
    pub(crate) project: u32,
    pub(crate) province: u32,
}

impl Points {
    /// Where a point stands; none before it was opened in a project that has applied.
    pub(crate) fn place(&self, point: u32) -> Option<Place> {
        let point = self.points.get(point);
        let project = point.project?;
        let programme = self.projects.get(project).programme?;
        Some(Place { programme, project, province: point.province })
    }

    pub(crate) fn province(&self, key: u32) -> &ProvinceCode {
        &self.provinces[key as usize]
    }

    /// The keys of the projects with a point whose active days changed in the last commit.
    pub(crate) fn reactivated(&self) -> &[u32] {
        &self.reactivated
    }

    /// The key of a point that gives a service; it is active from its first on.
    pub(crate) fn serving(&mut self, id: &PointId) -> u32 {
        let key = self.points.meet(id);
        if !self.points.get(key).served {
            self.points.touch(key).served = true;
        }
        key
    }

    /// Takes an event in. A stream whose name is no id cannot be written to: what it said would be of nothing known.
    pub(crate) fn take(&mut self, at: &At<'_>, event: &Event) {
        let id = at.commit.stream.id();
        match event {
            Event::Programme(event) => self.programme(id, event),
            Event::Project(event) => self.project(id, event),
            Event::Point(event) => self.point(id, event),
            Event::Facilitator(event) => self.facilitator(id, event),
            Event::Milestone(_)
            | Event::Report(_)
            | Event::Service(_)
            | Event::Record(_)
            | Event::Number(_)
            | Event::Link(_)
            | Event::Invoice(_)
            | Event::Expense(_)
            | Event::Money(_)
            | Event::Payments(_)
            | Event::Log(_) => {}
        }
    }

    fn programme(&mut self, id: &str, event: &ProgrammeEvent) {
        let Ok(id) = id.parse() else { return };
        let key = self.programmes.meet(&id);
        match event {
            ProgrammeEvent::ProgrammeDefined(defined) => {
                let rules = self.programmes.touch(key).define(&defined.definition);
                self.adopted.extend(rules.map(|row| (&RULES, row)));
            }
            ProgrammeEvent::RulesAdopted(adopted) => {
                self.adopted.push((&RULES, self.programmes.touch(key).adopt(adopted)));
            }
            // Targets are compared with, never judged by.
            ProgrammeEvent::RedistributionAdopted(adopted) => {
                self.adopted.extend(commitment::rows(&id, adopted).map(|row| (&COMMITMENT, row)));
                for new in &adopted.projects {
                    let project = self.projects.meet(&new.project);
                    self.projects.quietly(project).redistribute(adopted, new);
                }
                return;
            }
            ProgrammeEvent::ReportingWindowSet(_) => return,
        }
        for project in &self.programmes.get(key).projects {
            self.stale.extend(&self.projects.get(*project).points);
        }
    }

    fn project(&mut self, id: &str, event: &ProjectEvent) {
        let Ok(id) = id.parse() else { return };
        let key = self.projects.meet(&id);
        let programme = match event {
            ProjectEvent::ApplicationSubmitted(submitted) => Some(self.programmes.meet(&submitted.programme)),
            ProjectEvent::ApplicationApproved(_)
            | ProjectEvent::ApplicationRejected(_)
            | ProjectEvent::FundingLineSwitched(_) => None,
        };
        let known = self.projects.get(key).programme;
        self.projects.touch(key).take(event, programme);
        if let (None, Some(programme)) = (known, self.projects.get(key).programme) {
            self.programmes.quietly(programme).projects.push(key);
            for point in &self.projects.get(key).points {
                self.points.touch(*point);
                self.stale.push(*point);
            }
        }
    }

    fn point(&mut self, id: &str, event: &PointEvent) {
        let Ok(id) = id.parse() else { return };
        let key = self.points.meet(&id);
        self.points.touch(key).take(event);
        self.stale.push(key);
        let point = self.points.get(key);
        if let (None, Some(opening)) = (point.project, &point.opening) {
            let project = self.projects.meet(&opening.project);
            let province = self.provinces.iter().position(|code| *code == opening.province).unwrap_or_else(|| {
                self.provinces.push(opening.province.clone());
                self.provinces.len() - 1
            });
            self.projects.quietly(project).points.push(key);
            let point = self.points.quietly(key);
            point.project = Some(project);
            point.province = u32::try_from(province).expect("two letters make few provinces");
        }
    }

    fn facilitator(&mut self, id: &str, event: &FacilitatorEvent) {
        let Ok(id) = id.parse() else { return };
        let key = self.facilitators.meet(&id);
        let before = self.facilitators.get(key).statement.clone();
        match event {
            FacilitatorEvent::FacilitatorEnrolled(enrolled) => {
                for point in before.iter().flat_map(|statement| &statement.points) {
                    self.points.quietly(*point).staff.retain(|other| *other != key);
                }
                let points: Vec<_> = enrolled.points.iter().map(|point| self.points.meet(point)).collect();
                for point in &points {
                    self.points.quietly(*point).staff.push(key);
                }
                self.facilitators.touch(key).statement = Some(Statement {
                    project: enrolled.project.to_string(),
                    role: enrolled.role,
                    points,
                    valid: (enrolled.from.into(), enrolled.until.map(Into::into)),
                });
            }
            FacilitatorEvent::FacilitatorEnded(ended) => {
                if let Some(statement) = &mut self.facilitators.touch(key).statement {
                    statement.valid.1 = Some(ended.on.into());
                }
            }
        }
        let after = &self.facilitators.get(key).statement;
        self.stale.extend(before.iter().chain(after).flat_map(|statement| &statement.points));
    }

    /// Writes what changed.
    pub(crate) fn settle(&mut self, changes: &mut Changes) {
        self.reactivated.clear();
        for (table, row) in self.adopted.drain(..) {
            changes.append(table, || row);
        }
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_unstable();
        stale.dedup();
        for point in stale.drain(..) {
            self.activate(point, changes);
        }
        self.stale = stale;
        self.programmes.write(&PROGRAMME, changes, Programme::row);
        let Points { programmes, projects, points, facilitators, .. } = self;
        let programme = |key: Option<u32>| key.map_or_else(String::new, |key| programmes.get(key).id().to_string());
        projects.write(&PROJECT, changes, |project| project.row(programme(project.programme)));
        points.write(&POINT, changes, |point| {
            let project = point.project.map(|key| projects.get(key));
            let name = project.map_or_else(String::new, |project| project.id().to_string());
            point.row(programme(project.and_then(|project| project.programme)), name)
        });
        facilitators
            .write(&FACILITATOR, changes, |facilitator| facilitator.row(|key| points.get(key).id().to_string()));
    }
}
