//! The plan's arithmetic: where a programme's own tables do not add up, or its projects do not sum to it, by name. Nothing is
//! ever adjusted.
//!
//! A gate that differs from the monitoring target of its day is no difference: the one releases money, the other is
//! looked at, and the two are never made one.

use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Definition, definition::Province};
use crate::{Cents, time::Month};

#[cfg(test)]
mod tests;

/// A total of the plan that differs from the sum of its parts, or from that of the approved projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// What was compared, for example `provinces.award` or `province BG semester_citizens`.
    pub name: String,
    /// The total, as printed.
    pub stated: String,
    /// The sum of the parts, as printed.
    pub sum: String,
    /// Sum minus total.
    pub difference: String,
}

/// The plan's semesters in order, `2023-S1` the first of Lombardia: from the one the programme starts in to the one of
/// the last monitoring target, or of the programme's end where it has none.
#[must_use]
pub fn semesters(definition: &Definition) -> Vec<String> {
    let last = definition.monitoring_targets.iter().map(|target| target.by).max().unwrap_or(definition.ends);
    let (first, last) = (half(definition.starts), half(last));
    (first..=last).map(|half| Month::of(last_day(half)).semester()).collect()
}

/// Half-years since the year 0, so that they can be counted.
fn half(day: Date) -> i16 {
    day.year() * 2 + i16::from(day.month() > 6)
}

fn last_day(half: i16) -> Date {
    let year = half.div_euclid(2);
    if half.rem_euclid(2) == 0 { date(year, 6, 30) } else { date(year, 12, 31) }
}

/// Every difference between a total and its parts.
#[must_use]
pub fn differences(definition: &Definition) -> Vec<Difference> {
    let mut found = Vec::new();
    by_province(definition, &mut found);
    by_semester(definition, &mut found);
    if let Some(last) = definition.monitoring_targets.last() {
        let Definition { targets, .. } = definition;
        counts(&mut found, "monitoring_targets.citizens".to_owned(), targets.citizens, last.citizens.into());
        counts(&mut found, "monitoring_targets.services".to_owned(), targets.services, last.services.into());
    }
    found
}

/// What a programme's approved projects have been awarded, and have committed to, together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The money.
    pub award: Cents,
    /// Points to activate.
    pub points: u64,
    /// Unique citizens to reach.
    pub citizens: u64,
    /// Services to give: recommended.
    pub services: u64,
}

/// Where its approved projects have been awarded more than the programme has, or have committed to less than it promised.
/// Neither is refused: acts are what they are. A smaller award is a reserve, and a larger target is prudence.
#[must_use]
pub fn differences_of_projects(definition: &Definition, projects: &Committed) -> Vec<Difference> {
    let Definition { award, targets, .. } = definition;
    let mut found = Vec::new();
    if projects.award > *award {
        money(&mut found, "projects.award", *award, projects.award);
    }
    for (name, stated, sum) in [
        ("projects.points", targets.points, projects.points),
        ("projects.citizens", targets.citizens, projects.citizens),
        ("projects.services", targets.services, projects.services),
    ] {
        if sum < u64::from(stated) {
            counts(&mut found, name.to_owned(), stated, sum);
        }
    }
    found
}

fn by_province(Definition { provinces, award, targets, .. }: &Definition, found: &mut Vec<Difference>) {
    if provinces.is_empty() {
        return;
    }
    money(found, "provinces.award", *award, provinces.iter().map(|province| province.award).sum());
    let of = |figure: fn(&Province) -> u32| provinces.iter().map(|province| u64::from(figure(province))).sum();
    counts(found, "provinces.points".to_owned(), targets.points, of(|province| province.points));
    counts(found, "provinces.citizens".to_owned(), targets.citizens, of(|province| province.citizens));
    counts(found, "provinces.services".to_owned(), targets.services, of(|province| province.services));
}

fn by_semester(definition: &Definition, found: &mut Vec<Difference>) {
    let provinces = || definition.provinces.iter().filter(|province| !province.semester_citizens.is_empty());
    if provinces().next().is_none() {
        return;
    }
    let first = half(definition.starts);
    let until = |day: Date| -> u64 {
        let figures = provinces().flat_map(|province| (first..).zip(&province.semester_citizens));
        figures.filter(|(half, _)| last_day(*half) <= day).map(|(_, citizens)| u64::from(*citizens)).sum()
    };
    counts(found, "provinces.semester_citizens".to_owned(), definition.targets.citizens, until(Date::MAX));
    for target in &definition.monitoring_targets {
        // Within a semester the two cannot be compared.
        if last_day(half(target.by)) == target.by {
            let name = format!("provinces.semester_citizens to {}", target.by);
            counts(found, name, target.citizens, until(target.by));
        }
    }
    for province in provinces() {
        let sum = province.semester_citizens.iter().map(|citizens| u64::from(*citizens)).sum();
        counts(found, format!("province {} semester_citizens", province.code), province.citizens, sum);
    }
}

fn money(found: &mut Vec<Difference>, name: &str, stated: Cents, sum: Cents) {
    if sum != stated {
        let (name, difference) = (name.to_owned(), (sum - stated).to_string());
        found.push(Difference { name, stated: stated.to_string(), sum: sum.to_string(), difference });
    }
}

fn counts(found: &mut Vec<Difference>, name: String, stated: u32, sum: u64) {
    let difference = i128::from(sum) - i128::from(stated);
    if difference != 0 {
        let (stated, sum, difference) = (stated.to_string(), sum.to_string(), difference.to_string());
        found.push(Difference { name, stated, sum, difference });
    }
}
