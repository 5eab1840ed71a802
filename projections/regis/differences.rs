//! The register's values and ours, side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{Indicator, Value};

/// How a value of the register and ours agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// The same was reached.
    Equal,
    /// Something else was.
    Different,
    /// The register has it, and we have not.
    MissingHere,
    /// We have it, and the register has not.
    MissingThere,
}

/// A CUP's indicator in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// The CUP.
    pub cup: String,
    /// The indicator.
    pub indicator: Indicator,
    /// How they agree.
    pub agreement: Agreement,
    /// Reached, by our own numbers.
    pub here: Option<u64>,
    /// Reached, by the register.
    pub there: Option<u64>,
    /// Ours minus theirs, where both are there.
    pub difference: Option<i64>,
    /// Promised, by our own numbers.
    pub target_here: Option<u64>,
    /// Promised, by the register.
    pub target_there: Option<u64>,
}

/// Every CUP's indicator in either, by CUP and indicator. A value that stands twice counts as its last.
#[must_use]
pub fn differences(here: &[Value], there: &[Value]) -> Vec<Difference> {
    let (here, there) = (by_name(here), by_name(there));
    let names: BTreeSet<_> = here.keys().chain(there.keys()).copied().collect();
    names.into_iter().map(|name| difference(name, here.get(&name).copied(), there.get(&name).copied())).collect()
}

type Name<'a> = (&'a str, Indicator);

fn by_name(values: &[Value]) -> BTreeMap<Name<'_>, &Value> {
    values.iter().map(|value| ((value.cup.as_str(), value.indicator), value)).collect()
}

fn difference((cup, indicator): Name<'_>, here: Option<&Value>, there: Option<&Value>) -> Difference {
    let both = here.zip(there).map(|(here, there)| signed(here.reached) - signed(there.reached));
    let agreement = match (here, both) {
        (_, Some(0)) => Agreement::Equal,
        (_, Some(_)) => Agreement::Different,
        (None, None) => Agreement::MissingHere,
        (Some(_), None) => Agreement::MissingThere,
    };
    Difference {
        cup: cup.to_owned(),
        indicator,
        agreement,
        here: here.map(|value| value.reached),
        there: there.map(|value| value.reached),
        difference: both,
        target_here: here.map(|value| value.target),
        target_there: there.map(|value| value.target),
    }
}

fn signed(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}
