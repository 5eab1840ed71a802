//! Totals by scope, and their steps. The definition is in README.md.
//!
//! Nothing is judged here: the totals add up what counting decided.

pub mod queries;
mod scope;
pub mod tables;

#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;
use traccia_domain::Position;
use traccia_projector::Changes;

pub use self::scope::{Scope, Totals};
use self::{
    scope::Total,
    tables::{STEP, TALLY},
};
use crate::{
    counting::{Moved, Standing},
    day::Day,
    points::{Place, Points},
};

/// The totals of every scope.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    totals: Vec<Total>,
    /// By key of the point.
    points: Vec<Option<Scopes>>,
    /// By programme, then project or province.
    wide: FxHashMap<(Scope, u32, u32), u32>,
    /// By programme and number of the month: the month and its semester.
    months: FxHashMap<(u32, i32), [u32; 2]>,
    /// Totals changed since their last step.
    changed: Vec<u32>,
}

/// The totals a point is part of.
#[derive(Clone, Copy, Debug)]
struct Scopes {
    place: Place,
    programme: u32,
    province: u32,
    project: u32,
    point: u32,
}

impl Targets {
    /// A scope's totals; all zero where nothing was ever recorded.
    #[must_use]
    pub fn totals(&self, programme: &str, scope: Scope, id: &str) -> Totals {
        let total =
            self.totals.iter().find(|total| total.scope == scope && *total.id == *id && *total.programme == *programme);
        total.map(|total| total.totals.clone()).unwrap_or_default()
    }

    /// Every project by programme and id, with its totals, in the order the fold met them.
    pub(crate) fn projects(&self) -> impl Iterator<Item = (&str, &str, &Totals)> {
        let projects = self.totals.iter().filter(|total| total.scope == Scope::Project);
        projects.map(|total| (&*total.programme, &*total.id, &total.totals))
    }

    /// Every scope by programme, scope and id, and its totals by column.
    #[cfg(test)]
    pub(crate) fn each(&self) -> impl Iterator<Item = ([String; 3], Vec<(&'static str, i64)>)> {
        let names = tables::TALLY.columns[3..].iter().map(|column| column.name);
        self.totals.iter().map(move |total| {
            let name = [total.programme.to_string(), total.scope.as_str().to_owned(), total.id.to_string()];
            let Totals { recorded, qualifying, persons, counted, safe, claimed, reasons } = total.totals;
            let numbers = [recorded, qualifying, persons, counted, safe, claimed].into_iter().chain(reasons);
            (name, names.clone().zip(numbers).collect())
        })
    }

    /// Adds up what counting decided in a commit.
    pub(crate) fn take(&mut self, moved: &[Moved], points: &Points) {
        for moved in moved {
            match *moved {
                Moved::Service { point, on, before, after } => {
                    let Some(scopes) = self.scopes(point, points) else { continue };
                    for key in self.touched_by(scopes, on, points) {
                        self.total(key).service(before, after);
                    }
                }
                Moved::Unit { point, before, after, .. } => {
                    let Some(scopes) = self.scopes(point, points) else { continue };
                    self.unit(scopes, before, -1, points);
                    self.unit(scopes, after, 1, points);
                }
            }
        }
    }

    /// Writes the totals at a step, exactly there: a rebuild gives the same rows, whatever its batches.
    pub(crate) fn step(&mut self, position: Position, changes: &mut Changes) {
        if !position.0.is_multiple_of(STEP) {
            return;
        }
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        for key in changed.drain(..) {
            let total = &mut self.totals[key as usize];
            total.changed = false;
            if total.totals != total.written {
                total.written = total.totals.clone();
                changes.append(&TALLY, || total.row());
            }
        }
        self.changed = changed;
    }

    fn unit(&mut self, scopes: Scopes, standing: Standing, by: i64, points: &Points) {
        let Standing { counted, safe, in_point, in_project, in_province, claimed_elsewhere } = standing;
        let one = |holds: bool| if holds { by } else { 0 };
        self.total(scopes.point).persons += one(in_point);
        self.total(scopes.project).persons += one(in_project);
        self.total(scopes.province).persons += one(in_province);
        self.total(scopes.programme).persons += one(counted.is_some());
        if claimed_elsewhere {
            self.total(scopes.point).claimed += one(in_point);
            self.total(scopes.project).claimed += one(in_project);
            self.total(scopes.province).claimed += one(in_province);
        }
        if let Some(day) = counted {
            for key in self.touched_by(scopes, day, points) {
                self.total(key).counted += by;
            }
            for key in self.months(scopes.place.programme, day, points) {
                self.total(key).persons += by;
            }
        }
        if let Some(day) = safe {
            for key in self.touched_by(scopes, day, points) {
                self.total(key).safe += by;
            }
        }
    }

    /// The total, which is about to change.
    fn total(&mut self, key: u32) -> &mut Totals {
        let total = &mut self.totals[key as usize];
        if !total.changed {
            total.changed = true;
            self.changed.push(key);
        }
        &mut total.totals
    }

    /// Every total that something at a point on a day is part of.
    fn touched_by(&mut self, scopes: Scopes, day: Day, points: &Points) -> [u32; 6] {
        let [month, semester] = self.months(scopes.place.programme, day, points);
        [scopes.programme, scopes.province, scopes.project, scopes.point, semester, month]
    }

    fn months(&mut self, programme: u32, day: Day, points: &Points) -> [u32; 2] {
        if let Some(both) = self.months.get(&(programme, day.month_number())) {
            return *both;
        }
        let month = day.month();
        let semester = month.semester();
        let name = points.programmes.get(programme).id().as_str();
        let known = self
            .totals
            .iter()
            .position(|total| total.scope == Scope::Semester && *total.id == *semester && *total.programme == *name);
        let semester = match known {
            Some(key) => scope::index(key),
            None => self.open(name, Scope::Semester, &semester),
        };
        let both = [self.open(name, Scope::Month, &month.to_string()), semester];
        self.months.insert((programme, day.month_number()), both);
        both
    }

    /// The totals a point is part of; it stands in one place for ever.
    fn scopes(&mut self, point: u32, points: &Points) -> Option<Scopes> {
        if let Some(Some(scopes)) = self.points.get(point as usize) {
            return Some(*scopes);
        }
        let place = points.place(point)?;
        let name = points.programmes.get(place.programme).id().as_str();
        let project = points.projects.get(place.project).id().as_str();
        let province = points.province(place.province).as_str();
        let scopes = Scopes {
            place,
            programme: self.wide(Scope::Programme, place.programme, place.programme, [name, name]),
            province: self.wide(Scope::Province, place.programme, place.province, [name, province]),
            project: self.wide(Scope::Project, place.programme, place.project, [name, project]),
            point: self.open(name, Scope::Point, points.points.get(point).id().as_str()),
        };
        if self.points.len() <= point as usize {
            self.points.resize(point as usize + 1, None);
        }
        self.points[point as usize] = Some(scopes);
        Some(scopes)
    }

    fn wide(&mut self, scope: Scope, programme: u32, thing: u32, [name, id]: [&str; 2]) -> u32 {
        if let Some(key) = self.wide.get(&(scope, programme, thing)) {
            return *key;
        }
        let key = self.open(name, scope, id);
        self.wide.insert((scope, programme, thing), key);
        key
    }

    fn open(&mut self, programme: &str, scope: Scope, id: &str) -> u32 {
        self.totals.push(Total::new(programme, scope, id));
        scope::index(self.totals.len() - 1)
    }
}
