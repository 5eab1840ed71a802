//! On which days a point is active.

use jiff::{Unit, civil::Date};
use traccia_domain::{point::PointOpened, programme::rules::PointRules};
use traccia_projector::Changes;

use super::{
    Points,
    point::{Point, Span, within},
    tables::ACTIVE,
};
use crate::day::Day;

/// A suspension of more days than this excludes the days it contains.
const SHORT_PAUSE_DAYS: i32 = 30;

/// Spans a point may have: the table's key leaves room for so many.
const SPANS: i64 = 4096;

impl Points {
    /// Computes a point's days anew and writes the spans that differ.
    pub(super) fn activate(&mut self, key: u32, changes: &mut Changes) {
        let spans = self.active_spans(key);
        let old = std::mem::replace(&mut self.points.quietly(key).active, spans);
        let point = self.points.get(key);
        let new = &point.active;
        if old != *new {
            self.reactivated.extend(point.project.filter(|project| !self.reactivated.contains(project)));
        }
        for n in 0..old.len().max(new.len()) {
            let row = i64::from(key) * SPANS + i64::try_from(n).expect("few spans");
            let values = |(from, until): Span| {
                vec![key.into(), from.to_string().into(), until.map(|day| day.to_string()).into()]
            };
            match (old.get(n), new.get(n)) {
                (None, Some(span)) => changes.add(&ACTIVE, row, || values(*span)),
                (Some(old), Some(span)) if old != span => changes.replace(&ACTIVE, row, || values(*span)),
                (Some(_), None) => changes.remove(&ACTIVE, row),
                (_, _) => {}
            }
        }
    }

    /// Between two days on which any fact begins or ceases to hold, nothing changes: it is enough to look at those.
    fn active_spans(&self, key: u32) -> Vec<Span> {
        let point = self.points.get(key);
        let Some(opening) = &point.opening else { return Vec::new() };
        let programme = point.project.and_then(|project| self.projects.get(project).programme);
        let Some(rules) = programme.map(|programme| &self.programmes.get(programme).points) else { return Vec::new() };
        let staff: Vec<Span> = point.staff.iter().filter_map(|key| self.staff_span(*key)).collect();

        let spans = point.pauses.iter().chain(&staff);
        let mut days: Vec<Day> = spans.flat_map(|(from, until)| [Some(*from), *until]).flatten().collect();
        days.extend([Some(point.opened_on), point.closed_on].into_iter().flatten());
        days.extend(rules.days());
        days.retain(|day| *day >= point.opened_on);
        days.sort_unstable();
        days.dedup();

        let mut active: Vec<Span> = Vec::new();
        for day in days {
            let holds = point.exists_on(day)
                && !long_pause(point, day)
                && rules.on(day).is_some_and(|rules| meets(opening, rules))
                && staff.iter().any(|span| within(day, *span));
            match (active.last_mut(), holds) {
                (Some((_, None)), true) | (Some((_, Some(_))) | None, false) => {}
                (Some((_, until @ None)), false) => *until = Some(day),
                (Some((_, Some(_))) | None, true) => active.push((day, None)),
            }
        }
        active.truncate(usize::try_from(SPANS).expect("a small number"));
        active
    }

    /// When somebody is a facilitator; a volunteer never makes a point active.
    fn staff_span(&self, key: u32) -> Option<Span> {
        let facilitator = self.facilitators.get(key);
        facilitator.statement.as_ref().filter(|_| !facilitator.volunteer()).map(|statement| statement.valid)
    }
}

/// A pause whose end nobody has stated is a long one until somebody states it.
fn long_pause(point: &Point, day: Day) -> bool {
    point
        .pauses
        .iter()
        .any(|pause| within(day, *pause) && pause.1.is_none_or(|until| length_days(pause.0, until) > SHORT_PAUSE_DAYS))
}

fn length_days(from: Day, until: Day) -> i32 {
    let (from, until): (Date, Date) = (from.date(), until.date());
    from.until((Unit::Day, until)).map_or(i32::MAX, |span| span.get_days())
}

/// Whether a point has what the programme asks for; fewer hours need a recorded reason.
fn meets(opening: &PointOpened, rules: &PointRules) -> bool {
    let reason = opening.reduced_hours_reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
    (opening.weekly_hours >= rules.weekly_hours || reason)
        && opening.workstations >= rules.workstations
        && opening.megabits_per_second >= rules.megabits_per_second
        && rules.must_offer.iter().all(|kind| opening.services.contains(kind))
}
