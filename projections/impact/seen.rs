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

impl Impact {
    /// The answer for a reader, whose limits are those of totals; units have their own (`None`: no right to any), and at most
    /// so many are listed.
    #[must_use]
    pub fn seen(self, events: Vec<&'static str>, reader: &Reader, units: Option<&Within>, most: usize) -> Answer<Seen> {
        reader.answer(self.within(events, reader.within(), units, most))
    }

    /// The same, by limits.
    #[must_use]
    pub fn within(self, events: Vec<&'static str>, figures: &Within, units: Option<&Within>, most: usize) -> Seen {
        let of_units =
            |unit: &Unit| units.is_some_and(|within| within.point(&unit.programme, &unit.project, &unit.point));
        let (projects, others): (Vec<Project>, Vec<Project>) =
            self.projects.into_iter().partition(|project| figures.whole_project(&project.programme, &project.project));
        let units: Vec<Unit> = self.units.into_iter().filter(of_units).collect();
        let lost = units.iter().filter(|unit| unit.way == Way::Lost).count();
        Seen {
            events,
            projects,
            elsewhere: others.len(),
            lost,
            gained: units.len() - lost,
            units: units.into_iter().take(most).collect(),
        }
    }
}
