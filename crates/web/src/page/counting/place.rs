//! What is counted: a programme, a project or a point, or a province of a programme; as addresses name it.

use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};
use traccia_projections::{
    answer::Reader,
    counting::queries::{CountingScope, UnitFilter},
    points::queries::{References, missing, point, programme, project},
};

use super::steps::Behind;
use crate::page::{
    frame::{Asked, Truth, Wrong},
    shown::{Cell, province},
};

/// The parameters that name a place.
pub(crate) const NAMES: [&str; 4] = ["programme", "project", "point", "province"];

/// What is counted.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Programme(ProgrammeId),
    Province(ProgrammeId, ProvinceCode),
    Project(ProjectId),
    Point(PointId),
}

impl Place {
    /// What an address names.
    pub(crate) fn of(asked: &Asked) -> Result<Place, Wrong> {
        let programme: Option<ProgrammeId> = asked.read("programme", "è l'id di un programma")?;
        let project: Option<ProjectId> = asked.read("project", "è l'id di un progetto")?;
        let point: Option<PointId> = asked.read("point", "è l'id di un punto")?;
        let province: Option<ProvinceCode> = asked.read("province", "è la sigla di una provincia, per esempio MI")?;
        match (programme, project, point, province) {
            (Some(programme), None, None, None) => Ok(Place::Programme(programme)),
            (Some(programme), None, None, Some(province)) => Ok(Place::Province(programme, province)),
            (None, Some(project), None, None) => Ok(Place::Project(project)),
            (None, None, Some(point), None) => Ok(Place::Point(point)),
            _ => Err(Wrong::request(
                "Serve un programma (programme=…, anche con province=…), un progetto (project=…) o un punto (point=…).",
            )),
        }
    }

    /// The waterfall's scope.
    pub(crate) fn scope(&self) -> CountingScope {
        match self.clone() {
            Place::Programme(id) => CountingScope::Programme(id),
            Place::Province(id, province) => CountingScope::Province(id, province),
            Place::Project(id) => CountingScope::Project(id),
            Place::Point(id) => CountingScope::Point(id),
        }
    }

    /// What lists are limited to.
    pub(crate) fn filter(&self) -> UnitFilter {
        let all = UnitFilter::default();
        match self.clone() {
            Place::Programme(id) => UnitFilter { programme: Some(id), ..all },
            Place::Province(id, province) => UnitFilter { programme: Some(id), province: Some(province), ..all },
            Place::Project(id) => UnitFilter { project: Some(id), ..all },
            Place::Point(id) => UnitFilter { point: Some(id), ..all },
        }
    }

    /// Its waterfall's address.
    pub(crate) fn waterfall(&self, truth: &Truth) -> String {
        truth.link(&format!("/conteggio?{}", self.parameters()))
    }

    /// Where it is compared with itself at another position.
    pub(crate) fn difference(&self, truth: &Truth) -> String {
        truth.link(&format!("/conteggio/differenze?{}", self.parameters()))
    }

    /// The address of the list behind a line of the waterfall.
    pub(crate) fn behind(&self, truth: &Truth, behind: Behind) -> String {
        let place = self.parameters();
        truth.link(&match behind {
            Behind::Services(judged) => format!("/conteggio/servizi?{place}&judged={}", judged.as_str()),
            Behind::Persons(persons) => format!("/conteggio/cittadini?{place}&persons={}", persons.as_str()),
        })
    }

    fn parameters(&self) -> String {
        match self {
            Place::Programme(id) => format!("programme={id}"),
            Place::Province(id, province) => format!("programme={id}&province={province}"),
            Place::Project(id) => format!("project={id}"),
            Place::Point(id) => format!("point={id}"),
        }
    }

    /// Its name with the way to its page; an error where it is not there, or not to be seen.
    pub(crate) async fn name(&self, reader: &Reader, truth: &Truth) -> Result<Cell, Wrong> {
        Ok(match self {
            Place::Programme(id) | Place::Province(id, _) => {
                let found = programme(reader, id).await?.ok_or_else(|| Wrong::unknown("Il programma"))?.body;
                if let Place::Province(programme, province) = self {
                    let (programme, province) = (Some(programme.clone()), Some(province.clone()));
                    let named = References { programme, province, ..References::default() };
                    // Of a province that is not there everything would be nought.
                    if missing(reader, &named).await?.is_some() {
                        return Err(Wrong::unknown("La provincia"));
                    }
                }
                let name = match self {
                    Place::Province(_, code) => format!("{}, provincia di {}", found.name, province(code.as_str())),
                    Place::Programme(_) | Place::Project(_) | Place::Point(_) => found.name,
                };
                Cell::link(name, truth.link(&format!("/programmi/{id}")))
            }
            Place::Project(id) => {
                let found = project(reader, id).await?.ok_or_else(|| Wrong::unknown("Il progetto"))?.body;
                Cell::link(found.name, truth.link(&format!("/progetti/{id}")))
            }
            Place::Point(id) => {
                let found = point(reader, id).await?.ok_or_else(|| Wrong::unknown("Il punto"))?.body;
                Cell::link(found.point.name, truth.link(&format!("/punti/{id}")))
            }
        })
    }
}
