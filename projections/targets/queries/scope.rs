//! Scopes as requests name them, and which row something belongs to.

use std::str::FromStr;

use traccia_domain::time::Month;

use super::places::Place;
use crate::targets::Scope;

/// The text names no scope.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("totals are by one of programme, province, project, point, semester, month")]
pub struct InvalidScope;

impl Scope {
    /// Whether its rows are about days, not places.
    pub(crate) fn of_days(self) -> bool {
        match self {
            Scope::Semester | Scope::Month => true,
            Scope::Programme | Scope::Province | Scope::Project | Scope::Point => false,
        }
    }

    /// The id of the row that something at a place, in a month, belongs to.
    pub(crate) fn id<'a>(self, programme: &'a str, place: &'a Place, month: &str) -> std::borrow::Cow<'a, str> {
        match self {
            Scope::Programme => programme.into(),
            Scope::Province => place.province.as_str().into(),
            Scope::Project => place.project.as_str().into(),
            Scope::Point => place.id.as_str().into(),
            // A month that cannot be read stands under its own name, where it will be seen.
            Scope::Semester => month.parse().map_or_else(|_| month.to_owned(), Month::semester).into(),
            Scope::Month => month.to_owned().into(),
        }
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;
    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        Scope::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(InvalidScope)
    }
}
