//! Which rows there are: every one with a promise or with figures, as far as it may be shown.

use std::collections::BTreeMap;

use super::{
    Scope, TargetsFilter,
    figures::{Figures, Totals},
    places::{Place, Places},
    promise::{Plan, Promise},
};
use crate::answer::{ReadError, Reader};

/// The rows of a programme in the order of their ids, with what is promised for each.
pub(super) async fn of(
    reader: &Reader,
    plan: &Plan,
    filter: &TargetsFilter,
    places: &Places,
    found: &Totals,
) -> Result<BTreeMap<String, Promise>, ReadError> {
    let within = reader.within();
    let programme = plan.id();
    let project = filter.project.as_ref().map(traccia_domain::ProjectId::as_str);
    let asked = |id: &str| project.is_none_or(|project| project == id);
    Ok(match filter.by {
        Scope::Project => {
            let mut rows = plan.projects(reader, filter.on.unwrap_or(reader.on())).await?;
            rows.retain(|id, _| within.whole_project(programme, id) && asked(id));
            rows
        }
        Scope::Point => {
            let shown = |place: &&Place| within.point(programme, &place.project, &place.id) && asked(&place.project);
            let row =
                |place: &Place| (place.id.clone(), Promise { name: Some(place.name.clone()), ..Promise::default() });
            places.iter().filter(shown).map(row).collect()
        }
        // The rest sum over all projects.
        Scope::Programme | Scope::Province | Scope::Semester | Scope::Month
            if project.is_some() || !within.whole_programme(programme) =>
        {
            BTreeMap::new()
        }
        Scope::Programme => BTreeMap::from([(programme.to_owned(), plan.whole(filter.on.unwrap_or(reader.on())))]),
        Scope::Province => {
            let mut rows = plan.provinces();
            // A point may stand in a province that the plan's table lacks.
            for place in places.iter() {
                rows.entry(place.province.clone()).or_default();
            }
            rows
        }
        Scope::Semester => with_figures(plan.semesters(), found),
        Scope::Month => with_figures(BTreeMap::new(), found),
    })
}

fn with_figures(mut rows: BTreeMap<String, Promise>, found: &Totals) -> BTreeMap<String, Promise> {
    for (id, _) in found.iter().filter(|(_, figures)| **figures != Figures::default()) {
        rows.entry(id.clone()).or_default();
    }
    rows
}
