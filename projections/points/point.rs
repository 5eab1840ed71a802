//! Points: when they were open, by the latest facts.

use traccia_domain::{
    PointId,
    point::{PointEvent, PointOpened},
};
use traccia_projector::Row;

use super::programme::json;
use crate::{day::Day, known::Named};

/// Days from one on, until the first that is no longer one of them.
pub(crate) type Span = (Day, Option<Day>);

pub(crate) fn within(day: Day, (from, until): Span) -> bool {
    from <= day && until.is_none_or(|until| day < until)
}

/// A point, opened or only named.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    id: PointId,
    pub(super) opening: Option<Box<PointOpened>>,
    /// Key of its project, from the opening on.
    pub(crate) project: Option<u32>,
    /// Key of its province, from the opening on.
    pub(crate) province: u32,
    pub(super) opened_on: Day,
    pub(super) pauses: Vec<Span>,
    pub(super) closed_on: Option<Day>,
    pub(super) voided: bool,
    pub(super) served: bool,
    /// Facilitators whose latest statement names it.
    pub(super) staff: Vec<u32>,
    /// As they are written.
    pub(super) active: Vec<Span>,
}

impl Named for Point {
    type Id = PointId;

    fn named(id: &PointId) -> Point {
        Point {
            id: id.clone(),
            opening: None,
            project: None,
            province: 0,
            opened_on: Day::FIRST,
            pauses: Vec::new(),
            closed_on: None,
            voided: false,
            served: false,
            staff: Vec::new(),
            active: Vec::new(),
        }
    }

    fn shown(&self) -> bool {
        self.opening.is_some()
    }
}

impl Point {
    pub(crate) fn id(&self) -> &PointId {
        &self.id
    }

    /// Takes in what happened. A pause within a pause, and a resumption of none, change nothing.
    pub(super) fn take(&mut self, event: &PointEvent) {
        let paused = matches!(self.pauses.last(), Some((_, None)));
        match event {
            // A second opening of one point cannot happen: its project and province never change.
            PointEvent::PointOpened(_) if self.opening.is_some() => {}
            PointEvent::PointOpened(opened) => {
                self.opened_on = opened.opened_on.into();
                self.opening = Some(Box::new(opened.clone()));
            }
            PointEvent::PointSuspended(suspended) => {
                if !paused {
                    self.pauses.push((suspended.on.into(), None));
                }
            }
            PointEvent::PointResumed(resumed) => {
                if let Some((_, until @ None)) = self.pauses.last_mut() {
                    *until = Some(resumed.on.into());
                }
            }
            PointEvent::PointClosed(closed) => self.closed_on = Some(closed.on.into()),
            PointEvent::PointVoided(_) => self.voided = true,
        }
    }

    pub(crate) fn opened(&self) -> bool {
        self.opening.is_some()
    }

    /// Whether it was opened and neither closed nor voided, as far as a day is concerned; perhaps in a pause.
    pub(super) fn exists_on(&self, day: Day) -> bool {
        self.opened() && !self.voided && within(day, (self.opened_on, self.closed_on))
    }

    /// Whether it received citizens on a day.
    pub(crate) fn open_on(&self, day: Day) -> bool {
        self.exists_on(day) && !self.pauses.iter().any(|pause| within(day, *pause))
    }

    /// Whether it was active on a day.
    pub(crate) fn active_on(&self, day: Day) -> bool {
        self.active.iter().any(|span| within(day, *span))
    }

    /// Whether it was active on a day or before.
    pub(crate) fn was_active_by(&self, day: Day) -> bool {
        self.active.iter().any(|(from, _)| *from <= day)
    }

    fn state(&self) -> &'static str {
        if self.voided {
            "voided"
        } else if self.closed_on.is_some() {
            "closed"
        } else if matches!(self.pauses.last(), Some((_, None))) {
            "suspended"
        } else if self.served {
            "active"
        } else {
            "open"
        }
    }

    pub(super) fn row(&self, programme: String, project: String) -> Row {
        let Some(opening) = &self.opening else { return Row::new() };
        vec![
            self.id.to_string().into(),
            programme.into(),
            project.into(),
            opening.province.to_string().into(),
            opening.name.clone().into(),
            self.state().into(),
            opening.opened_on.to_string().into(),
            self.closed_on.map(|day| day.to_string()).into(),
            json(opening).into(),
            opening.weekly_hours.into(),
            opening.days_per_week.into(),
        ]
    }
}
