//! The naive model's view of what was accepted and claimed.

use jiff::civil::Date;
use traccia_domain::{
    Commit, Event, RecordId,
    milestone::{MilestoneEvent, Terms},
    report::ReportEvent,
    service::ServiceEvent,
    time::Month,
};

use super::model::Model;

/// A claim: its project, its terms, and the persons' serials with the services they were claimed with.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) project: String,
    pub(crate) terms: Terms,
    pub(crate) list: Vec<(RecordId, usize)>,
}

/// The terms of what a commit claims.
pub(super) fn claims_of(commit: &Commit) -> impl Iterator<Item = &Terms> {
    commit.events.iter().filter_map(|event| {
        let Event::Milestone(MilestoneEvent::MilestoneClaimed(claimed)) = event else { return None };
        Some(&claimed.terms)
    })
}

impl Model<'_> {
    pub(super) fn freeze(&self, project: &str, terms: &Terms) -> Claim {
        let mut list = Vec::new();
        for unit in self.units.iter().filter(|unit| unit.line == "rfd" && unit.counted.is_some()) {
            if self.place(&unit.point).unwrap().1 != project {
                continue;
            }
            let first = self.first(|service| service.person == unit.person && self.meets(service.id, project, terms));
            list.extend(first.map(|service| (self.serial(unit.person), service)));
        }
        list.sort();
        Claim { project: project.to_owned(), terms: terms.clone(), list }
    }

    /// Which units of a claim still hold: the first of each person.
    pub(crate) fn holding(&self, claim: &Claim) -> Vec<bool> {
        let person = |serial: RecordId| self.person(serial, &["linked", "break_proposed"]);
        let Some(programme) = self.application(&claim.project).map(|applied| applied.programme.to_string()) else {
            return vec![false; claim.list.len()];
        };
        let mut seen = Vec::new();
        let holds = |(serial, _): &(RecordId, usize)| {
            let own = person(*serial);
            let elsewhere = self.units.iter().any(|unit| {
                let (of, project, _) = self.place(&unit.point).unwrap();
                (unit.person, unit.line, of) == (own, "rfd", programme.clone())
                    && unit.claim.is_some()
                    && project != claim.project
            });
            let again = seen.contains(&own);
            seen.push(own);
            let served = self
                .services
                .iter()
                .any(|service| service.person == own && self.meets(service.id, &claim.project, &claim.terms));
            !again && !elsewhere && served
        };
        // Of one person's units the first frozen holds, not the first by serial: serials order the list, and it is gone through so.
        claim.list.iter().map(holds).collect()
    }

    fn meets(&self, service: &str, project: &str, terms: &Terms) -> bool {
        let n = self.services.iter().position(|other| other.id == service).unwrap();
        let service = &self.services[n];
        let on = service.said.occurred_on;
        service.counts
            && service.line == "rfd"
            && on <= terms.counts_until
            && self.place(service.said.point.as_str()).is_some_and(|place| place.1 == project)
            && self.accepted(project, on, n).is_some_and(|accepted| accepted <= terms.accepted_until)
    }

    /// The day of the act by which a service was accepted.
    fn accepted(&self, project: &str, on: Date, service: usize) -> Option<Date> {
        let mut own = None;
        for (n, commit) in self.commits.iter().enumerate() {
            for event in &commit.events {
                let Event::Report(ReportEvent::ReportAccepted(accepted)) = event else { continue };
                if accepted.project.as_str() != project {
                    continue;
                }
                let Some(submitted) = self.submitted(n, project, accepted.month) else { continue };
                let month = Month::of(on);
                let covers = if accepted.month == month {
                    own.get_or_insert(n);
                    true
                } else {
                    accepted.month > month && own.is_some_and(|own| own < submitted)
                };
                if covers && service < self.recorded_before(submitted) {
                    return Some(accepted.on);
                }
            }
        }
        None
    }

    /// The latest submission of a report before a commit.
    fn submitted(&self, before: usize, project: &str, month: Month) -> Option<usize> {
        self.commits[..before].iter().rposition(|commit| {
            commit.events.iter().any(|event| {
                matches!(event, Event::Report(ReportEvent::ReportSubmitted(said))
                    if said.project.as_str() == project && said.month == month)
            })
        })
    }

    fn recorded_before(&self, commit: usize) -> usize {
        let events = self.commits[..commit].iter().flat_map(|commit| &commit.events);
        events.filter(|event| matches!(event, Event::Service(ServiceEvent::ServiceRecorded(_)))).count()
    }
}
