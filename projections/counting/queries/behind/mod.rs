//! What is behind each line of the waterfall: its services one by one, and its persons.

mod persons;
mod services;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use traccia_domain::{PointId, ProgrammeId, ProjectId, ProvinceCode};

pub(crate) use self::{persons::listed, services::limited};
pub use self::{
    persons::{Persons, Served, persons},
    services::{Given, Judged, services},
};
use super::UnitFilter;
use crate::answer::{Page, Sql};

/// From a day to another, both inclusive; without one, from the first or to the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub since: Option<Date>,
    /// The last.
    pub through: Option<Date>,
}

impl Days {
    /// Limits a query to rows whose day in a column is one of them.
    fn limit(self, sql: &mut Sql, column: &str) {
        if let Some(since) = self.since {
            sql.push(format!(" and {column} >= ")).arg(since.to_string());
        }
        if let Some(through) = self.through {
            sql.push(format!(" and {column} <= ")).arg(through.to_string());
        }
    }
}

/// A service or a person in a list, and where the next page begins.
struct Keyed<T> {
    key: i64,
    item: T,
}

fn opened<T>(page: Page<Keyed<T>>) -> Page<T> {
    Page { items: page.items.into_iter().map(|keyed| keyed.item).collect(), next: page.next }
}

/// Limits a query to the points (`p`) of a place.
pub(super) fn at(sql: &mut Sql, place: &UnitFilter) {
    sql.equals("p.programme", place.programme.as_ref().map(ProgrammeId::as_str))
        .equals("p.project", place.project.as_ref().map(ProjectId::as_str))
        .equals("p.province", place.province.as_ref().map(ProvinceCode::as_str))
        .equals("p.id", place.point.as_ref().map(PointId::as_str));
}
