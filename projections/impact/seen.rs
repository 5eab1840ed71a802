//! Of an impact, what a reader may see.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Impact, Project, Unit, Way};
use crate::answer::{Answer, Reader, Within};

/// What would change, as far as the reader may see it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Seen {
    /// The events that would be written; none where the effect is already there.
    pub events: Vec<&'static str>,
    /// In every project where something differs.
    pub projects: Vec<Project>,
    /// How many more projects would change that the token does not reach.
    pub elsewhere: usize,
    /// How many units would go.
    pub lost: usize,
    /// How many would come.
    pub gained: usize,
    /// The first of them.
    pub units: Vec<Unit>,
}

/// What somebody may read of an impact, each within their own limits; `None` is no right to any.
#[derive(Clone, Debug, Default)]
pub struct Readers {
    /// Of the figures of projects.
    pub figures: Option<Within>,
    /// Of units.
    pub units: Option<Within>,
    /// Of milestones and claims.
    pub milestones: Option<Within>,
    /// Of tranches and exposures.
    pub tranches: Option<Within>,
}

impl Readers {
    /// Who may read everything.
    #[must_use]
    pub fn everything() -> Readers {
        let all = || Some(Within::everything());
        Readers { figures: all(), units: all(), milestones: all(), tranches: all() }
    }

    /// Of a project what may be read; nothing where all that is left of it stays as it is.
    fn of(&self, mut project: Project) -> Option<Project> {
        let may = |limits: &Option<Within>| {
            limits.as_ref().is_some_and(|within| within.whole_project(&project.programme, &project.project))
        };
        let (milestones, tranches) = (may(&self.milestones), may(&self.tranches));
        if !milestones {
            (project.milestones, project.claims) = (Vec::new(), Vec::new());
        }
        if !tranches {
            project.money = None;
        }
        (milestones && tranches || project.moves()).then_some(project)
    }
}

impl Impact {
    /// The answer for a reader, at most so many units of it listed.
    #[must_use]
    pub fn seen(self, events: Vec<&'static str>, reader: &Reader, readers: &Readers, most: usize) -> Answer<Seen> {
        reader.answer(self.within(events, readers, most))
    }

    /// The same, by limits.
    #[must_use]
    pub fn within(self, events: Vec<&'static str>, readers: &Readers, most: usize) -> Seen {
        let of_units = |unit: &Unit| {
            let units = readers.units.as_ref();
            units.is_some_and(|within| within.point(&unit.programme, &unit.project, &unit.point))
        };
        let of_figures = |project: &Project| {
            let figures = readers.figures.as_ref();
            figures.is_some_and(|within| within.whole_project(&project.programme, &project.project))
        };
        let (projects, others): (Vec<Project>, Vec<Project>) = self.projects.into_iter().partition(of_figures);
        let units: Vec<Unit> = self.units.into_iter().filter(of_units).collect();
        let lost = units.iter().filter(|unit| unit.way == Way::Lost).count();
        Seen {
            events,
            projects: projects.into_iter().filter_map(|project| readers.of(project)).collect(),
            elsewhere: others.len(),
            lost,
            gained: units.len() - lost,
            units: units.into_iter().take(most).collect(),
        }
    }
}
