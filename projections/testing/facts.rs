//! The naive model's view of what was said of programmes, projects, points and facilitators.

use jiff::{ToSpan as _, civil::Date};
use traccia_domain::{
    Event,
    facilitator::{FacilitatorEnrolled, FacilitatorEvent, command::FacilitatorRole},
    point::{PointEvent, PointOpened},
    programme::{
        ProgrammeEvent,
        rules::{CountingRules, PointRules},
    },
    project::{ApplicationSubmitted, ProjectEvent, command::Funding},
};

use super::model::{Model, Place};

/// From a day on, until another.
type Span = (Date, Option<Date>);

/// A point's opening day, the first day it was closed, and its suspensions.
type Days = (Date, Option<Date>, Vec<Span>);

impl<'a> Model<'a> {
    pub(super) fn opening(&self, point: &str) -> Option<&'a PointOpened> {
        self.events(&format!("point.{point}")).find_map(|event| {
            let Event::Point(PointEvent::PointOpened(opened)) = event else { return None };
            Some(opened)
        })
    }

    pub(super) fn application(&self, project: &str) -> Option<&'a ApplicationSubmitted> {
        self.events(&format!("project.{project}")).find_map(|event| {
            let Event::Project(ProjectEvent::ApplicationSubmitted(submitted)) = event else { return None };
            Some(submitted)
        })
    }

    pub(super) fn approved(&self, project: &str) -> bool {
        let mut approved = false;
        for event in self.events(&format!("project.{project}")) {
            if let Event::Project(ProjectEvent::ApplicationApproved(_)) = event {
                approved = true;
            } else if let Event::Project(ProjectEvent::ApplicationRejected(_)) = event {
                approved = false;
            }
        }
        approved
    }

    pub(crate) fn place(&self, point: &str) -> Option<Place> {
        let opened = self.opening(point)?;
        let applied = self.application(opened.project.as_str())?;
        Some((applied.programme.to_string(), opened.project.to_string(), opened.province.to_string()))
    }

    pub(super) fn other_funding(&self, project: &str, on: Date) -> bool {
        let mut best: Option<(Date, Funding)> = None;
        for event in self.events(&format!("project.{project}")) {
            if let Event::Project(ProjectEvent::FundingLineSwitched(switched)) = event
                && switched.from <= on
                && best.is_none_or(|(from, _)| from <= switched.from)
            {
                best = Some((switched.from, switched.funding));
            }
        }
        best.is_some_and(|(_, funding)| funding == Funding::Other)
    }

    /// Of a programme's rules of one kind, those in force on a day.
    fn in_force<T>(
        &self,
        programme: &str,
        on: Date,
        part: impl Fn(&'a ProgrammeEvent) -> Option<(Option<Date>, T)>,
    ) -> Option<T> {
        let mut best: Option<(Option<Date>, T)> = None;
        for event in self.events(&format!("programme.{programme}")) {
            if let Event::Programme(event) = event
                && let Some((from, rules)) = part(event)
                && from.is_none_or(|from| from <= on)
                && best.as_ref().is_none_or(|(best, _)| *best <= from)
            {
                best = Some((from, rules));
            }
        }
        best.map(|(_, rules)| rules)
    }

    pub(super) fn counting_rules(&self, programme: &str, on: Date) -> CountingRules {
        let rules = self.in_force(programme, on, |event| match event {
            ProgrammeEvent::ProgrammeDefined(defined) => Some((None, defined.definition.counting.clone())),
            ProgrammeEvent::RulesAdopted(adopted) => Some((Some(adopted.effective_on), adopted.counting.clone()?)),
            ProgrammeEvent::RedistributionAdopted(_) | ProgrammeEvent::ReportingWindowSet(_) => None,
        });
        rules.unwrap_or_default()
    }

    fn point_rules(&self, programme: &str, on: Date) -> PointRules {
        let rules = self.in_force(programme, on, |event| match event {
            ProgrammeEvent::ProgrammeDefined(defined) => Some((None, defined.definition.points.clone())),
            ProgrammeEvent::RulesAdopted(adopted) => Some((Some(adopted.effective_on), adopted.points.clone()?)),
            ProgrammeEvent::RedistributionAdopted(_) | ProgrammeEvent::ReportingWindowSet(_) => None,
        });
        rules.unwrap_or_default()
    }

    /// None for a point that never was one.
    fn days(&self, point: &str) -> Option<Days> {
        let opened = self.opening(point)?;
        let (mut closed, mut pauses) = (None, Vec::<(Date, Option<Date>)>::new());
        for event in self.events(&format!("point.{point}")) {
            let Event::Point(event) = event else { continue };
            let running = pauses.last().is_some_and(|pause| pause.1.is_none());
            match event {
                PointEvent::PointOpened(_) => {}
                PointEvent::PointSuspended(suspended) if !running => pauses.push((suspended.on, None)),
                PointEvent::PointResumed(resumed) if running => pauses.last_mut().unwrap().1 = Some(resumed.on),
                PointEvent::PointSuspended(_) | PointEvent::PointResumed(_) => {}
                PointEvent::PointClosed(on) => closed = Some(on.on),
                PointEvent::PointVoided(_) => return None,
            }
        }
        // A void may come before the loop ends: nothing after it brings the point back.
        Some((opened.opened_on, closed, pauses))
    }

    pub(super) fn receives(&self, point: &str, on: Date) -> bool {
        self.days(point).is_some_and(|(from, closed, pauses)| {
            from <= on
                && closed.is_none_or(|closed| on < closed)
                && pauses.iter().all(|(from, until)| on < *from || until.is_some_and(|until| until <= on))
        })
    }

    /// The latest statement, and the first day it no longer holds.
    pub(super) fn statement(&self, facilitator: &str) -> Option<(&'a FacilitatorEnrolled, Option<Date>)> {
        let mut latest = None;
        for event in self.events(&format!("facilitator.{facilitator}")) {
            if let Event::Facilitator(FacilitatorEvent::FacilitatorEnrolled(stated)) = event {
                latest = Some((stated, stated.until));
            } else if let Event::Facilitator(FacilitatorEvent::FacilitatorEnded(ended)) = event {
                latest = latest.map(|(stated, _)| (stated, Some(ended.on)));
            }
        }
        latest
    }

    pub(super) fn valid(&self, facilitator: &str, point: &str, on: Date) -> bool {
        self.statement(facilitator).is_some_and(|(stated, until)| {
            stated.points.iter().any(|named| named.as_str() == point)
                && stated.from <= on
                && until.is_none_or(|until| on < until)
        })
    }

    /// Whether a point is active on a day.
    pub(crate) fn active(&self, point: &str, on: Date) -> bool {
        let Some((programme, _, _)) = self.place(point) else { return false };
        let Some((from, closed, pauses)) = self.days(point) else { return false };
        let (rules, opened) = (self.point_rules(&programme, on), self.opening(point).unwrap());
        let long = pauses.iter().any(|(from, until)| match until {
            None => *from <= on,
            Some(until) => *from <= on && on < *until && *from + 30.days() < *until,
        });
        let staffed = self.commits.iter().map(|commit| commit.stream.as_str()).any(|stream| {
            let name = stream.strip_prefix("facilitator.").unwrap_or("");
            self.valid(name, point, on) && self.statement(name).unwrap().0.role == FacilitatorRole::Facilitator
        });
        from <= on
            && closed.is_none_or(|closed| on < closed)
            && !long
            && staffed
            && opened.workstations >= rules.workstations
            && opened.megabits_per_second >= rules.megabits_per_second
            && (opened.weekly_hours >= rules.weekly_hours || opened.reduced_hours_reason.is_some())
            && rules.must_offer.iter().all(|kind| opened.services.contains(kind))
    }
}
