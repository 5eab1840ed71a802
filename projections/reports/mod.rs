//! Monthly reports: how each stands, and by which act a service was accepted. The definition is in README.md.

pub mod queries;
mod report;
pub mod tables;

#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;
use traccia_domain::{
    Event, Position,
    programme::ProgrammeEvent,
    report::{ReportAccepted, ReportEvent},
};
use traccia_projector::{At, Changes, Row, Table};

use self::{
    report::{Submission, Told},
    tables::{ACCEPTANCE, REPORT, WINDOW},
};
use crate::{answer::day_in_italy, day::Day, points::Points};

/// Every report, and every acceptance in the order of the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports {
    /// By key of the project and number of the month.
    keys: FxHashMap<(u32, i32), u32>,
    reports: Vec<Told>,
    /// By key of the project.
    acceptances: FxHashMap<u32, Vec<Acceptance>>,
    /// Reports whose row may differ after this commit.
    touched: Vec<u32>,
    /// Facts of this commit.
    said: Vec<(&'static Table, Row)>,
    moved: Vec<u32>,
}

/// An act that accepts a month's report as it was submitted.
#[derive(Clone, Copy, Debug)]
struct Acceptance {
    month: i32,
    on: Day,
    at: Position,
    submission: Submission,
}

impl Reports {
    /// Takes an event in; `services` is how many services the log has told of so far.
    pub(crate) fn take(&mut self, at: &At<'_>, event: &Event, points: &mut Points, services: u32) {
        match event {
            Event::Report(event) => self.report(at, event, points, Submission { at: at.position, services }),
            Event::Programme(ProgrammeEvent::ReportingWindowSet(set)) => {
                let (month, until, act) = (set.month.to_string(), set.until.to_string(), set.act.clone());
                let programme = at.commit.stream.id().to_owned();
                self.said.push((&WINDOW, vec![programme.into(), month.into(), until.into(), act.into()]));
            }
            Event::Programme(
                ProgrammeEvent::ProgrammeDefined(_)
                | ProgrammeEvent::RulesAdopted(_)
                | ProgrammeEvent::RedistributionAdopted(_),
            )
            | Event::Service(_)
            | Event::Record(_)
            | Event::Number(_)
            | Event::Link(_)
            | Event::Point(_)
            | Event::Facilitator(_)
            | Event::Project(_)
            | Event::Milestone(_)
            | Event::Invoice(_)
            | Event::Expense(_)
            | Event::Money(_)
            | Event::Payments(_)
            | Event::Log(_) => {}
        }
    }

    /// The day of the act that accepted a service of a project, by its day and key: the first acceptance, in the order of
    /// the log, of a report submitted after it. That of its own month accepts it; that of a later month does, where its own
    /// had been accepted before the later one was submitted.
    pub(crate) fn accepted(&self, project: u32, on: Day, service: u32) -> Option<Day> {
        let month = on.month_number();
        let mut locked = None;
        for acceptance in self.acceptances.get(&project)? {
            let submission = acceptance.submission;
            let covers = if acceptance.month == month {
                locked.get_or_insert(acceptance.at);
                true
            } else {
                acceptance.month > month && locked.is_some_and(|locked| locked < submission.at)
            };
            if covers && service < submission.services {
                return Some(acceptance.on);
            }
        }
        None
    }

    /// The keys of the projects that have an acceptance in this commit.
    pub(crate) fn moved(&self) -> &[u32] {
        &self.moved
    }

    fn report(&mut self, at: &At<'_>, event: &ReportEvent, points: &mut Points, now: Submission) {
        let (id, month) = event.of();
        let project = points.projects.meet(id);
        let number = Day::from(month.first_day()).month_number();
        let key = *self.keys.entry((project, number)).or_insert_with(|| {
            self.reports.push(Told::new(id, month));
            u32::try_from(self.reports.len() - 1).expect("fewer reports than commits, which are fewer than 2^32")
        });
        let report = &mut self.reports[key as usize];
        report.take(event, now);
        self.touched.push(key);
        // What was never submitted cannot be accepted.
        if let (ReportEvent::ReportAccepted(accepted), Some(submission)) = (event, report.submission) {
            self.said.push((&ACCEPTANCE, row(at, accepted, submission)));
            let acceptance = Acceptance { month: number, on: accepted.on.into(), at: at.position, submission };
            self.acceptances.entry(project).or_default().push(acceptance);
            self.moved.push(project);
        }
    }

    /// Writes what changed. Who judges by acceptances has looked at them before.
    pub(crate) fn settle(&mut self, changes: &mut Changes) {
        self.moved.clear();
        for (table, row) in self.said.drain(..) {
            changes.append(table, || row);
        }
        self.touched.sort_unstable();
        self.touched.dedup();
        for key in self.touched.drain(..) {
            let report = &mut self.reports[key as usize];
            if std::mem::replace(&mut report.written, true) {
                changes.replace(&REPORT, key.into(), || report.row());
            } else {
                changes.add(&REPORT, key.into(), || report.row());
            }
        }
    }
}

fn row(at: &At<'_>, accepted: &ReportAccepted, submission: Submission) -> Row {
    vec![
        accepted.project.to_string().into(),
        accepted.month.to_string().into(),
        accepted.on.to_string().into(),
        accepted.act.clone().into(),
        submission.at.into(),
        submission.services.into(),
        day_in_italy(at.recorded_at).to_string().into(),
    ]
}
